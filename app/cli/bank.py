"""python -m app bank …: check the question files, and take them in."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bank import actions
from app.bank.rules.check import check
from app.bank.rules.drafts import read_questions
from app.bank.rules.laws import read_laws
from app.bank.rules.problems import errors
from app.bank.rules.texts import check_texts
from app.cli import output, world
from app.db.session import transaction
from app.kernel.actor import SYSTEM
from app.kernel.clock import SystemClock
from app.kernel.errors import DomainError
from app.main import ROOT
from app.web.templating import local_date

FOLDER = ROOT / "question_bank"
bank = typer.Typer(no_args_is_help=True, help="题库")


def question_files(folder: Path) -> list[Path]:
    """Every file of questions; the law table is not one."""
    return [file for file in sorted(folder.rglob("*.toml")) if file.name != "laws.toml"]


def read_all(folder: Path) -> list[dict[str, Any]]:
    """Every question under a folder, in order of file and place."""
    return [each for file in question_files(folder) for each in read_questions(file.read_text())]


@bank.command("check")
def check_command(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)] = FOLDER,
    laws: Annotated[
        Path | None, typer.Option(help="法条文本 index.json，只用来核对，不入库", dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """检查题库：格式、依据、日期、答案分布；有错误时退出码为 1。"""
    questions, table = read_all(folder), read_laws((FOLDER / "laws.toml").read_text())
    found = check(questions, table, local_date(SystemClock().now()))
    if laws is not None:
        found = [*found, *check_texts(questions, json.loads(laws.read_text()))]
    wrong = errors(list(found))
    if as_json:
        listed = [
            {
                "question": each.question,
                "field": each.field,
                "value": each.value,
                "reason": each.reason,
                "remedy": each.remedy,
                "remark": each.remark,
            }
            for each in found
        ]
        output.say_json({"read": len(questions), "problems": listed})
    else:
        for each in found:
            mark = "·" if each.remark else "✕"
            typer.echo(f"{mark} {each.question} {each.field}：{each.reason}。{each.remedy}")
        typer.echo(f"{len(questions)} 道题，{len(wrong)} 处错误，{len(found) - len(wrong)} 处提示")
    if wrong:
        raise typer.Exit(output.REFUSED)


@bank.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(exists=True)],
    author: Annotated[str, typer.Option(help="命题人")] = "",
    reviewer: Annotated[str, typer.Option(help="审题人，不能与命题人是同一人")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """把 TOML 试题入库；全部成功或者一道也不写。"""
    now: datetime = SystemClock().now()
    try:
        files = question_files(file) if file.is_dir() else [file]
        questions = [each for one in files for each in read_questions(one.read_text())]
        with world.database(world.settings()) as engine, transaction(engine) as db:
            outcome = actions.import_questions(
                db,
                questions=questions,
                author=author,
                reviewer=reviewer,
                dry_run=dry_run,
                actor=SYSTEM,
                now=now,
                today=local_date(now),
            )
    except DomainError as refusal:
        output.refuse(str(refusal))
    counts = {"read": outcome.read, "added": outcome.added, "updated": outcome.updated}
    counts |= {"unchanged": outcome.unchanged}
    problems = [
        {"sheet": each.question, "cell": each.field, "value": each.value}
        | {"reason": each.reason, "remedy": each.remedy}
        for each in errors(list(outcome.problems))
    ]
    output.imported(counts, problems, written=outcome.written, as_json=as_json)
