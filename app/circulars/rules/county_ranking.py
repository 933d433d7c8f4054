"""The result circular (成绩通报) of a contest, made from a release and nothing else."""

from collections.abc import Mapping
from typing import Any

from app.circulars.rules.document import Circular, CircularMeta, chinese_date, refuse_identities
from app.circulars.rules.notice import attachments, contest_title, held, opening, paragraphs
from app.circulars.rules.sheets import tables


def county_ranking(release: Mapping[str, Any], meta: CircularMeta) -> Circular:
    """成绩通报: `release` in the shape of release.json, `meta` from the office. Names are shown,
    certificates masked; raises IdentityShown if anything looks like an identity or mobile number.
    The same release and meta give the same document.
    """
    sheets = tables(release)
    circular = Circular(
        mark=meta.mark,
        number=meta.number,
        title=f"{contest_title(release)}成绩通报",
        addressee=meta.addressee,
        opening=opening(release),
        paragraphs=paragraphs(release, meta),
        closing="特此通报。",
        attachments=attachments(table.caption for table in sheets),
        signer=meta.signer,
        issued_on=chinese_date(meta.issued_on),
        subtitle=f"{meta.number}　比武时间：{held(release)}",
        tables=sheets,
        release=release["release"],
        hash=release["hash"],
        issued=meta.issued_on,
    )
    refuse_identities(circular)
    return circular
