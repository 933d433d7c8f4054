"""python -m app draw | audit | release verify: what a witness or an auditor checks at home."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.audit import queries as audit
from app.audit import rules as audit_rules
from app.cli import output, world
from app.db.session import reading
from app.draw.rules.verify import verify as verify_transcript
from app.results.rules.evidence import verify_evidence
from app.results.rules.verification import verify_release

draw = typer.Typer(no_args_is_help=True, help="随机抽取")
trail = typer.Typer(no_args_is_help=True, help="操作留痕")
release = typer.Typer(no_args_is_help=True, help="成绩发布")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
AsJson = Annotated[bool, typer.Option("--json")]


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return None


@draw.command("verify")
def verify_draw(file: File, as_json: AsJson = False) -> None:
    """核验抽取记录；一致退出码为 0，不一致为 1。"""
    found = [(each.where, each.reason) for each in verify_transcript(_read(file))]
    output.verdict(found, as_json=as_json, good="核验通过，全部一致")


@release.command("verify")
def verify_scores(file: File, as_json: AsJson = False) -> None:
    """不用数据库，从原始答案重算一份成绩发布里的每个分数、名次、县区成绩和选派。"""
    given = _read(file)
    if not isinstance(given, dict):
        found = [("release", "不是一份成绩发布文件")]
    else:
        checked = [*verify_release(given), *verify_evidence(given)]
        found = [(each.where, each.reason) for each in checked]
    output.verdict(found, as_json=as_json, good="核验通过，全部一致")


@trail.command("verify")
def verify_trail(
    checkpoint: Annotated[
        Path | None, typer.Option(help="保存在别处的检查点文件", exists=True, dir_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """核验操作留痕的哈希链；有检查点时还能发现末尾被删。"""
    anchor = None
    if checkpoint is not None:
        match _read(checkpoint):
            case {"seq": int(seq), "hash": str(noted)}:
                anchor = audit_rules.Anchor(seq, noted)
            case _:
                output.refuse(f"{checkpoint} 不是检查点文件")
    with world.database(world.settings()) as engine, reading(engine) as db:
        broken = audit_rules.verify(audit.chain(db), anchor=anchor)
    found = [(f"第 {broken.seq} 条", broken.reason)] if broken else []
    output.verdict(found, as_json=as_json, good="哈希链完整")


@trail.command("checkpoint")
def checkpoint(file: Path) -> None:
    """把哈希链的末尾写成检查点文件，存到别处。"""
    with world.database(world.settings()) as engine, reading(engine) as db:
        newest = audit.latest(db, limit=1)
    if not newest:
        output.refuse("还没有留痕，没有检查点可写")
    anchor = {"seq": newest[0].seq, "hash": newest[0].hash}
    file.write_text(json.dumps(anchor) + "\n")
    typer.echo(f"已写出 {file}：第 {newest[0].seq} 条")
