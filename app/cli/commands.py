"""The command tree: what `python -m app --help` lists."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.progress import Progress

from app.cli import output, world
from app.cli.accounts import account
from app.cli.bank import bank
from app.cli.demo.play import CHAPTERS, FILES, play
from app.cli.demo.visitor import Stuck
from app.cli.roster import roster
from app.cli.verification import draw, release, trail
from app.db.backup import BackupRefused, sqlite_file
from app.db.backup import backup as back_up
from app.db.backup import restore as put_back
from app.db.session import Engine
from app.kernel.clock import SystemClock
from app.kernel.entropy import SystemEntropy
from app.main import create_app
from app.seed.world import PASSWORD, build
from app.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="比武：执法比武与考试平台")
app.add_typer(account, name="accounts")
app.add_typer(roster, name="roster")
app.add_typer(bank, name="bank")
app.add_typer(draw, name="draw")
app.add_typer(trail, name="audit")
app.add_typer(release, name="release")


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """迁移数据库，然后提供服务；演示模式下先建好演示数据并印出账号。"""
    own = world.settings()
    with world.database(own) as engine:
        if not own.production:
            _seed_once(engine, own)
    typer.echo(f"比武已启动：http://{host}:{port}")
    if workers > 1:
        uvicorn.run(
            "app.main:from_environment_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            timeout_worker_healthcheck=60,  # a busy machine imports the house in more than 5 s
            access_log=False,
            log_level="warning",
        )
    else:
        uvicorn.run(create_app(own), host=host, port=port, access_log=False, log_level="warning")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="写到这个文件夹")],
    seed: Annotated[int, typer.Option(help="同一个数得到同样的抽取和成绩")] = 1,
) -> None:
    """从导入花名册到通报，自动办完一场比武。"""
    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bar:
        task = bar.add_task("演示比武", total=CHAPTERS)

        def say(title: str) -> None:
            bar.update(task, advance=1, description=title)

        try:
            play(out, seed, say=say)
        except Stuck as stuck:
            output.refuse(str(stuck))
        bar.update(task, completed=CHAPTERS, description="完成")
    typer.echo(f"已写到 {out}：{'、'.join(FILES)}")


@app.command()
def backup(file: Path) -> None:
    """备份数据库到一个文件；服务不用停。"""
    try:
        back_up(sqlite_file(world.settings().database_url), file)
    except BackupRefused as refusal:
        output.refuse(str(refusal))
    typer.echo(f"已备份并核对：{file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """用备份恢复数据库；先停服务。"""
    try:
        put_back(file, sqlite_file(world.settings().database_url))
    except BackupRefused as refusal:
        output.refuse(str(refusal))
    typer.echo("已恢复并核对")


def _seed_once(engine: Engine, own: Settings) -> None:
    now = SystemClock().now()
    people = build(engine, secret_key=own.secret_key, entropy=SystemEntropy(), now=now)
    typer.echo(f"演示账号（密码都是 {PASSWORD}）：")
    for person in people:
        typer.echo(f"  {person.name:<12}{person.display_name}　{person.what}")
