"""Conventions that no linter knows, read from the source and from the assembled app."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from app.kernel.errors import DomainError
from app.main import DOORS, ROOT
from app.web import access

APP = ROOT / "app"
TEMPLATES = ROOT / "templates"
SOURCES = sorted(APP.rglob("*.py"))
FRAGMENTS = sorted(path for path in TEMPLATES.rglob("_*.html") if path.name != "_nav.html")
LONGEST_MODULE = 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_db_room_commits(path: Path) -> None:
    if path.parent.name == "db":
        return
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin", "begin_nested"}
    ]
    assert commits == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_lives_in_it_and_stays_small(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


def test_every_refusal_has_its_own_code_and_a_chinese_message() -> None:
    for path in APP.rglob("*.py"):
        if "rules" in path.parts or path.name in ("rules.py", "access.py"):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    refusals = DomainError.__subclasses__()
    codes = [refusal.code for refusal in refusals]
    assert len(set(codes)) == len(codes) > 15
    for refusal in refusals:
        assert refusal.code == re.sub(r"(?<!^)([A-Z])", r"_\1", refusal.__name__).lower()
        assert re.search("[一-鿿]", refusal.message)


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_the_root_of_a_fragment_has_the_name_of_its_file(path: Path) -> None:
    name = path.stem.removeprefix("_").replace("_", "-")
    root = re.match(r"<\w+\b[^>]*>", path.read_text())
    assert root is not None
    assert re.search(rf'id="{name}(-\{{\{{ [\w.]+ \}}\}})?"', root[0])


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_included_by_a_page(path: Path) -> None:
    name = str(path.relative_to(TEMPLATES))
    pages = [page for page in TEMPLATES.rglob("*.html") if f'include "{name}"' in page.read_text()]
    assert pages


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_carry_no_inline_script_or_style(path: Path) -> None:
    forbidden = r"<style|style=|\bon\w+=|<script(?![^>]*src=)|\|safe|hx-on"
    assert re.findall(forbidden, path.read_text()) == []


def _guards(dependant: Dependant) -> set[object]:
    return {dependant.call}.union(*(_guards(inner) for inner in dependant.dependencies))


def test_every_route_says_who_may_enter(app: FastAPI) -> None:
    # Not `app.routes`: since FastAPI nests included routers, a walk over it sees none of ours
    # and passes for ever. Hence also the count.
    routes = list(iter_route_contexts(app.routes))
    unguarded = [route.path for route in routes if not _says_who(route)]
    assert unguarded == []
    assert len(routes) >= 18


def _says_who(route: RouteContext) -> bool:
    if isinstance(route.original_route, APIRoute):
        return bool(_guards(route.original_route.dependant) & {access.signed_in, access.public})
    return route.path in {door.path for door in DOORS} | {"/static"}  # a door must name its guard
