"""Scripts and styles stay on the floor of the phones in use: Chromium 86 and iOS 14, plain http.

A parser reads every file, and nothing newer than the floor may stand in it. What a newer parser
takes without a word (a lookbehind is a syntax error that ends the whole script on iOS 14) is named
here, with the version that brought it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from app.main import ROOT

SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
PARSER = Parser(Language(tree_sitter_javascript.language()))

# Node types of the grammar, and why not.
TOO_NEW = {
    "private_property_identifier": "#private: methods iOS 15",
    "field_definition": "class fields: static ones iOS 14.5",
    "class_static_block": "static { }: Chromium 94, iOS 16.4",
    "import_statement": "no modules: a defer script needs no second round trip",
    "export_statement": "no modules",
    "import": "no modules",
    "hash_bang_line": "no shell here",
    "decorator": "no browser has it",
    "??=": "logical assignment: Chromium 85, iOS 14; web views below the floor are met too",
    "||=": "the same",
    "&&=": "the same",
}
# Names after a dot, or standing alone, that the floor has not or has on https only.
MISSING = {
    "at": "Chromium 92, iOS 15.4",
    "hasOwn": "Chromium 93, iOS 15.4",
    "findLast": "Chromium 97, iOS 15.4",
    "findLastIndex": "Chromium 97, iOS 15.4",
    "toSorted": "Chromium 110, iOS 16",
    "toReversed": "Chromium 110, iOS 16",
    "toSpliced": "Chromium 110, iOS 16",
    "groupBy": "Chromium 117, iOS 17.4",
    "withResolvers": "Chromium 119, iOS 17.4",
    "isWellFormed": "Chromium 111, iOS 16.4",
    "structuredClone": "Chromium 98, iOS 15.4",
    "randomUUID": "Chromium 92, iOS 15.4, https only",
    "subtle": "https only",
    "clipboard": "https only",
    "serviceWorker": "https only",
    "requestIdleCallback": "no iOS",
    "BroadcastChannel": "iOS 15.4",
    "WeakRef": "iOS 14.5",
    "showModal": "iOS 15.4",
    "AggregateError": "iOS 14, Chromium 85: nobody needs it",
}
STATICS = {
    ("AbortSignal", "timeout"),
    ("AbortSignal", "any"),
    ("Promise", "any"),
    ("Array", "fromAsync"),
}
NEW_FLAGS = re.compile("[dv]")  # iOS 15 and 17
LOOKBEHIND = re.compile(r"\(\?<[=!]")  # iOS 16.4
NEW_STYLE = re.compile(
    r"(?<![\w-])(?:inset|gap|row-gap|column-gap|aspect-ratio|translate|rotate|scale)\s*:"
    r"|:(?:has|is|where)\(|@(?:layer|container|property)\b|\d[dsl]vh\b|color-mix\("
)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _fault(node: Node) -> str:
    """Why this node may not stand in a script; empty if it may."""
    if node.type in TOO_NEW:
        return TOO_NEW[node.type]
    if node.is_error or node.is_missing:
        return "no JavaScript"
    if node.type in ("property_identifier", "identifier") and _text(node) in MISSING:
        return "" if _is_harmless(node) else f"{_text(node)}: {MISSING[_text(node)]}"
    if node.type == "member_expression":
        ends = (_text(node.child_by_field_name(name)) for name in ("object", "property"))
        return f"{_text(node)} is too new" if tuple(ends) in STATICS else ""
    if node.type == "regex_flags" and NEW_FLAGS.search(_text(node)):
        return "flag of a newer regular expression"
    if node.type == "regex_pattern" and LOOKBEHIND.search(_text(node)):
        return "lookbehind: iOS 16.4"
    if node.type == "await_expression" and not _inside_function(node):
        return "await outside of a function"
    return ""


def _is_harmless(node: Node) -> bool:
    """Something may be called `at`; what is missing is the method of lists and texts."""
    if _text(node) != "at":
        return False
    call = node.parent.parent if node.type == "property_identifier" and node.parent else None
    return call is None or call.type != "call_expression"


def _inside_function(node: Node) -> bool:
    above = node.parent
    while above is not None and "function" not in above.type and above.type != "method_definition":
        above = above.parent
    return above is not None


def faults(source: str) -> list[str]:
    """What in a script is above the floor, with its line."""
    found = []
    for node in _nodes(PARSER.parse(source.encode()).root_node):
        if why := _fault(node):
            found.append(f"{node.start_point[0] + 1}: {why}")
    return found


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_every_script_stays_on_the_floor(path: Path) -> None:
    assert faults(path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_every_script_is_small_and_strict(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 250
    assert "innerHTML" not in text
    assert re.match(r"(//|/\*) ", text)  # says what lives in it


def test_all_scripts_are_looked_at() -> None:
    assert len(SCRIPTS) >= 11
    assert {path.parent.name for path in SCRIPTS} >= {"js", "sitting"}


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_every_style_stays_on_the_floor(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert [found[0] for found in NEW_STYLE.finditer(rules) if "grid-" not in found[0]] == []


@pytest.mark.parametrize(
    "seeded",
    [
        "a ??= 1",
        "a ||= 1",
        "class A { #x = 1 }",
        "class A { #m() {} }",
        "class A { static x = 1 }",
        "class A { static { f() } }",
        "const r = /(?<=a)b/",
        "const r = /(?<!a)b/u",
        "const r = /a/v",
        "import x from 'y'",
        "import('x')",
        "export const x = 1",
        "await f()",
        "for (const x of y) { if (x) { await f() } }",
        "list.at(-1)",
        "Object.hasOwn(a, 'b')",
        "structuredClone(a)",
        "crypto.randomUUID()",
        "crypto.subtle.digest('SHA-256', b)",
        "AbortSignal.timeout(5)",
        "const x = ;",
        "function f( {",
    ],
)
def test_a_seeded_fault_is_found(seeded: str) -> None:
    sound = (ROOT / "static" / "js" / "sitting" / "queue.js").read_text()
    assert faults(f"{sound}\n{seeded}\n") != []


@pytest.mark.parametrize(
    "sound",
    [
        "const x = a?.b ?? c?.[0]?.()",
        "async function f() { await g() }",
        "const f = async () => { await g() }",
        "const { a, ...rest } = { ...b }",
        "try { f() } catch { g() }",
        "const r = /(?<year>\\d{4})/u",
        "const at = (id) => document.getElementById(id); at('x')",
        "x.replaceAll('a', 'b')",
        "const n = 2 ** 20 + 1_000",
    ],
)
def test_what_the_floor_knows_is_let_through(sound: str) -> None:
    assert faults(sound) == []


@pytest.mark.parametrize("seeded", ["a { inset: 0 }", "a:has(b) { }", "a { gap: 1rem }"])
def test_a_seeded_style_is_found(seeded: str) -> None:
    assert NEW_STYLE.search(seeded)
    assert not NEW_STYLE.search("a { grid-gap: 1rem }")
