"""python -m app accounts …: the first account, which no page can open."""

from typing import Annotated

import typer

from app.accounts.actions import accounts, passwords
from app.cli import output, world
from app.db.session import transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.clock import SystemClock
from app.kernel.errors import DomainError

SHORTEST_PASSWORD = 10
account = typer.Typer(no_args_is_help=True, help="账号")


@account.callback()
def group() -> None:
    """Only there so that `open` stays a command of its own while it is the only one."""


@account.command("open")
def open_account(
    name: Annotated[str, typer.Argument(help="登录用的账号")],
    role: Annotated[list[Role], typer.Option(help="角色，可以写几次")],
    display_name: Annotated[str, typer.Option(help="姓名")] = "",
    county: Annotated[str | None, typer.Option(help="县区代码，市级不填")] = None,
    password: Annotated[
        str, typer.Option(prompt="密码", confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """在服务器上开第一批账号（三员、组织者）；以后在页面上办理。"""
    if len(password) < SHORTEST_PASSWORD:
        output.refuse(f"密码至少 {SHORTEST_PASSWORD} 个字符")
    own, now = world.settings(), SystemClock().now()
    try:
        password_hash = passwords.hashed(password)
        with world.database(own) as engine, transaction(engine) as db:
            accounts.open_account(
                db,
                name=name.strip(),
                display_name=display_name.strip() or name.strip(),
                password_hash=password_hash,
                roles=role,
                county=county,
                actor=SYSTEM,
                now=now,
            )
    except DomainError as refusal:
        output.refuse(str(refusal))
    typer.echo(f"已开账号 {name.strip()}：{'、'.join(each.label for each in role)}")
