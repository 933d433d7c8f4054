"""What the form of a batch gives away (guide.md chapter 三), and stems that are nearly the same.

All of these are remarks: they stop nothing, an author looks at them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Any

from app.bank.rules.problems import Problem
from app.question_types.marks import Kind

BATCH = 30
"""From so many questions on the statistics of a batch mean something."""

FEWEST = 8
"""From so many questions of a kind on its letters are counted."""

SPREAD = 5
"""Characters between the longest and the shortest option of a question, at most."""

ALIKE = 0.85
"""Similarity from which two stems are taken for the same question."""

ABSOLUTE = ("只能", "一律", "必须", "即可", "绝不", "任何情况")
WHOLE = "整批"
_SEVERAL = (Kind.MULTIPLE_CHOICE, Kind.INDEFINITE_CHOICE)


def remarks(questions: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Every remark, question by question, then of the batch as a whole."""
    sound = [question for question in questions if _readable(question)]
    found = [remark for question in sound for remark in _options(question)]
    found += _near_duplicates(questions)
    if len(questions) >= BATCH:
        found += _letters(sound)
        found += _lengths(sound)
    return found


def _readable(question: Mapping[str, Any]) -> bool:
    options, key = question.get("options"), question.get("key")
    return (
        isinstance(question.get("id"), str)
        and isinstance(options, dict)
        and len(options) > 1
        and all(isinstance(text, str) for text in options.values())
        and isinstance(key, list)
        and bool(key)
        and all(letter in options for letter in key)
    )


def _remark(question: str, field: str, reason: str, remedy: str) -> Problem:
    return Problem(question, field, reason, remedy, remark=True)


def _options(question: Mapping[str, Any]) -> Iterator[Problem]:
    options: dict[str, str] = question["options"]
    lengths = [len(text) for text in options.values()]
    if question.get("kind") != Kind.TRUE_FALSE and max(lengths) - min(lengths) > SPREAD:
        reason = f"选项最长 {max(lengths)} 字，最短 {min(lengths)} 字，相差超过 {SPREAD} 字"
        yield _remark(question["id"], "options", reason, "改成同长、同形的选项")
    right = "".join(options[letter] for letter in question["key"])
    wrong = "".join(text for letter, text in options.items() if letter not in question["key"])
    for word in ABSOLUTE:
        if right and wrong and (word in right) != (word in wrong):
            where = "对项" if word in right else "错项"
            reason = f"“{word}”只出现在{where}里，会成为线索"
            yield _remark(question["id"], "options", reason, "对项、错项都用，或者都不用")


def _of(questions: Sequence[Mapping[str, Any]], *kinds: Kind) -> list[Mapping[str, Any]]:
    return [question for question in questions if question.get("kind") in kinds]


def _letters(questions: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    single = _of(questions, Kind.SINGLE_CHOICE)
    yield from _shares(single, "ABCD", "单选答案", 15, 35)
    yield from _shares(_of(questions, Kind.TRUE_FALSE), "A", "判断题为真", 40, 60)
    yield from _shares(_of(questions, *_SEVERAL), "ABCD", "多选、不定项对项", 45, 75)


def _shares(
    questions: Sequence[Mapping[str, Any]], letters: str, what: str, least: int, most: int
) -> Iterator[Problem]:
    if len(questions) < FEWEST:
        return
    counts = Counter(letter for question in questions for letter in question["key"])
    for letter in letters:
        share = Fraction(100 * counts[letter], len(questions))
        if not least <= share <= most:
            reason = f"{what}里 {letter} 占 {_percent(share)}，界限是 {least}%—{most}%"
            yield _remark(WHOLE, "key", reason, "调整部分题的选项次序")


def _lengths(questions: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    single = _of(questions, Kind.SINGLE_CHOICE)
    if len(single) < FEWEST:
        return
    longest = [question for question in single if _only_longest(question)]
    share = Fraction(100 * len(longest), len(single))
    if share > 35:
        reason = f"单选里对项是唯一最长项的占 {_percent(share)}，界限是 35%"
        yield _remark(WHOLE, "options", reason, "把其中一些错项写到同样长")
    right = [len(q["options"][letter]) for q in single for letter in q["key"]]
    wrong = [len(t) for q in single for letter, t in q["options"].items() if letter not in q["key"]]
    apart = abs(Fraction(sum(right), len(right)) - Fraction(sum(wrong), len(wrong)))
    if apart > Fraction(3, 2):
        reason = f"单选的对项与错项平均相差 {round(float(apart), 1)} 字，界限是 1.5 字"
        yield _remark(WHOLE, "options", reason, "把对项和错项写到同样长")


def _only_longest(question: Mapping[str, Any]) -> bool:
    right = len(question["options"][question["key"][0]])
    others = [len(t) for letter, t in question["options"].items() if letter != question["key"][0]]
    return right > max(others)


def _near_duplicates(questions: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Pairs of stems that share most of their wording. Character pairs are compared first, for a
    bank of a thousand questions has half a million pairs."""
    stems = [
        (str(q.get("id", "")), q["stem"], {q["stem"][i : i + 2] for i in range(len(q["stem"]) - 1)})
        for q in questions
        if isinstance(q.get("stem"), str) and len(q["stem"]) > 1
    ]
    for number, (code, stem, pairs) in enumerate(stems):
        for other_code, other, other_pairs in stems[:number]:
            common = len(pairs & other_pairs)
            if 2 * common < 0.7 * (len(pairs) + len(other_pairs)):
                continue
            ratio = SequenceMatcher(None, other, stem, autojunk=False).ratio()
            if ratio >= ALIKE:
                reason = f"题干与 {other_code} 有 {_percent(Fraction(ratio) * 100)} 相同"
                yield _remark(code, "stem", reason, "确认不是同一道题；同卷最多用一道")


def _percent(share: Fraction) -> str:
    return f"{int(share + Fraction(1, 2))}%"
