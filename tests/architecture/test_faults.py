"""Which faults and attacks the suite covers can be read off it: tests/faults.txt names them, tests carry their ids."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
_LINE = re.compile(r"^([ARF]\d+) +(now|later) +\S", re.MULTILINE)
_IN_PROSE = re.compile(r"\b([ARF]\d{1,2})\b")
_IN_NAME = re.compile(r"(?:^|_)([arf]\d{1,2})(?=_|$)")
Test = ast.FunctionDef | ast.AsyncFunctionDef


def test_every_fault_that_a_test_names_is_listed() -> None:
    assert _named() - set(_listed()) == set()


def test_every_fault_that_the_product_stands_by_now_is_covered_by_a_test() -> None:
    assert {fault for fault, when in _listed().items() if when == "now"} - _named() == set()


def _listed() -> dict[str, str]:
    return dict(_LINE.findall((TESTS / "faults.txt").read_text("utf-8")))


def _named() -> set[str]:
    return {fault for file in TESTS.rglob("test_*.py") for test in _tests(file) for fault in _faults(test)}


def _tests(file: Path) -> Iterator[Test]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, Test) and node.name.startswith("test_"):
            yield node


def _faults(test: Test) -> set[str]:
    in_name = {fault.upper() for fault in _IN_NAME.findall(test.name)}
    return in_name | set(_IN_PROSE.findall(ast.get_docstring(test) or ""))
