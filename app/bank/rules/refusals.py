"""What the bank refuses, and how it says so."""

from app.kernel.errors import DomainError, Kind


class QuestionMissing(DomainError):
    code, kind, message = "question_missing", Kind.MISSING, "题库里没有这道试题。"


class NotBankFile(DomainError):
    """No TOML, or TOML of another shape."""

    code, kind = "not_bank_file", Kind.INVALID
    message = "读不懂这个题库文件：{why}。请用 UTF-8 编码保存为 TOML 文件后再导入。"


class SamePersonReviews(DomainError):
    code, kind = "same_person_reviews", Kind.INVALID
    message = "命题人和审题人都是“{name}”。审题要由另一个人完成，请填写另一位审题人。"


class SignerMissing(DomainError):
    code, kind, message = "signer_missing", Kind.INVALID, "请填写{who}的姓名。"
