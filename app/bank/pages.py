"""The bank's pages: the list, what is covered, the import, one question."""

import json
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from app.bank import actions, forms, queries
from app.bank.rules.coverage import coverage
from app.bank.rules.faces import face, key_in_words
from app.bank.rules.problems import errors
from app.question_types.marks import Kind
from app.web.access import BankReader
from app.web.deps import Now, ReadDb, WriteDb
from app.web.paging import pager
from app.web.templating import local_date, render

router = APIRouter()


@router.get("/bank")
def list_page(
    request: Request,
    db: ReadDb,
    now: Now,
    _: BankReader,
    kind: str = "",
    topic: str = "",
    difficulty: str = "",
    status: str = "active",
    q: str = "",
    page: int = 1,
) -> Response:
    """题库, filtered."""
    form = forms.parse_sought(kind=kind, topic=topic, difficulty=difficulty, status=status, text=q)
    sought = queries.Sought(form.kind, form.topic, form.level, form.status, form.text)
    shown = pager(
        page,
        queries.count(db, sought),
        kind=form.kind,
        topic=form.topic,
        difficulty=form.difficulty,
        status=form.status or "all",
        q=form.text,
    )
    return render(
        request,
        "bank/list.html",
        form=form,
        pager=shown,
        rows=queries.listed(db, sought, on=local_date(now), offset=shown.offset, limit=shown.size),
        topics=queries.topics(db),
        kinds=tuple(Kind),
        statuses=forms.STATUSES,
    )


@router.get("/bank/coverage")
def coverage_page(request: Request, db: ReadDb, now: Now, _: BankReader, on: str = "") -> Response:
    """题库覆盖: what a paper of that day could take, by topic, kind and difficulty."""
    day = forms.parse_day(on, default=local_date(now))
    rows = coverage(queries.pool(db, day))
    return render(request, "bank/coverage.html", day=day, rows=rows, kinds=tuple(Kind))


@router.get("/bank/import")
def import_page(request: Request, actor: BankReader) -> Response:
    """导入试题."""
    form = forms.ImportForm(author=actor.name)
    return render(request, "bank/import.html", form=form, outcome=None)


@router.post("/bank/import")
def import_file(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: BankReader,
    file: Annotated[UploadFile | None, File()] = None,
    author: Annotated[str, Form()] = "",
    reviewer: Annotated[str, Form()] = "",
    go: Annotated[str, Form()] = "check",
) -> Response:
    """先检查 changes nothing; 导入 writes all of it or nothing."""
    data, name = (file.file.read(), file.filename or "") if file is not None else (b"", "")
    form = forms.parse_import(data=data, file_name=name, author=author, reviewer=reviewer)
    if form.problems:
        return render(request, "bank/import.html", status=422, form=form, outcome=None)
    outcome = actions.import_questions(
        db,
        questions=form.questions,
        author=form.author,
        reviewer=form.reviewer,
        dry_run=go != "import",
        actor=actor,
        now=now,
        today=local_date(now),
    )
    if outcome.written:
        return RedirectResponse("/bank", 303)
    status = 422 if errors(list(outcome.problems)) else 200
    return render(request, "bank/import.html", status=status, form=form, outcome=outcome)


@router.get("/bank/{question_id}")
def question_page(
    request: Request, db: ReadDb, now: Now, _: BankReader, question_id: int
) -> Response:
    """One version of a question: its face, its key, what it rests on, its other versions."""
    question = queries.question(db, question_id)
    return render(
        request,
        "bank/question.html",
        question=question,
        item=face(question.kind, json.loads(question.content)),
        key=key_in_words(question.kind, json.loads(question.key)),
        tags=json.loads(question.tags),
        grounds=queries.grounds(db, question_id),
        barred=queries.barred(db, question, on=local_date(now)),
        history=queries.history(db, question.code),
    )
