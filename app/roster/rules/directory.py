"""Refusals about what stands in the roster: officers, counties, versions that are frozen."""

from app.kernel.errors import DomainError, Kind


class OfficerMissing(DomainError):
    code, kind, message = "officer_missing", Kind.MISSING, "花名册里没有这名执法人员。"


class CountyMissing(DomainError):
    code, kind, message = "county_missing", Kind.MISSING, "名录里没有这个县区。"


class CountyTaken(DomainError):
    code, kind = "county_taken", Kind.CONFLICT
    message = "名录里已有“{name}”（代码 {code}），代码和名称都不能重复。"


class CertificateTaken(DomainError):
    code, kind = "certificate_taken", Kind.CONFLICT
    message = "执法证号 {certificate} 已在花名册中：{owner}。请照执法证核对证号。"


class IdNumberTaken(DomainError):
    code, kind = "id_number_taken", Kind.CONFLICT
    message = "这个身份证号已在花名册中：{owner}。请照身份证核对号码。"


class AccountTied(DomainError):
    code, kind = "account_tied", Kind.CONFLICT
    message = "这个账号已属于{name}（执法证号 {certificate}），一个账号只能给一个人用。"


class RosterVersionMissing(DomainError):
    code, kind, message = "roster_version_missing", Kind.MISSING, "没有这个花名册冻结版。"


class NobodyInSheet(DomainError):
    code, kind = "nobody_in_sheet", Kind.INVALID
    message = "表头找到了，但下面一个人也没有。请核对是不是选错了文件，或者还没有填写。"


class SealUnreadable(DomainError):
    code, kind = "seal_unreadable", Kind.CONFLICT
    message = (
        "花名册里的身份证号和手机号是用另一把密钥封存的，现在打不开，什么都没有写入。"
        "请系统管理员核对 BIWU_SECRET_KEY 是否被换过。"
    )
