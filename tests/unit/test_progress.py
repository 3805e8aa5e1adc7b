"""What a terminal is told while a command is at work."""

from __future__ import annotations

import io
import threading

import pytest

from campaignflow.cli import progress
from campaignflow.cli.progress import Working


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        self.told.set()
        return written


def test_a_command_that_takes_long_says_for_how_long_and_takes_the_line_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.001)
    terminal = Terminal()
    working = Working(terminal, {})
    working.begin("applying")
    assert terminal.told.wait(10)
    working.end()

    assert "\rapplying" in terminal.getvalue().replace("\x1b[K", "")
    assert " … 1 s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_command_that_is_quick_says_nothing() -> None:
    terminal = Terminal()
    working = Working(terminal, {})
    working.begin()
    working.end()
    working.end()

    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("terminal", "environ"), [(io.StringIO(), {}), (Terminal(), {"TERM": "dumb"})])
def test_what_is_no_terminal_is_told_nothing(
    terminal: io.StringIO, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    working = Working(terminal, environ)
    working.begin()
    working.end()

    assert terminal.getvalue() == ""
