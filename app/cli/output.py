"""How a command speaks: lines for people, JSON for machines, and an exit status that is true."""

import json
from typing import Any, NoReturn

import typer

REFUSED = 1


def say_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))


def refuse(reason: str) -> NoReturn:
    """Says why and exits with 1: nothing was written."""
    typer.echo(f"✕ {reason}", err=True)
    raise typer.Exit(REFUSED)


def verdict(discrepancies: list[tuple[str, str]], *, as_json: bool, good: str) -> None:
    """Lists what does not hold; exits with 1 when there is any."""
    if as_json:
        listed = [{"where": where, "reason": reason} for where, reason in discrepancies]
        say_json({"ok": not discrepancies, "discrepancies": listed})
    else:
        for where, reason in discrepancies:
            typer.echo(f"✕ {where}：{reason}")
        typer.echo(f"发现 {len(discrepancies)} 处不一致" if discrepancies else good)
    if discrepancies:
        raise typer.Exit(REFUSED)


def imported(
    counts: dict[str, int], problems: list[dict[str, str]], *, written: bool, as_json: bool
) -> None:
    """The outcome of an import, in the one shape that others read; exits with 1 on problems."""
    if as_json:
        say_json({**counts, "problems": problems, "written": written})
    else:
        for each in problems:
            where = " ".join(filter(None, (each["sheet"], each["cell"])))
            typer.echo(f"✕ {where}：{each['reason']}。{each['remedy']}")
        read, added = counts["read"], counts["added"]
        done = f"新增 {added}，更新 {counts['updated']}，不变 {counts['unchanged']}"
        state = "已写入" if written else "没有写入"
        typer.echo(f"读到 {read} 条：{done}；{len(problems)} 处问题；{state}")
    if problems:
        raise typer.Exit(REFUSED)
