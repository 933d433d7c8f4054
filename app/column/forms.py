"""The form of the feedback page."""

from dataclasses import dataclass, field

from app.column.rules import LONGEST, LONGEST_CONTACT, About


@dataclass(frozen=True, slots=True)
class FeedbackForm:
    """What was typed, and what is wrong with it, by field."""

    about: About = About.CONTEST
    body: str = ""
    contact: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def parse(*, about: str, body: str, contact: str) -> FeedbackForm:
    """The typed letter. Only the letter itself is required; nobody has to say who they are."""
    topic = About(about) if about in set(About) else About.OTHER
    # PostgreSQL keeps no NUL, and no honest letter holds one.
    text, reply_to = (each.replace("\x00", "").strip() for each in (body, contact))
    problems = {}
    if not text:
        problems["body"] = "请写下您的意见。"
    elif len(text) > LONGEST:
        problems["body"] = f"最多 {LONGEST} 个字，现在有 {len(text)} 个字。"
    if len(reply_to) > LONGEST_CONTACT:
        problems["contact"] = f"最多 {LONGEST_CONTACT} 个字。"
    return FeedbackForm(topic, text, reply_to, problems)
