"""Start-up: the installed command, whole, against a program that is nothing but click.

Beside it: what the bare interpreter costs, and what other commands of this field cost their users.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import ROUNDS, Row, Timing, interleave
from processes import BIN, bare_click, command, environment

EXAMPLE = Path(__file__).parents[1] / "examples" / "lltweek2020"
NOW = "2020-10-08T08:00"
"""The morning after the week: every standing occurs."""

WARM = 3


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures start-up; the first two rows carry the targets of the release."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = _ours(folder) | _peers(folder)
        return _rows(interleave(calls, rounds=rounds, warm=WARM))


def plan_2020(folder: Path) -> Path:
    """A copy of the example in a folder of its own."""
    ignore = shutil.ignore_patterns(".campaignflow")
    return Path(shutil.copytree(EXAMPLE, folder / "lltweek2020", ignore=ignore)) / "plan.yaml"


def _ours(folder: Path) -> dict[str, Callable[[], None]]:
    env, program = environment(folder / "home"), BIN / "campaignflow"
    options = ("--plan", plan_2020(folder), "--now", NOW)
    command([program, *options, "apply"], env)()
    return {
        "version": command([program, "--version"], env),
        "help": command([program, "--help"], env),
        "status": command([program, *options, "status"], env),
        "json": command([program, *options, "--json", "status"], env),
        "show": command([program, *options, "show", "to-chuc-tuan-le/cao-loc"], env),
    }


def _peers(folder: Path) -> dict[str, Callable[[], None]]:
    env, bare = environment(folder / "home"), bare_click(folder / "bare")
    tasks = folder / "tasks"
    (tasks / "empty").mkdir(parents=True)
    settings = folder / "todoman.py"
    settings.write_text(f'path = "{tasks}/*"\ncache_path = "{folder}/todoman.sqlite3"\n', encoding="utf-8")
    return {
        "python": command([sys.executable, "-c", "pass"], env),
        "click": command([bare, "--version"], env),
        "click again": command([bare, "--version"], env),
        "todo --version": command([BIN / "todo", "--version"], env),
        "todo list, an empty list": command([BIN / "todo", "--config", settings, "list"], env),
        "datasette --version": command([BIN / "datasette", "--version"], env),
        "llm --version": command([BIN / "llm", "--version"], env),
    }


def _rows(seconds: dict[str, Timing]) -> list[Row]:
    bare, floor = seconds["click"], seconds["python"]
    against = "a bare click program, --version"
    same = {"the same once more (the run's noise)": seconds["click again"]}
    others = {name: seconds[name] for name in seconds if name.startswith(("todo", "datasette", "llm"))}
    version = Row(
        case="campaignflow --version", ours=seconds["version"], peer=bare, against=against, floor=floor, target=1.5,
        others=same,
    )  # fmt: skip
    status = Row(
        case="campaignflow status, the plan of 2020", ours=seconds["status"], peer=bare, against=against, target=3.5,
        others={
            "campaignflow --json status": seconds["json"],
            "campaignflow show, one assignment": seconds["show"],
            "campaignflow --help": seconds["help"],
            **others,
        },
    )  # fmt: skip
    return [version, status]
