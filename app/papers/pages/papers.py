"""Frozen papers: the list, one paper with its key, the candidate's view, the printed form."""

from fastapi import APIRouter, Request, Response

from app.papers import queries
from app.papers.pages import views
from app.web.access import Organizer
from app.web.deps import ReadDb
from app.web.paging import pager
from app.web.templating import render

router = APIRouter()


@router.get("/papers")
def list_page(request: Request, db: ReadDb, _: Organizer, page: int = 1) -> Response:
    """组卷: blueprints being worked on, and papers that are frozen."""
    shown = pager(page, queries.count(db))
    papers = queries.papers(db, offset=shown.offset, limit=shown.size)
    drafts = queries.drafts(db)
    return render(request, "papers/list.html", drafts=drafts, papers=papers, pager=shown)


@router.get("/papers/{paper_id}")
def paper_page(request: Request, db: ReadDb, _: Organizer, paper_id: int) -> Response:
    """封存的试卷: hashes, rules, every item with its key."""
    paper = queries.paper(db, paper_id)
    return render(request, "papers/paper.html", paper=paper, **views.with_key(paper))


@router.get("/papers/{paper_id}/preview")
def preview(request: Request, db: ReadDb, _: Organizer, paper_id: int, order: int = 1) -> Response:
    """考生看到的样子: one candidate's order, nothing can be answered."""
    paper = queries.paper(db, paper_id)
    number = min(max(order, 1), 9999)
    shown = views.as_candidate(paper, number)
    return render(request, "papers/preview.html", paper=paper, order=number, **shown)


@router.get("/papers/{paper_id}/print")
def print_page(request: Request, db: ReadDb, _: Organizer, paper_id: int) -> Response:
    """纸笔考试用的试卷, in the paper's own order, without the key."""
    paper = queries.paper(db, paper_id)
    return render(request, "papers/print.html", paper=paper, **views.on_paper(paper))
