"""python -m app roster …: the personnel sheet in, and an empty one out."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import output, world
from app.db.sealing import Vault
from app.db.session import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.clock import SystemClock
from app.kernel.entropy import SystemEntropy
from app.kernel.errors import DomainError
from app.roster import actions, queries
from app.roster.workbook import writing
from app.seed.counties import COUNTIES
from app.web.templating import local_date

roster = typer.Typer(no_args_is_help=True, help="花名册")


@roster.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """导入人员表；有问题时逐格说明，一行也不写。"""
    own, now = world.settings(), SystemClock().now()
    try:
        with world.database(own) as engine, transaction(engine) as db:
            if not own.production and not queries.counties(db):
                # The demo city's counties; a real city enters its own before the first import.
                for position, (name, code) in enumerate(COUNTIES.items(), 1):
                    actions.open_county(
                        db, code=code, name=name, position=position, actor=SYSTEM, now=now
                    )
            outcome = actions.import_roster(
                db,
                data=file.read_bytes(),
                file_name=file.name,
                dry_run=dry_run,
                vault=Vault(own.secret_key),
                entropy=SystemEntropy(),
                today=local_date(now),
                actor=SYSTEM,
                now=now,
            )
    except DomainError as refusal:
        if as_json:
            about = {"sheet": "", "cell": "", "value": file.name}
            problem = about | {"reason": str(refusal), "remedy": ""}
            counts = dict.fromkeys(("read", "added", "updated", "unchanged"), 0)
            output.imported(counts, [problem], written=False, as_json=True)
        output.refuse(str(refusal))
    plan = outcome.plan
    counts = {"read": plan.read, "added": plan.added, "updated": plan.updated}
    counts |= {"unchanged": plan.unchanged}
    problems = [
        {"sheet": each.sheet, "cell": each.cell, "value": each.value}
        | {"reason": each.reason, "remedy": each.remedy}
        for each in plan.problems
    ]
    output.imported(counts, problems, written=outcome.written, as_json=as_json)


@roster.command()
def template(file: Path) -> None:
    """写出一张空的人员表。"""
    with world.database(world.settings()) as engine, reading(engine) as db:
        names = [county.name for county in queries.counties(db)]
    file.write_bytes(writing.template(counties=names or list(COUNTIES)))
    typer.echo(f"已写出 {file}")
