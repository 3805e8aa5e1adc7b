"""What every file under src/ keeps to: small enough to read, and a contract on every public thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "campaignflow"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 60

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

pytestmark = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))


def test_a_file_is_short_enough_to_read(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) < MOST_LINES_OF_A_FILE


def test_a_function_is_short_enough_to_read(file: Path) -> None:
    functions = [node for node in ast.walk(_tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: lines for node in functions if (lines := _lines(node)) >= MOST_LINES_OF_A_FUNCTION}
    assert long == {}


def test_every_public_thing_states_its_contract(file: Path) -> None:
    tree = _tree(file)
    silent = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    silent += [name for name, node in _public(tree) if not ast.get_docstring(node)]
    assert silent == []


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), filename=str(file))


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _public(parent: ast.Module | ast.ClassDef, within: str = "") -> Iterator[tuple[str, Documented]]:
    """Public classes, functions and methods, by dotted name; what is private hides what it holds."""
    for node in parent.body:
        if isinstance(node, Documented) and not node.name.startswith("_") and not _says_it_elsewhere(node):
            yield within + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{within}{node.name}.")


def _says_it_elsewhere(node: Documented) -> bool:
    """An overload's contract is with its implementation, a setter's with its property, an override's with its base."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter", "deleter"})
