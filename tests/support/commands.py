"""The command line as tests use it: in this process for breadth, as a process of its own for the main paths."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaignflow.cli.app import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020"

_KEPT = ("PATH", "SYSTEMROOT", "HOME", "TMPDIR")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON document."""
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def refusal(self) -> dict[str, str]:
        """The error it told as JSON; nothing is on standard output then."""
        assert self.out == ""
        return dict(json.loads(self.err)["error"])


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Commands run over the plan in a folder."""

    folder: Path
    lang: str = "en"
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, now: str | None = None, width: int = 80) -> Answer:
        """Runs a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        with (
            _environment(self._environ(now, width)),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(words)
        return Answer(code=code, out=out.getvalue(), err=err.getvalue())

    def json(self, *words: str, now: str | None = None) -> Any:
        """The JSON document of a command that must succeed."""
        answer = self(*words, "--json", now=now)
        assert answer.code == 0, answer.err
        return answer.document

    def process(self, *words: str, now: str | None = None, python: tuple[str, ...] = ()) -> Answer:
        """Runs a command as a process of its own."""
        done = subprocess.run(
            [sys.executable, *python, "-m", "campaignflow", *words],
            capture_output=True, encoding="utf-8", env=self._environ(now, 80), stdin=subprocess.DEVNULL,
            cwd=self.folder, timeout=60, check=False,
        )  # fmt: skip
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    def _environ(self, now: str | None, width: int) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        told = {"CAMPAIGNFLOW_LANG": self.lang, "COLUMNS": str(width), **({"CAMPAIGNFLOW_NOW": now} if now else {})}
        return {**kept, **told, **self.environ}


@contextlib.contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    """A stretch with these variables only, and nothing on standard input."""
    before, stdin = dict(os.environ), sys.stdin
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin = io.StringIO()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.stdin = stdin


def example_copy(folder: Path) -> Commands:
    """Commands over a fresh copy of the plan of 2020."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in EXAMPLE.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    return Commands(folder=folder)


def copied(commands: Commands, folder: Path) -> Commands:
    """The same campaign, database and all, in another folder."""
    shutil.copytree(commands.folder, folder)
    return Commands(folder=folder, lang=commands.lang)
