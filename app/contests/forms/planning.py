"""Forms of planning: an exam's paper and window, the draw, a reason."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.contests.rules.timing import timing_problems
from app.contests.rules.windows import Window


@dataclass(frozen=True, slots=True)
class ExamForm:
    """One exam as typed, with the moments read from it, and what is wrong by field (`form` for
    the whole). `paper_id` None: not chosen yet. Both moments None: not set yet."""

    exam_id: int = 0
    paper: str = ""
    opens: str = ""
    closes: str = ""
    minutes: str = ""
    grace: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def paper_id(self) -> int | None:
        return int(self.paper) if self.paper else None

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=int(self.minutes or 0))

    @property
    def grace_time(self) -> timedelta:
        return timedelta(minutes=int(self.grace or 0))

    def refused(self, reason: str) -> "ExamForm":
        """The same form with the house's answer."""
        return replace(self, problems=self.problems | {"form": reason})


def parse_exam(
    *,
    exam_id: str,
    paper: str,
    opens: str,
    closes: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    minutes: str,
    grace: str,
    now: datetime,
) -> ExamForm:
    """安排考试: moments are what the office's clock says, already read; the linter's findings stand
    at their fields."""
    opens, closes, minutes, grace = opens.strip(), closes.strip(), minutes.strip(), grace.strip()
    problems: dict[str, str] = {}
    if paper and not _whole(paper):
        paper, problems["paper"] = "", "请从列表中选择试卷。"
    if not _whole(minutes):
        minutes, problems["length"] = "", "考试时长请填写分钟数。"
    if not _whole(grace):
        grace, problems["grace"] = "", "宽限时间请填写分钟数，1 到 30。"
    if bool(opens) != bool(closes):
        problems["closes_at" if opens else "opens_at"] = "开始和结束时间请一起填写。"
    for name, typed, at in (("opens_at", opens, opens_at), ("closes_at", closes, closes_at)):
        if typed and at is None:
            problems[name] = "时间请按 2026-10-22 09:30 的样子填写。"
    number = int(exam_id) if _whole(exam_id) else 0
    form = ExamForm(number, paper, opens, closes, minutes, grace, opens_at, closes_at, problems)
    if problems or opens_at is None or closes_at is None:
        return form
    window = Window(opens_at, closes_at, form.length, form.grace_time)
    for found in timing_problems(window, now):
        problems.setdefault(found.field, found.message)
    return form


@dataclass(frozen=True, slots=True)
class DrawForm:
    """The announcement of a draw: from which frozen roster, and when it will be held."""

    version: str = ""
    scheduled: str = ""
    scheduled_at: datetime | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def version_id(self) -> int:
        return int(self.version)


def parse_draw(
    *, version: str, scheduled: str, scheduled_at: datetime | None, now: datetime, draws: bool
) -> DrawForm:
    """公布抽取: a frozen roster is chosen; where people are drawn, the time lies ahead."""
    problems = {}
    if not _whole(version):
        problems["version"] = "请选择冻结的花名册；还没有的，先去冻结。"
    if draws and scheduled_at is None:
        problems["scheduled"] = "请填写公开抽取的时间。"
    elif draws and scheduled_at is not None and scheduled_at <= now:
        problems["scheduled"] = "抽取时间应当晚于现在：先公布承诺，后抽取。"
    return DrawForm(version, scheduled.strip(), scheduled_at or now, problems)


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Leave or substitution of one candidate, with its reason."""

    candidate_id: int = 0
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def parse_reason(candidate_id: int, reason: str) -> ReasonForm:
    """请假、递补: the reason is published with the list; a diagnosis does not belong in it."""
    reason = reason.strip()
    if len(reason) < 2:
        problem = "请写明理由，例如“病假”“产假”“借调”；不要写病情。"
        return ReasonForm(candidate_id, reason, {"reason": problem})
    return ReasonForm(candidate_id, reason[:200])


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
