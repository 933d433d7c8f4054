"""Small worlds for the roster's tests: the sample city's directory, sheets, an import."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl

from app.db.sealing import Vault
from app.db.session import Session
from app.kernel.actor import SYSTEM
from app.roster import actions, queries
from app.roster.tables import County
from app.seed.counties import COUNTIES
from tests.fakes import NINE, FixedEntropy

SAMPLES = Path(__file__).parent.parent.parent / "samples"
CLEAN = (SAMPLES / "roster.xlsx").read_bytes()
MESSY = (SAMPLES / "roster-messy.xlsx").read_bytes()
TODAY = date(2026, 10, 10)
DRAW_DATE = date(2026, 12, 1)
VAULT = Vault("a secret of the tests")
HEADS = (
    "县区", "姓名", "身份证号", "执法证号", "有效期至", "编制类型", "在岗情况", "手机号码", "单位"
)  # fmt: skip
# Invented: 79 is no province. The check characters are right.
ID_NUMBERS = ("790102199001010018", "790102199001010034", "790102199001010050")
LIN = ("青岚县", "林知远", ID_NUMBERS[0], "080101000001", "2027-03-31", "行政编", "在岗",
       "19900000001", "执法大队")  # fmt: skip
JIANG = ("青岚县", "江小川", "", "080101000002", "2027-03-31", "事业编", "产假", "", "执法大队")
SU = ("石澜区", "苏望舒", ID_NUMBERS[1], "080102000001", "2026-11-30", "聘用", "在岗", "", "")


def directory(db: Session) -> None:
    """The sample city's thirteen counties; those of the cast are kept as they are."""
    known = [county.name for county in queries.counties(db)]
    for position, (name, code) in enumerate(COUNTIES.items(), 10):
        if name not in known:
            db.add(County(code=code, name=name, position=position))
    db.flush()


def sheet(*rows: Sequence[str], heads: Sequence[str] = HEADS) -> bytes:
    """A tidy workbook of these rows, every cell as text."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for line in (heads, *rows):
        page.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imported(db: Session, data: bytes, *, dry_run: bool = False) -> actions.ImportOutcome:
    """The sheet, written by the city on the day of the tests."""
    return actions.import_roster(
        db,
        data=data,
        file_name="花名册.xlsx",
        dry_run=dry_run,
        vault=VAULT,
        entropy=FixedEntropy(),
        today=TODAY,
        actor=SYSTEM,
        now=NINE,
    )
