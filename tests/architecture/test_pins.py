"""What is installed is what was pinned: exact versions, with the hashes of their files, alike in every lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
LOCKS = ("runtime", "dev", "bench")
_PIN = re.compile(r"^([\w.-]+)==([^\s;]+).*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_an_exact_version_with_hashes(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text("utf-8")
    assert re.sub(r"^ *#.*\n|^\n", "", _PIN.sub("", text), flags=re.MULTILINE) == ""


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "runtime"])
def test_the_product_runs_on_the_same_versions_everywhere(lock: str) -> None:
    other = _pins(lock)
    assert {name: other.get(name) for name in _pins("runtime")} == _pins("runtime")


def test_the_lock_fits_what_the_product_says_it_needs(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    said = [Requirement(line) for line in project["project"]["dependencies"] + project["build-system"]["requires"]]
    pins = _pins("runtime")
    misfits = [str(need) for need in said if pins.get(canonicalize_name(need.name), "0") not in need.specifier]
    assert misfits == []


def _pins(lock: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{lock}.txt").read_text("utf-8")
    return {canonicalize_name(name): version for name, version, _ in _PIN.findall(text)}
