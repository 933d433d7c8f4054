"""Issuing circulars (印发通报)."""

from datetime import date, datetime

from app.audit import actions as audit
from app.circulars import queries
from app.circulars.rules.county_ranking import county_ranking
from app.circulars.rules.refusals import DocumentNumberTaken
from app.circulars.tables import CircularIssue
from app.db.session import Session
from app.kernel.actor import Actor
from app.kernel.canonical import canonical_json
from app.results import queries as results


def publish(
    db: Session,
    *,
    release_id: int,
    document_number: str,
    addressees: str,
    signed_by: str,
    on: date,
    actor: Actor,
    now: datetime,
    mark: str = "",
    contact: str = "",
) -> CircularIssue:
    """印发通报: the document is made from the release once, to see that it can be, and is public
    from then on. `mark` is the red head, by default the signer's name with 文件. A mistake is
    mended by another circular with its own number; this one stays. Refused for a number that was
    used, and where an identity or mobile number would be shown."""
    release = results.content(results.release(db, release_id))
    if queries.number_taken(db, document_number):
        raise DocumentNumberTaken(number=document_number)
    meta = {
        "mark": mark or f"{signed_by}文件",
        "number": document_number,
        "addressee": addressees,
        "signer": signed_by,
        "issued_on": on.isoformat(),
        "contact": contact,
    }
    circular = county_ranking(release, queries.meta_of(meta))
    row = CircularIssue(
        release_id=release_id,
        document_number=document_number,
        title=circular.title,
        meta=canonical_json({**meta, "lead": circular.paragraphs[1].text}),
        published_at=now,
        published_by=actor.name,
    )
    db.add(row)
    db.flush()  # the page that follows is addressed by the id
    audit.record(
        db,
        actor=actor,
        act="publish_circular",
        subject=f"{document_number} {circular.title}",
        now=now,
        circular=row.id,
        release=circular.release,
        hash=circular.hash,
    )
    return row
