"""People who stand twice in a sheet, or under another certificate in the roster."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.roster.rules.cells import is_number, matched
from app.roster.rules.draft import AS_TEXT, Draft
from app.roster.rules.header import Column
from app.roster.rules.people import OfficerEntry
from app.roster.rules.plan import Flaw, ProblemKind

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft and the sheet in which it stands."""

    sheet: str
    draft: Draft

    def place(self, column: Column) -> str:
        """“花名册”表 E12 的周砚秋（青岚县）."""
        return f"“{self.sheet}”表 {self.draft.cell(column)} 的{self.draft.person}"


def find_duplicates(people: Iterable[Placed]) -> tuple[Placed, ...]:
    """Notes on the later of two rows that are one person: the same certificate number, the same
    ID number, or the same name in the same unit.

    Two people of one name in one unit are believed when both rows carry ID numbers, and these
    differ; they are returned, for a remark.
    """
    certificates: dict[str, Placed] = {}
    numbers: dict[str, Placed] = {}
    names: dict[tuple[str, str, str], Placed] = {}
    namesakes: list[Placed] = []
    for person in people:
        draft = person.draft
        same_certificate = _met(certificates, draft.certificate, person)
        same_number = _met(numbers, draft.id_number, person)
        key = (draft.name, draft.county, draft.unit)
        same_name = _met(names, key if draft.name and draft.county else None, person)
        if same_certificate is not None:
            reason = f"执法证号重复，与{same_certificate.place(Column.CERTIFICATE)}相同"
            remedy = "同一人请删去一行；不是同一人请照执法证改正证号"
            draft.flaw(Column.CERTIFICATE, Flaw(ProblemKind.SAME_CERTIFICATE, reason, remedy))
        elif same_number is not None:
            reason = f"身份证号重复，与{same_number.place(Column.ID_NUMBER)}相同"
            remedy = "同一人请删去一行；不是同一人请照身份证改正号码"
            draft.flaw(Column.ID_NUMBER, Flaw(ProblemKind.SAME_ID_NUMBER, reason, remedy))
        elif same_name is not None:
            if draft.id_number and same_name.draft.id_number:
                namesakes.append(person)
                continue
            reason = f"同一单位有同名人员，与{same_name.place(Column.NAME)}相同"
            remedy = "同一人请删去一行；确是两个人的，请给两行都填上身份证号"
            draft.flaw(Column.NAME, Flaw(ProblemKind.SAME_PERSON, reason, remedy))
    return tuple(namesakes)


def _met(seen: dict[Key, Placed], key: Key | None, person: Placed) -> Placed | None:
    if not key:
        return None
    first = seen.setdefault(key, person)
    return None if first is person else first


def find_known_numbers(people: Iterable[Draft], existing: Mapping[str, OfficerEntry]) -> None:
    """An ID number that the roster has under another certificate: not added a second time."""
    known = {entry.id_number: entry for entry in existing.values() if entry.id_number}
    for draft in people:
        entry = known.get(draft.id_number)
        if entry is None or not draft.certificate or entry.certificate == draft.certificate:
            continue
        reason = f"花名册中已有这个身份证号：{entry.name}，执法证号 {entry.certificate}"
        remedy = "如果换发了新证，请先在花名册中修改此人的证号，再导入；否则请核对身份证号"
        draft.flaw(Column.ID_NUMBER, Flaw(ProblemKind.ID_KNOWN, reason, remedy))


def find_lost_zeros(people: Sequence[Draft]) -> int:
    """Certificates that Excel keeps as numbers: one that is shorter than most of the sheet has
    lost its leading zeros. Returns how many certificates are numbers."""
    lengths = Counter(len(draft.certificate) for draft in people if draft.certificate)
    if not lengths:
        return 0
    usual = max(lengths, key=lambda length: (lengths[length], length))
    numbers = [
        draft
        for draft in people
        if draft.certificate and is_number(draft.values.get(Column.CERTIFICATE))
    ]
    for draft in numbers:
        digits = len(matched(draft.values.get(Column.CERTIFICATE)))
        if digits < usual:
            reason = f"证号只有 {digits} 位，其他人是 {usual} 位，多半是 Excel 去掉了开头的 0"
            draft.flaw(Column.CERTIFICATE, Flaw(ProblemKind.LEADING_ZERO_LOST, reason, AS_TEXT))
    return len(numbers)
