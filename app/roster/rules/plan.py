"""What an import would do, and everything that must be corrected first (试运行结果)."""

from dataclasses import dataclass
from enum import StrEnum

from app.roster.rules.people import OfficerEntry


class ProblemKind(StrEnum):
    """Why a cell cannot be taken."""

    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    COUNTY_MISSING = "county_missing"
    COUNTY_UNKNOWN = "county_unknown"
    NAME_MISSING = "name_missing"
    NAME_UNREADABLE = "name_unreadable"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    CERTIFICATE_IS_ID_NUMBER = "certificate_is_id_number"
    DIGITS_LOST = "digits_lost"
    LEADING_ZERO_LOST = "leading_zero_lost"
    DATE_MISSING = "date_missing"
    DATE_IMPOSSIBLE = "date_impossible"
    DATE_UNREADABLE = "date_unreadable"
    ESTABLISHMENT_MISSING = "establishment_missing"
    ESTABLISHMENT_UNREADABLE = "establishment_unreadable"
    POST_STATUS_MISSING = "post_status_missing"
    POST_STATUS_UNREADABLE = "post_status_unreadable"
    ID_LENGTH = "id_length"
    ID_BIRTHDAY = "id_birthday"
    ID_CHECKSUM = "id_checksum"
    ID_KNOWN = "id_known"
    PHONE_UNREADABLE = "phone_unreadable"
    GENDER_UNREADABLE = "gender_unreadable"
    GENDER_DIFFERS = "gender_differs"
    BORN_DIFFERS = "born_differs"
    TOO_LONG = "too_long"
    SAME_CERTIFICATE = "same_certificate"
    SAME_ID_NUMBER = "same_id_number"
    SAME_PERSON = "same_person"
    FORMULA_UNCOMPUTED = "formula_uncomputed"
    ERROR_VALUE = "error_value"


class RemarkKind(StrEnum):
    """What was noticed and needs no correction."""

    SHEET_WITHOUT_HEADER = "sheet_without_header"
    IGNORED_COLUMNS = "ignored_columns"
    BLANK_ROWS = "blank_rows"
    SKIPPED_ROW = "skipped_row"
    REPEATED_HEADER = "repeated_header"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_SHEET = "hidden_sheet"
    KEPT_AS_TEXT = "kept_as_text"
    CERTIFICATES_AS_NUMBERS = "certificates_as_numbers"
    SAME_NAME = "same_name"
    NAME_CHANGED = "name_changed"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one value, how to mend it, and what it probably should be."""

    kind: ProblemKind
    reason: str
    remedy: str
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that must be corrected (要改的单元格). `value` is what the cell shows, with ID and
    phone numbers masked; `person` is whose row it is; `proposal` is a correct value, if one is
    near."""

    kind: ProblemKind
    sheet: str
    cell: str
    value: str
    reason: str
    remedy: str
    person: str = ""
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed that stops nothing (说明). `cell` is empty when the whole sheet is
    meant."""

    kind: RemarkKind
    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """An officer to be written: `before` is None for one who is new."""

    entry: OfficerEntry
    before: OfficerEntry | None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The dry run (试运行). With a single problem nothing may be written: all rows or none.

    `read` counts the rows that stand for a person; `rows` are those that could be read whole,
    each as it would stand in the roster; `changes` are the new and the altered among them.
    """

    read: int
    added: int
    updated: int
    unchanged: int
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    rows: tuple[OfficerEntry, ...]
    changes: tuple[Change, ...]

    @property
    def writable(self) -> bool:
        """Whether the plan may be carried out."""
        return not self.problems
