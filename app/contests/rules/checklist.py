"""The organizer's checklist (办赛清单): what is done, what is next, what comes later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands. Exactly one is NOW, unless all are done; SUGGESTED is good to do, and
    nothing waits for it."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    SUGGESTED = "suggested"

    @property
    def label(self) -> str:
        return {
            StepState.DONE: "已完成",
            StepState.NOW: "下一步",
            StepState.LATER: "待办",
            StepState.SUGGESTED: "建议",
        }[self]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows of a contest, as counts. `draws` is whether the rules call anybody up
    by draw; `questions_needed` is what the blueprints ask for, 1 before there is one.
    `papers_chosen`, `windows_set`, `published`, `closed` and `marked` count exams. `rehearsals`
    are those that were planned, `rehearsed` how many sittings of them were handed in."""

    officers: int = 0
    roster_frozen: bool = False
    questions_usable: int = 0
    questions_needed: int = 1
    contest: bool = False
    rules_confirmed: bool = False
    draws: bool = True
    draw_announced: bool = False
    draw_held: bool = False
    drawn_called: int = 0
    drawn_wanted: int = 0
    nominated: int = 0
    nominated_wanted: int = 0
    exams: int = 0
    papers_chosen: int = 0
    windows_set: int = 0
    published: int = 0
    candidates: int = 0
    tickets: int = 0
    closed: int = 0
    marked: int = 0
    released: bool = False
    circular_published: bool = False
    rehearsals: int = 0
    rehearsed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `hint` says what is there or what is lacking, `href_name` names the page where it
    is done."""

    code: str
    title: str
    state: StepState
    hint: str
    href_name: str


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    title: str
    done: bool
    what_is: str
    what_lacks: str
    href_name: str
    optional: bool = False


def checklist(facts: Facts) -> tuple[Step, ...]:
    """The steps in order. A step is done when its own facts say so, whatever stands before it (a
    bank may be ready before the roster); the first that is not done is NOW."""
    steps: list[Step] = []
    next_found = False
    for line in _lines(facts):
        if line.done:
            state = StepState.DONE
        elif line.optional:
            state = StepState.SUGGESTED
        else:
            state = StepState.LATER if next_found else StepState.NOW
            next_found = True
        hint = line.what_is if line.done else line.what_lacks
        steps.append(Step(line.code, line.title, state, hint, line.href_name))
    return tuple(steps)


def next_step(steps: Sequence[Step]) -> Step | None:
    """The one that is NOW; None when everything is done."""
    return next((step for step in steps if step.state is StepState.NOW), None)


def progress(steps: Sequence[Step]) -> str:
    """How far it is, in words; what is only suggested is not counted before it is done.

    >>> progress(checklist(Facts()))
    '共 15 步，已完成 0 步'
    """
    due = [step for step in steps if step.state is not StepState.SUGGESTED]
    done = sum(step.state is StepState.DONE for step in due)
    return f"共 {len(due)} 步，已完成 {done} 步"


def _lines(facts: Facts) -> Iterator[_Line]:
    yield from _preparation(facts)
    yield from _calling_up(facts)
    yield from _exams(facts)
    yield from _outcome(facts)


def _preparation(facts: Facts) -> Iterator[_Line]:
    yield _Line(
        "roster_imported",
        "导入花名册",
        facts.officers > 0,
        f"在册 {facts.officers} 人。",
        "花名册里还没有人员，请导入人员表。",
        "roster_import",
    )
    yield _Line(
        "roster_frozen",
        "冻结花名册",
        facts.roster_frozen,
        "花名册已冻结，哈希已公布。",
        "核对参赛资格后冻结花名册，抽取只从冻结的花名册中进行。",
        "roster",
    )
    lacking = facts.questions_needed - facts.questions_usable
    yield _Line(
        "bank_ready",
        "准备题库",
        facts.questions_usable > 0 and lacking <= 0,
        f"可用试题 {facts.questions_usable} 道。",
        f"可用试题 {facts.questions_usable} 道，还差 {max(lacking, 1)} 道，请导入或审签试题。",
        "bank",
    )
    yield _Line(
        "rules_confirmed",
        "确认计分规则",
        facts.contest and facts.rules_confirmed,
        "计分规则已确认公布。",
        "选定权重、同分排序、县区成绩和选派规则，并确认公布。"
        if facts.contest
        else "还没有比武，请新建一期并选定计分规则。",
        "contest_rules" if facts.contest else "new_contest",
    )


def _calling_up(facts: Facts) -> Iterator[_Line]:
    if facts.draws:
        yield _Line(
            "draw_announced",
            "公布随机抽取",
            facts.draw_announced,
            "抽取方案和承诺值已公布。",
            "公布各县区抽取人数、花名册哈希和随机来源。",
            "announce_draw",
        )
        yield _Line(
            "draw_held",
            "进行随机抽取",
            facts.draw_held,
            "抽取已完成，抽取记录已公布。",
            "到公布的时间，在两名以上见证人面前抽取。",
            "hold_draw",
        )
    drawn = not facts.draws or (facts.draw_held and facts.drawn_called >= facts.drawn_wanted)
    nominated = facts.nominated >= facts.nominated_wanted
    yield _Line(
        "candidates_called",
        "列入名单与县区推荐",
        facts.candidates > 0 and drawn and nominated,
        f"参赛人员 {facts.candidates} 人。",
        _names_lacking(facts, drawn=drawn, nominated=nominated),
        "candidates",
    )


def _names_lacking(facts: Facts, *, drawn: bool, nominated: bool) -> str:
    if not drawn:
        return "把抽取结果列入参赛名单，并请各县区推荐人员。"
    if not nominated:
        wanted = facts.nominated_wanted
        return f"应推荐 {wanted} 人，还差 {wanted - facts.nominated} 人，请县区推荐。"
    return "参赛名单还是空的。"


def _exams(facts: Facts) -> Iterator[_Line]:
    for code, title, count, what_is, what_lacks, href_name in (
        ("papers_chosen", "组卷并选定试卷", facts.papers_chosen,
         "各科试卷已冻结、选定。", "还没有选定试卷，请组卷、冻结并选定", "papers"),
        ("windows_set", "安排考试时间", facts.windows_set,
         "各科考试时间已安排。", "还没有安排考试时间", "exams"),
        ("exams_published", "发布考试", facts.published,
         "各科已发布，参赛人员可以看到。", "还没有发布", "exams"),
    ):  # fmt: skip
        yield _Line(
            code, title, _all(count, facts.exams), what_is, _of(facts, count, what_lacks), href_name
        )
    missing = facts.candidates - facts.tickets
    yield _Line(
        "tickets_printed",
        "印发准考证",
        facts.candidates > 0 and missing <= 0,
        f"准考证已印 {facts.tickets} 张。",
        f"还有 {missing} 人没有准考证，请打印并发到本人。"
        if missing > 0
        else "名单确定后打印准考证，发到本人。",
        "tickets",
    )
    if facts.rehearsed or not _all(facts.closed, facts.exams):  # too late for good advice
        yield _Line(
            "rehearsed",
            "全流程演练（建议考前一天）",
            facts.rehearsed > 0,
            f"演练已有 {facts.rehearsed} 人交卷，数据不进成绩。",
            "演练已安排，还没有人交卷。"
            if facts.rehearsals
            else "加一场演练，让参赛人员用自己的手机走一遍，数据不进成绩。",
            "rehearsal",
            optional=True,
        )
    yield _Line(
        "exams_sat",
        "考试",
        _all(facts.closed, facts.exams),
        "各科考试已结束，答卷已收齐。",
        _of(facts, facts.closed, "还没有考完"),
        "hall",
    )


def _outcome(facts: Facts) -> Iterator[_Line]:
    yield _Line(
        "exams_marked",
        "阅卷",
        _all(facts.marked, facts.exams),
        "各科已阅卷。",
        _of(facts, facts.marked, "还没有阅卷"),
        "marking",
    )
    yield _Line(
        "results_released",
        "发布成绩",
        facts.released,
        "成绩已发布，不可更改。",
        "核对名次、县区成绩和选派名单后发布成绩。",
        "results",
    )
    yield _Line(
        "circular_published",
        "印发通报",
        facts.circular_published,
        "通报已公布。",
        "填写文号和落款，下载并公布通报。",
        "circular",
    )


def _all(count: int, exams: int) -> bool:
    return exams > 0 and count >= exams


def _of(facts: Facts, count: int, what: str) -> str:
    if facts.exams == 0:
        return "本期还没有科目，确认计分规则后产生。"
    return f"{facts.exams} 个科目中有 {facts.exams - count} 个{what}。"
