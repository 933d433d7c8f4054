"""The list of contests, a new one, its home with the checklist, and its rules."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.contests import actions, queries
from app.contests.forms import declared, opening
from app.contests.rules import words
from app.contests.rules.checklist import Facts, checklist, next_step, progress
from app.contests.rules.contest_rules import CountyMethod, Measure, SwitchAway
from app.contests.rules.presets import PRESETS
from app.contests.rules.refusals import ContestNumberTaken
from app.contests.tables import Contest
from app.db.session import Session
from app.question_types.policy import MultiplePolicy
from app.web.access import Organizer
from app.web.deps import Now, ReadDb, WriteDb
from app.web.templating import local_date, render

router = APIRouter()


@router.get("/contests")
def contests(request: Request, db: ReadDb, _actor: Organizer) -> Response:
    """比武, newest first."""
    return render(request, "contests/contests.html", lines=queries.contest_lines(db))


@router.get("/contests/new")
def new(request: Request, db: ReadDb, now: Now, _actor: Organizer) -> Response:
    """新建比武: the next of the year, with the usual rules proposed."""
    year = local_date(now).year
    form = opening.proposed(year=year, number=queries.last_number(db, year) + 1)
    return render(request, "contests/new.html", form=form, presets=PRESETS)


@router.post("/contests/new")
def open_contest(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    year: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    preset: Annotated[str, Form()] = "",
) -> Response:
    """新建比武."""
    form = opening.parse(year=year, number=number, title=title, preset=preset)
    if not form.problems:
        try:
            return _opened(db, form, actor=actor, now=now)
        except ContestNumberTaken as refusal:
            form.problems["number"] = str(refusal)
    return render(request, "contests/new.html", status=422, form=form, presets=PRESETS)


def _opened(db: Session, form: opening.OpeningForm, *, actor: Organizer, now: datetime) -> Response:
    contest = actions.open_contest(
        db,
        year=int(form.year),
        number=int(form.number),
        title=form.title,
        rules=form.chosen.rules,
        exams=form.chosen.minutes,
        actor=actor,
        now=now,
    )
    return RedirectResponse(f"/contests/{contest.id}", 303)


@router.get("/contests/{contest_id}")
def home(request: Request, db: ReadDb, now: Now, _actor: Organizer, contest_id: int) -> Response:
    """概览: the checklist, and the next missing step with the button that leads there."""
    contest = queries.contest(db, contest_id)
    outcome = _outcome(request, db, contest_id)
    facts = queries.facts(db, contest, now=now, outcome=outcome)
    steps, exams = checklist(facts), queries.exams(db, contest_id)
    opens = min((exam.opens_at for exam in exams if exam.opens_at), default=None)
    return render(
        request,
        "contests/home.html",
        contest=contest,
        exams=exams,
        steps=steps,
        next=next_step(steps),
        progress=progress(steps),
        moments=queries.moments(db, contest),
        hrefs=_hrefs(contest, facts),
        tiles=queries.progress_tiles(facts, opens_at=opens, now=now),
    )


def _outcome(request: Request, db: Session, contest_id: int) -> queries.Outcome:
    """What became of it upstairs; main hands the question in, as it does for `identify`."""
    ask = getattr(request.app.state, "outcome", None)
    found: queries.Outcome = ask(db, contest_id) if ask else queries.Outcome()
    return found


def _hrefs(contest: Contest, facts: Facts) -> dict[str, tuple[str, str]]:
    """Where each step is done, and what its button says."""
    own = f"/contests/{contest.id}"
    draw = f"/draws/{contest.draw_id}" if facts.draw_announced else f"{own}/candidates#announce"
    return {
        "roster_import": ("/roster/import", "去导入花名册"),
        "roster": ("/roster/freeze", "去冻结花名册"),
        "bank": ("/bank", "去题库"),
        "contest_rules": (f"{own}/rules", "去确认计分规则"),
        "new_contest": ("/contests/new", "新建比武"),
        "announce_draw": (f"{own}/candidates#announce", "去公布抽取"),
        "hold_draw": (draw, "去抽取现场"),
        "candidates": (f"{own}/candidates", "去名单与抽取"),
        "papers": (f"{own}/exams", "去选定试卷"),
        "exams": (f"{own}/exams", "去安排考试"),
        "rehearsal": (f"{own}/exams#rehearsals", "去安排演练"),
        "tickets": (f"{own}/candidates#tickets", "去印准考证"),
        "hall": ("/hall", "去考场"),
        "marking": (f"{own}/marking", "去阅卷"),
        "results": (f"{own}/results", "去发布成绩"),
        "circular": (f"{own}/results#circular", "去印发通报"),
    }


async def _rules_form(request: Request) -> declared.RulesForm:
    given = {name: str(value) for name, value in (await request.form()).items()}
    return declared.parse(given)


RulesForm = Annotated[declared.RulesForm, Depends(_rules_form)]


@router.get("/contests/{contest_id}/rules")
def rules(
    request: Request, db: ReadDb, _actor: Organizer, contest_id: int, preset: str = ""
) -> Response:
    """计分规则: in words, and while they are not confirmed, every choice as a field. `?preset=`
    fills the fields with a ready-made set; nothing is stored before it is saved."""
    contest = queries.contest(db, contest_id)
    chosen = [each.rules for each in PRESETS if each.name == preset]
    form = declared.shown([*chosen, queries.rules(contest)][0])
    return _rules_page(request, contest, form)


def _rules_page(request: Request, contest: Contest, form: declared.RulesForm) -> Response:
    stand = queries.rules(contest)
    return render(
        request,
        "contests/rules.html",
        status=422 if form.problems else 200,
        contest=contest,
        form=form,
        words=words.in_words(stand),
        presets=PRESETS,
        ties=_ties(form),
        methods=[(each.value, each.label) for each in CountyMethod],
        policies=[(each.value, each.label) for each in MultiplePolicy],
        policy_words=words.policy_choices(stand),
        switches=[(each.value, each.label) for each in SwitchAway],
        exam_rows=range(1, declared.EXAM_ROWS + 1),
        tie_rows=range(1, declared.TIE_ROWS + 1),
    )


def _ties(form: declared.RulesForm) -> list[tuple[str, str]]:
    """What a step of the chain can be: one of the form's subjects, the time, the violations."""
    exams = [
        (f"{Measure.EXAM}:{code}", f"{form.values[f'exams-title-{row}'] or code}成绩高者列前")
        for row in range(1, declared.EXAM_ROWS + 1)
        if (code := form.values[f"exams-code-{row}"])
    ]
    return [
        ("", "不再比较"),
        *exams,
        (Measure.SHORTER_TIME.value, "用时短者列前"),
        (Measure.FEWER_VIOLATIONS.value, "违规记录少者列前"),
    ]


@router.post("/contests/{contest_id}/rules")
def change_rules(
    request: Request,
    db: WriteDb,
    now: Now,
    actor: Organizer,
    contest_id: int,
    form: RulesForm,
    confirm: Annotated[str, Form()] = "",
) -> Response:
    """保存 or 保存并确认公布: saved only when nothing is wrong, and confirmed with `confirm`."""
    if form.rules is None or form.problems:
        return _rules_page(request, queries.contest(db, contest_id), form)
    actions.change_rules(db, contest_id=contest_id, rules=form.rules, actor=actor, now=now)
    if confirm:
        actions.confirm_rules(db, contest_id=contest_id, actor=actor, now=now)
    onward = "" if confirm else "/rules"
    return RedirectResponse(f"/contests/{contest_id}{onward}", 303)
