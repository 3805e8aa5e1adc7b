"""Runs the commands and programs that the pages show, and compares what they print.

A page's blocks run in order, in one folder of their own: a copy of the example, unless the page says otherwise by
`<!-- folder: empty -->` or `<!-- folder: demo -->` (what `demo` leaves); in English, unless it says `<!-- language:
vi -->`. A `console` block holds lines that begin with `$ ` and, below each, what it prints on both streams. A
`python` block is a program; the `text` block right after it is what it prints. `…` stands for anything: alone on a
line for any number of lines, within a line for any text. `[exit 1]` as the last line says how a command ends. A block
after `<!-- not run -->` is left alone.

    python -m tools.reference_blocks check [PAGE...]    # exits with 1 and shows what differs
    python -m tools.reference_blocks write [PAGE...]    # puts what is printed now in place of what the page shows

`write` keeps what a page shows wherever it still fits, with its `…`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "lltweek2020"
_BLOCK = re.compile(r"(?P<left>(?:<!-- not run -->\n)?)^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (?P<command>.+(?:(?<=\\)\n.+)*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_OUTPUT = re.compile(r"\n*```text\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_SET = re.compile(r"export (?P<name>\w+)=(?P<value>\S+)")
_ANY = "…"


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What one command or program of a page prints, and what the page shows of it."""

    command: str
    #: Where in the page's text the lines shown stand.
    start: int
    end: int
    shown: tuple[str, ...]
    printed: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the page shows what is printed."""
        return fits(self.shown, self.printed)


@dataclass
class Session:
    """The folder and the variables in which a page's blocks run."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, command: str) -> tuple[str, ...]:
        """What a command prints, line by line; `cd`, `export` and `unset` are remembered."""
        if command.startswith("cd "):
            self.folder = self.folder / command[3:].strip()
            return ()
        if command.startswith("unset "):
            self.variables.pop(command[6:].strip(), None)
            return ()
        if given := _SET.fullmatch(command):
            self.variables[given["name"]] = given["value"]
            return ()
        return self._printed(["bash", "-c", command], "")

    def run_program(self, text: str) -> tuple[str, ...]:
        """What a Python program prints, line by line."""
        return self._printed([sys.executable, "-W", "error", "-"], text)

    def _printed(self, command: Sequence[str], given: str) -> tuple[str, ...]:
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment(), input=given, timeout=120,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        lines = tuple(line.rstrip() for line in done.stdout.splitlines())
        return lines if done.returncode == 0 else (*lines, f"[exit {done.returncode}]")

    def _environment(self) -> dict[str, str]:
        """A reader's: our command on the path, and nothing of this machine's settings."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
        home = {"HOME": str(self.folder), "LANG": "C.UTF-8", "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
        return {"PATH": path, **home, **self.variables}


def fits(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether lines shown, with their `…`, stand for the lines printed."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line.strip() == _ANY else ".*?".join(map(re.escape, line.split(_ANY))) + r"[ ]*\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def pages(root: Path = ROOT) -> list[Path]:
    """Every page that has blocks to run."""
    files = [root / "README.md", root / "README.vi.md", *sorted((root / "docs").rglob("*.md"))]
    return [file for file in files if file.exists() and next(_blocks(file.read_text("utf-8")), None)]


def results(page: Path) -> list[Printed]:
    """Runs a page's blocks and gives what each printed."""
    with tempfile.TemporaryDirectory(prefix="campaignflow-docs-") as room:
        return list(_run(page.read_text("utf-8"), session(page, Path(room))))


def rewritten(page: Path) -> str:
    """The page's text with what is printed now where it shows something else."""
    text = page.read_text("utf-8")
    for one in reversed(results(page)):
        if not one.fits and one.start:
            text = text[: one.start] + "".join(f"{line}\n" for line in one.printed) + text[one.end :]
    return text


def session(page: Path, room: Path) -> Session:
    """What a page's blocks run in, with its folder below `room`."""
    text, folder = page.read_text("utf-8"), room / "lltweek2020"
    if "<!-- folder: demo -->" in text or "<!-- folder: empty -->" in text:
        folder.mkdir()
    else:
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".campaignflow"))
    at = Session(folder, {"CAMPAIGNFLOW_LANG": "vi" if "<!-- language: vi -->" in text else "en"})
    if "<!-- folder: demo -->" in text:
        at.run("campaignflow demo demo-out")
        at.run("cd demo-out")
    return at


def _blocks(text: str) -> Iterator[re.Match[str]]:
    """The blocks that run."""
    for match in _BLOCK.finditer(text):
        if not match["left"] and match["kind"] in ("console", "python"):
            yield match


def _run(text: str, at: Session) -> Iterator[Printed]:
    for block in _blocks(text):
        if block["kind"] == "console":
            yield from _run_commands(block, at)
        else:
            yield _run_program(text, block, at)


def _run_commands(block: re.Match[str], at: Session) -> Iterator[Printed]:
    offset = block.start("body")
    for match in _COMMAND.finditer(block["body"]):
        yield Printed(
            command=match["command"], start=offset + match.start("shown"), end=offset + match.end("shown"),
            shown=tuple(match["shown"].splitlines()), printed=at.run(match["command"]),
        )  # fmt: skip


def _run_program(text: str, block: re.Match[str], at: Session) -> Printed:
    """A program without a `text` block below it must print nothing."""
    output = _OUTPUT.match(text, block.end())
    return Printed(
        command=block["body"], start=output.start("body") if output else 0, end=output.end("body") if output else 0,
        shown=tuple(output["body"].splitlines()) if output else (), printed=at.run_program(block["body"]),
    )  # fmt: skip


def main(what: str, names: Sequence[str]) -> int:
    """Check pages, or write them."""
    chosen = [Path(name).resolve() for name in names] or pages()
    if what == "write":
        for page in chosen:
            page.write_text(rewritten(page), encoding="utf-8")
        return 0
    found = [(page, one) for page in chosen for one in results(page) if not one.fits]
    for page, one in found:
        print(f"--- {page.name}: $ {one.command}", *one.shown, "--- prints", *one.printed, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or ["check"])[0], sys.argv[2:]))
