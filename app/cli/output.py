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
