"""What no file of the repository may hold. The patterns are written so that they do not match themselves."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import lack, require

ROOT = Path(__file__).parents[2]
SOURCE_OF_CODE = frozenset({".py", ".sql", ".toml", ".sh", ".yaml", ".yml"})
MACHINE_PATH = re.compile(r"(?<![\w.~$}*-])/(?:work|root|tmp|home|Users)(?:/|\b(?!-))")
PACKAGE_HOST = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|anaconda\.org)|\bfind-link[s]\b|(?<!emit-)\bindex-ur[l]\b"
)
LEFT_UNDONE = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")
NOT_OF_THE_PRODUCT = re.compile(r"\bA[I]\b|\bL[L]Ms?\b|(?i:(?<!user[- ])\bagen[t]s?\b)")
MAIL_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert list(_matches(MACHINE_PATH)) == []


def test_no_file_names_a_place_to_download_from() -> None:
    assert list(_matches(PACKAGE_HOST)) == []


def test_no_code_is_left_undone() -> None:
    assert list(_matches(LEFT_UNDONE, SOURCE_OF_CODE)) == []


def test_no_file_speaks_of_how_it_was_written() -> None:
    assert list(_matches(NOT_OF_THE_PRODUCT)) == []


def test_every_mail_address_is_one_that_cannot_exist() -> None:
    found = [(file, match) for file, text in _texts() for match in MAIL_ADDRESS.finditer(text)]
    real = [f"{file}: {match[0]}" for file, match in found if not match[1].endswith((".example", ".invalid"))]
    assert real == []


@pytest.mark.parametrize(
    ("pattern", "caught", "let_through"),
    [
        (MACHINE_PATH, "cd /" + "home/build", "docs/work/x and .ci/run"),
        (MACHINE_PATH, "'/" + "tmp'", "https://a.example/tmp-file"),
        (PACKAGE_HOST, "https://pypi" + ".org/simple", "a python package index"),
        (LEFT_UNDONE, "# TO" + "DO: later", "todoman"),
        (NOT_OF_THE_PRODUCT, "an agen" + "t did it", "User-Agent: x; an agency"),
        (MAIL_ADDRESS, "a@b.example", "@pytest.mark.parametrize"),
    ],
)
def test_a_pattern_finds_what_it_is_for(pattern: re.Pattern[str], caught: str, let_through: str) -> None:
    assert pattern.search(caught)
    assert not pattern.search(let_through)


def _matches(pattern: re.Pattern[str], suffixes: frozenset[str] | None = None) -> Iterator[str]:
    for file, text in _texts():
        if suffixes is None or Path(file).suffix in suffixes:
            for number, line in enumerate(text.splitlines(), 1):
                if pattern.search(line):
                    yield f"{file}:{number}: {line.strip()[:100]}"


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    """Every text file that git tracks or would, with its content."""
    require("git")
    if not (ROOT / ".git").exists():
        lack("needs a git work tree")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    present = [(name, ROOT / name) for name in names.split("\0") if name and (ROOT / name).is_file()]
    return tuple((name, text) for name, path in present if (text := _text(path)) is not None)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
