"""The sign-in form."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What was typed, and what is wrong with it, by field. `next` is where the visitor wanted
    to go: a path of ours, never another site."""

    name: str = ""
    password: str = ""
    next: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def refused(self, reason: str) -> "SignInForm":
        """The same form with the door's answer."""
        return replace(self, password="", problems={"door": reason})


def parse(*, name: str, password: str, next: str) -> SignInForm:
    """Surrounding spaces of a name are a phone keyboard's, not the officer's."""
    name = name.strip()
    ours = next if next.startswith("/") and not next.startswith(("//", "/\\")) else ""
    problems: dict[str, str] = {}
    if not name:
        problems["name"] = "请填写账号。"
    if not password:
        problems["password"] = "请填写密码。"
    return SignInForm(name, password, ours, problems)
