"""README and manual are true: their tables list what there is, no more and no less."""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from typer.core import TyperGroup

from app.cli.commands import app as commands
from app.main import ROOT
from app.settings import BadSettings, Settings, from_environment

README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.png"))
LARGEST_PICTURE = 120_000
IN_CODE = re.compile(r"^`([^`]+)`$")


def rows(heading: str) -> list[list[str]]:
    """The cells of every table row under a heading of the README, heads and rules left out."""
    _, found, rest = README.read_text().partition(f"\n## {heading}\n")
    assert found, f"README has no chapter {heading}"
    lines = re.split(r"\n## ", rest)[0].splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    return [row for row in cells if IN_CODE.match(row[0])]


def named(heading: str) -> list[str]:
    """The first cells, without their backticks."""
    return [row[0].strip("`") for row in rows(heading)]


def test_every_dependency_is_listed_once_with_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = [re.split(r"[\[<>=!~; ]", each)[0] for each in wanted]
    assert sorted(named("Dependencies")) == sorted(names)
    assert all(len(row) == 2 and row[1].endswith(".") for row in rows("Dependencies"))


def _read_variables() -> list[str]:
    """Every string of app/settings.py that is the name of a variable, once each."""
    tree = ast.parse((ROOT / "app" / "settings.py").read_text())
    strings = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return sorted(each for each in strings if re.fullmatch(r"BIWU_[A-Z_]+", each))


def test_every_setting_is_listed_once_with_its_meaning() -> None:
    assert sorted(named("Settings")) == _read_variables()
    assert len(_read_variables()) >= 7
    assert all(len(row) == 3 and row[2] for row in rows("Settings"))


def _outcome(environ: dict[str, str]) -> Settings | str:
    try:
        return from_environment(environ)
    except BadSettings:
        return "refused"


@pytest.mark.parametrize("row", rows("Settings"), ids=lambda row: str(row[0]))
def test_the_default_in_the_table_is_the_true_one(row: list[str]) -> None:
    name, default = row[0].strip("`"), row[1].strip("`")
    assert _outcome({name: default}) == _outcome({})
    assert _outcome({name: default + "x"}) != _outcome({})


def test_no_other_module_reads_a_setting() -> None:
    words = ('"BIWU_', "os.environ[", "os.getenv", "environ.get(")
    sources = {path.name: path.read_text() for path in (ROOT / "app").rglob("*.py")}
    readers = {name for name, text in sources.items() if any(word in text for word in words)}
    assert readers == {"settings.py"}


def _commands(group: TyperGroup, above: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command of the tree with its options, --help left out."""
    for name, command in group.commands.items():
        path = f"{above} {name}".strip()
        if isinstance(command, TyperGroup):
            yield from _commands(command, path)
        else:
            flags = {flag for parameter in command.params for flag in parameter.opts}
            yield path, {flag for flag in flags if flag.startswith("--")} - {"--help"}


def _tree() -> dict[str, set[str]]:
    group = typer.main.get_command(commands)
    assert isinstance(group, TyperGroup)
    return dict(_commands(group))


def test_every_command_is_listed_with_all_its_options() -> None:
    listed = {}
    for line in named("Commands"):
        words = re.match(r"[a-z]+( [a-z]+)*", line)
        assert words is not None
        listed[words[0]] = set(re.findall(r"--[a-z-]+", line))
    assert listed == _tree()
    assert len(listed) == len(named("Commands")) >= 12


def _said(document: Path) -> list[str]:
    """What stands in the document as code, in blocks and in lines."""
    text = document.read_text()
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_said_exists(document: Path) -> None:
    for line in "\n".join(_said(document)).splitlines():
        for said in re.findall(r"-m app ([a-z]+(?: [a-z]+)?)", line):
            assert any(f"{said} ".startswith(f"{path} ") for path in _tree()), line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_said_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = [each for code in _said(document) for each in re.findall(r"\bmake ([a-z]+)", code)]
    assert set(said) <= targets
    if document == README:
        assert {"run", "test"} <= set(said)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_is_said_exists(document: Path) -> None:
    assert set(re.findall(r"BIWU_[A-Z_]+", document.read_text())) <= set(_read_variables())


def _targets(document: Path) -> list[Path]:
    """Where the relative links and pictures of a document lead."""
    found = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    local = [unquote(each.split("#")[0]) for each in found if not re.match(r"[a-z]+:|#", each)]
    return [document.parent / each for each in local]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    assert [target for target in _targets(document) if not target.exists()] == []


def test_the_readme_shows_every_picture_and_none_is_heavy() -> None:
    shown = {os.path.normpath(target) for target in _targets(README)}
    assert {str(path) for path in PICTURES} <= shown
    assert len(PICTURES) >= 12
    assert [path.name for path in PICTURES if path.stat().st_size > LARGEST_PICTURE] == []
