"""A few laws and questions that the bank's and the papers' tests begin from."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from app.bank import actions
from app.bank.actions import Outcome
from app.bank.rules.laws import Confidence, LawEntry, read_laws
from app.db.session import Session
from app.kernel.actor import Actor, Role
from tests.fakes import NINE

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
ORGANIZER = Actor(1, "许青禾", frozenset({Role.ORGANIZER}))

CODE = LawEntry(
    "生态环境法典", "中华人民共和国生态环境法典", "全国人民代表大会", date(2026, 8, 15),
    date(2026, 8, 15), 1242, Confidence.FIRM,
)  # fmt: skip
PENALTY = LawEntry(
    "行政处罚法", "中华人民共和国行政处罚法", "全国人民代表大会常务委员会", date(2021, 7, 15),
    date(2021, 7, 15), 86, Confidence.FIRM,
)  # fmt: skip
NOISE = LawEntry(
    "噪声污染防治法", "中华人民共和国噪声污染防治法", "全国人民代表大会常务委员会",
    date(2022, 6, 5), date(2022, 6, 5), 90, Confidence.FIRM, date(2026, 8, 15), "生态环境法典",
)  # fmt: skip
PERMITS = LawEntry(
    "排污许可管理条例", "排污许可管理条例", "国务院", date(2021, 3, 1), date(2021, 3, 1), 51,
    Confidence.STANDING,
)  # fmt: skip
DETAIN = LawEntry(
    "移送行政拘留暂行办法", "移送行政拘留暂行办法", "公安部等", date(2015, 1, 1),
    date(2015, 1, 1), 20, Confidence.OPEN,
)  # fmt: skip
LAWS = (CODE, PENALTY, NOISE, PERMITS, DETAIN)


def basis(
    law: LawEntry = CODE, article: str = "44", role: str = "key", **more: Any
) -> dict[str, Any]:
    """One entry of `basis`."""
    sure = more.pop("confidence", law.confidence.value)
    row = {"law": law.name, "version": law.version, "article": article, "role": role}
    return row | {"confidence": sure} | more


def single(code: str = "single-a", **changes: Any) -> dict[str, Any]:
    """A sound single choice on the Code; keyword arguments replace fields, None removes one."""
    question: dict[str, Any] = {
        "id": code,
        "kind": "single_choice",
        "topic": "法律责任",
        "difficulty": 2,
        "difficulty_reason": "一条规则",
        "stem": f"某厂的情形 {code}，应当怎样处理？",
        "key": ["B"],
        "explanation": "法典第四十四条写明了处理方式。",
        "basis": [basis()],
        "valid_from": date(2026, 8, 15),
        "tags": ["罚款"],
        "options": {
            "A": "责令改正并警告",
            "B": "责令改正并罚款",
            "C": "直接查封该厂",
            "D": "移送公安机关",
        },
        "traps": {"A": "把罚款当成可选", "C": "没有查封情形", "D": "没有拘留情形"},
    }
    question |= deepcopy(changes)
    return {name: value for name, value in question.items() if value is not None}


def of_kind(kind: str, code: str, **changes: Any) -> dict[str, Any]:
    """A sound question of any of the six kinds."""
    own: dict[str, dict[str, Any]] = {
        "single_choice": {},
        "multiple_choice": {"key": ["A", "B"], "traps": {"C": "不对", "D": "不对"}},
        "indefinite_choice": {"key": ["B"]},
        "true_false": {
            "key": ["A"], "traps": {"B": "看错"}, "options": {"A": "正确", "B": "错误"},
        },
        "fill_in": {
            "key": None, "options": None, "traps": None,
            "stem": f"情形 {code}：台账至少保存【1】年。",
            "blank": [{"n": 1, "key": "5", "accept": ["五"], "reject": {"3": "旧规定"}}],
        },
        "numeric": {
            "key": None, "options": None, "traps": None,
            "numeric": {
                "key": 216, "unit": "万元", "tolerance": 0, "accept_units": {"元": 2160000},
                "workings": ["12×18"], "wrong": {"72": "只算了六日"},
            },
        },
    }  # fmt: skip
    return single(code, **({"kind": kind} | own[kind] | changes))


def take_in(db: Session, *questions: dict[str, Any], dry_run: bool = False) -> Outcome:
    """Laws and questions into the bank."""
    actions.load_laws(db, laws=LAWS, actor=ORGANIZER, now=NINE)
    outcome = actions.import_questions(
        db,
        questions=questions,
        author="顾明远",
        reviewer="程映雪",
        dry_run=dry_run,
        actor=ORGANIZER,
        now=NINE,
        today=TODAY,
    )
    assert [each for each in outcome.problems if not each.remark] == []
    return outcome


def house_laws() -> tuple[LawEntry, ...]:
    """The law table that the project ships."""
    return read_laws((ROOT / "question_bank" / "laws.toml").read_text(encoding="utf-8"))
