"""What holds for every test: what its folder says of it, what it may not do, what it may need.

- A test carries the mark of its folder: `pytest -m unit`, `-m 'not integration'`.
- No test talks to anything beyond this machine, and none of our code sleeps in one: time is an argument.
- A test that needs an external command says so with `@pytest.mark.needs("git")`, or asks for it where it stands with
  the fixture `needs`. On a machine without it the test is skipped and names it; with CI=true it fails.
- Hypothesis draws afresh on a developer's machine, the same each time with CI=true, and much more for `make chaos`
  (`--hypothesis-profile=thorough`).
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

_TESTS = Path(__file__).parent
_ROOT = _TESTS.parent
_FOLDERS = frozenset({"unit", "contract", "integration", "acceptance", "property", "golden", "architecture", "docs"})
_IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
# The deadline of one example measures the machine, not the code. Fixtures that change nothing are shared by examples.
_COMMON: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}

settings.register_profile("dev", **_COMMON)
settings.register_profile("ci", derandomize=True, print_blob=True, **_COMMON)
settings.register_profile("thorough", max_examples=2000, print_blob=True, **_COMMON)
settings.load_profile("ci" if _IN_CI else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the name of the folder it lies in."""
    for item in items:
        if not item.path.is_relative_to(_TESTS):
            continue
        for folder in item.path.relative_to(_TESTS).parts[:-1]:
            if folder in _FOLDERS:
                item.add_marker(folder)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for what the test says it needs."""
    for mark in item.iter_markers("needs"):
        require(*mark.args)


def require(*tools: str) -> None:
    """Go on only if the machine has these commands: else skip and name the missing ones, or fail with CI=true."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        lack(f"needs {', '.join(missing)}, which this machine lacks")


def lack(reason: str) -> NoReturn:
    """Skip the test for something the machine lacks; with CI=true fail it, for there everything is to be had."""
    if _IN_CI:
        pytest.fail(f"{reason} (with CI=true nothing may be missing)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def needs() -> Callable[..., None]:
    """A function that takes names of commands and skips (with CI=true: fails) the test if one is missing."""
    return require


@pytest.fixture
def root() -> Path:
    """The folder of the repository."""
    return _ROOT


@pytest.fixture(autouse=True)
def _nothing_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections and look-ups that would leave the machine."""

    def guarded(name: str) -> Callable[..., Any]:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                _only_this_machine(arguments[-1][0])
            return original(self, *arguments)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        _only_this_machine(host)
        return look_up(host, *arguments, **options)

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


def _only_this_machine(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return
    try:
        if ipaddress.ip_address(name.split("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    pytest.fail(f"a test tried to reach {name}: only this machine's loopback may be used")


@pytest.fixture(autouse=True)
def _no_sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse `time.sleep` to our own code and tests; what the standard library does inside itself is its own."""
    sleep = time.sleep

    def guarded_sleep(seconds: float) -> None:
        caller = Path(sys._getframe(1).f_code.co_filename)
        if seconds > 0 and _is_ours(caller):
            pytest.fail(f"{caller.name} sleeps {seconds} s in a test: give it the time instead")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", guarded_sleep)


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(_ROOT) and "site-packages" not in file.parts
