"""What the circulars refuse, in the words that the organizer reads."""

from app.kernel.errors import DomainError, Kind


class CircularMissing(DomainError):
    code, kind, message = "circular_missing", Kind.MISSING, "没有这件通报，或者还没有公布。"


class DocumentNumberTaken(DomainError):
    code, kind = "document_number_taken", Kind.CONFLICT
    message = "文号“{number}”已经用过，请核对发文登记后换一个。"
