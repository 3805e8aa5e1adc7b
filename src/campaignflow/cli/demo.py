"""`campaignflow demo`: the campaign of 2020 on a rehearsal clock, in a folder to look at."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.options import argument, command, pass_context
from campaignflow.cli.output import Column, Toned, columns_of, key_values, table, wrap
from campaignflow.cli.status import ORDER
from campaignflow.i18n import N_, format_date, format_time, label, say
from campaignflow.services import rehearsal

if TYPE_CHECKING:
    from campaignflow.services.rehearsal import Cue, Played, Ran, Script

DEFAULT_FOLDER = Path("campaignflow-demo")
"""Where the rehearsal is played when no folder is named."""

_PROGRAM = "campaignflow"
_GUTTER = 7  # "08:15  "
_TELLING = ("overdue", "done_late")
_LARGE = 5  # a duty of so many agencies has a row of its own


@command(
    "demo",
    N_(
        """Rehearse the campaign of 2020 in DIR: its plan, its database, its journal, a folder to look at.

        Every command is shown as one types it. DIR must be empty or new, or an earlier demo, which is made anew."""
    ),
    examples=("campaignflow demo", "campaignflow demo tap-duot --lang en"),
)
@argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@pass_context
def demo(context: Context, folder: Path | None) -> None:
    """Plays the rehearsal."""
    folder = folder or DEFAULT_FOLDER
    example = rehearsal.example_path()
    script = _script(example)
    rehearsal.prepare(folder, example)
    stage = _Stage(context=context, folder=folder.resolve())
    if not context.json:
        stage.open(script)
    with (stage.folder / rehearsal.LOG).open("w", encoding="utf-8") as log, stage.set_up():
        for played in rehearsal.play(script, stage.run):
            stage.show(played, log)
        head = json.loads(stage.run(("verify", "--json")).output)["head"]
    context.answer(
        {"folder": str(folder), "files": sorted(path.name for path in stage.folder.iterdir()), "head": head},
        lambda: "".join(_epilogue(context, folder, head)),
    )


def _script(example: Path) -> Script:
    from campaignflow.loading.yamltext import parse_yaml

    parsed = parse_yaml((example / rehearsal.SCRIPT).read_bytes(), file=rehearsal.SCRIPT)
    if parsed.data is None or parsed.findings:
        raise rehearsal.ScriptBroken(number=0, detail=str(parsed.findings[0]))
    return rehearsal.read_script(parsed.data)


@dataclass(slots=True)
class _Stage:
    """Runs the commands of a rehearsal in its folder, and prints what happens day by day."""

    context: Context
    folder: Path
    day: dt.date | None = field(default=None)
    time: str = ""

    @property
    def room(self) -> int:
        """The columns beside the gutter."""
        return max(self.context.width, 40) - _GUTTER

    # --- running

    @contextlib.contextmanager
    def set_up(self) -> Iterator[None]:
        """The rehearsal's folder as the place commands are typed in; nobody's settings but its own hold there."""
        before = dict(os.environ)
        settings = [name for name in before if name.startswith("CAMPAIGNFLOW_") and name != "CAMPAIGNFLOW_DEBUG"]
        try:
            for name in settings:
                del os.environ[name]
            os.environ["COLUMNS"] = str(self.room - 2)
            with contextlib.chdir(self.folder):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def run(self, arguments: Sequence[str]) -> Ran:
        """Runs a command line as a user would, in this process."""
        from campaignflow.cli.app import run

        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = run(["--lang", self.context.lang, "--no-color", *arguments])
        return rehearsal.Ran(code=code, output=output.getvalue(), errors=errors.getvalue())

    def _document(self, cue: Cue, *arguments: str) -> dict[str, Any]:
        ran = self.run((*cue.arguments(), *arguments, "--json"))
        document: dict[str, Any] = json.loads(ran.output)
        return document

    # --- printing

    def open(self, script: Script) -> None:
        """Prints what this is."""
        lang = self.context.lang
        for text, tone in ((script.title.get(lang, ""), "strong"), (script.about.get(lang, ""), "dim")):
            for line in wrap(text, self.context.width):
                self.context.echo(self.context.style.paint(line, tone))

    def show(self, played: Played, log: TextIO) -> None:
        """Prints and logs what a cue did."""
        cue = played.cue
        lines = [*self._note(cue)]
        if played.ran is not None:
            _log(log, cue, played.ran)
            lines += self._command(cue.typed())
            if cue.shows:
                lines += _quoted(played.ran.output + played.ran.errors, self.room - 2)
        else:
            lines += self._status(cue, log)
        if not self.context.json:
            self._print(cue, lines)

    def _print(self, cue: Cue, lines: Iterable[str]) -> None:
        if cue.at.date() != self.day:
            self.day, self.time = cue.at.date(), ""
            self.context.echo("\n" + self.context.style.paint(_rule(cue.at.date(), self.context), "strong"))
        time = format_time(cue.at)
        for number, line in enumerate(lines):
            gutter = time if number == 0 and time != self.time else ""
            self.context.echo(f"{gutter:<{_GUTTER}}{line}".rstrip())
        self.time = time

    def _note(self, cue: Cue) -> Iterator[str]:
        note = cue.note.get(self.context.lang)
        yield from wrap(note, self.room) if note else ()

    def _command(self, typed: Sequence[str]) -> Iterator[str]:
        for line in _folded((_PROGRAM, *typed), self.room):
            yield self.context.style.paint(line, "dim")

    def _status(self, cue: Cue, log: TextIO) -> Iterator[str]:
        """Where everything stands, shortened: totals, phases, and who is late."""
        document = self._document(cue, "status")
        groups = self._document(cue, "status", "--by", "responsibility")["groups"]
        log.write(f"$ {_PROGRAM} {rehearsal.typed_line((*cue.arguments(), 'status'))}\n")
        log.write(self.run((*cue.arguments(), "status")).output + "\n")
        if cue.keep:
            text = json.dumps(document, ensure_ascii=False, indent=1)
            (self.folder / cue.keep).write_text(text + "\n", encoding="utf-8")
        yield from self._command(("status",))
        yield from _quoted("".join(_digest(document, groups, self.context, self.room - 2)), self.room - 2)


def _log(log: TextIO, cue: Cue, ran: Ran) -> None:
    log.write(f"$ {_PROGRAM} {rehearsal.typed_line(cue.arguments())}\n{ran.output}{ran.errors}\n")


def _rule(day: dt.date, context: Context) -> str:
    text = f"── {format_date(day, context.lang, weekday=True)} "
    return text + "─" * max(0, min(context.width, 80) - len(text))


def _quoted(text: str, width: int) -> Iterator[str]:
    """What a command printed, set off by a bar; a line that is too long goes on below itself."""
    for line in text.strip("\n").splitlines():
        if columns_of(line) <= width:
            yield f"│ {line}".rstrip()
            continue
        margin = " " * (len(line) - len(line.lstrip()))
        yield from (f"│ {margin}{part}" for part in wrap(line.strip(), width - len(margin), indent="  "))


def _folded(typed: Sequence[str], width: int) -> Iterator[str]:
    """A command line in lines of at most `width` columns where its words allow it, as a shell takes them."""
    line = "$"
    for piece in _pieces(typed):
        if line not in ("$", "   ") and len(line) + 1 + len(piece) > width - 2:
            yield f"{line} \\"
            line = "   "
        line += f" {piece}"
    yield line


def _pieces(typed: Sequence[str]) -> Iterator[str]:
    """Words that belong on one line: an option with its value."""
    option: str | None = None
    for word in typed:
        if option is not None and not word.startswith("-"):
            yield rehearsal.typed_line((option, word))
            option = None
            continue
        if option is not None:
            yield option
        option = word if word.startswith("--") else None
        if option is None:
            yield rehearsal.typed_line((word,))
    if option is not None:
        yield option


# --- the status, shortened


def _digest(
    document: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], context: Context, width: int
) -> Iterator[str]:
    totals, rates = document["totals"], document["rates"]
    standings = [
        f"{count} {words.lower(label('standing', name))}" for name in ORDER if (count := totals["by_standing"][name])
    ]
    head = words.counted("{count} assignment", "{count} assignments", totals["assignments"])
    phase = label("phase", document["plan"]["phase"])
    told = (
        say(N_("Phase of the plan: {phase}."), phase=words.lower(phase)) + f" {head}: {'; '.join(standings)}.",
        say(N_("On time, of all that is done: {rate}."), rate=words.percent(rates["on_time_of_done"])),
        say(N_("Overdue, of all that has a deadline: {rate}."), rate=words.percent(rates["overdue_of_all"])),
    )
    for text in told:
        yield from (f"{line}\n" for line in wrap(text, width))
    yield "\n" + _phases(groups, context, width)
    yield from _telling(document["assignments"], context, width)


def _phases(groups: Sequence[Mapping[str, Any]], context: Context, width: int) -> str:
    """How many agencies are in each phase: a row for each duty of many agencies, one for all others."""
    large = [(group["label"], group["by_phase"]) for group in groups if group["assignments"] >= _LARGE]
    others = [group["by_phase"] for group in groups if group["assignments"] < _LARGE]
    rest = {name: sum(one[name] for one in others) for name in others[0]} if others else {}
    rows = [*large, *([(say(N_("Other duties")), rest)] if rest else [])]
    shown = [name for name in rows[0][1] if any(counts[name] for _, counts in rows)]
    columns = [
        Column("duty", say(N_("Agencies by phase")), minimum=16, weight=4),
        *(Column(name, label("phase", name), "right", minimum=5) for name in shown),
    ]
    cells = [(title, *(str(counts[name] or "·") for name in shown)) for title, counts in rows]
    return table(columns, cells, width=width, style=context.style)


def _telling(assignments: Sequence[Mapping[str, Any]], context: Context, width: int) -> Iterator[str]:
    """The lines that somebody asks for: who is late, who was, and whose report was returned."""
    returned = [line for line in assignments if line["state"] == "returned"]
    found = [(say(N_("Returned")), "soon", returned)]
    for name in _TELLING:
        found.append((label("standing", name), "bad", [line for line in assignments if line["standing"] == name]))
    for title, tone, lines in found:
        if lines:
            yield "\n" + context.style.paint(f"{title} ({len(lines)})", tone) + "\n"
            rows = [(line["key"], Toned(_stands(line), tone)) for line in lines]
            text = key_values(rows, width=width - 2, style=context.style)
            yield "".join(f"  {row}\n" for row in text.splitlines())


def _stands(line: Mapping[str, Any]) -> str:
    state = label("state", line["state"])
    return line["agency_name"] if line["state"] == "completed" else f"{line['agency_name']} · {words.lower(state)}"


# --- the end


def _epilogue(context: Context, folder: Path, head: str) -> Iterator[str]:
    yield "\n" + context.style.paint("─" * min(context.width, 80), "strong") + "\n"
    yield from _wrapped(
        say(
            N_("The folder {folder} has the plan, the database, {log} (every command with what it printed), "
               "status-2020-10-26.json and {export}/ (everything as open files)."),
            folder=folder, log=rehearsal.LOG, export=rehearsal.EXPORT,
        ),
        context,
    )  # fmt: skip
    yield "\n" + context.style.paint(say(N_("What to try next:")), "strong") + "\n"
    yield from _reachable(Path(sys.argv[0]), context)
    for text, typed in next_steps(folder, head):
        yield from _wrapped(say(text), context, indent="  ")
        yield from (f"    {line}\n" for line in _folded(typed, max(context.width, 40) - 4))


def _reachable(program: Path, context: Context) -> Iterator[str]:
    """How to reach the command by its name, where it was started by its path and the shell does not find it."""
    if os.name != "posix" or program.name != _PROGRAM or shutil.which(_PROGRAM) is not None:
        return
    folder = Path(os.path.relpath(program.parent.absolute()))
    yield from _wrapped(say(N_("Let this shell find the command.")), context, indent="  ")
    yield f'    $ export PATH="$PWD/{folder.as_posix()}:$PATH"\n'


def next_steps(folder: Path, head: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a reader of the demo may type next: what it does (a message id), and the words, `cd` first."""
    return (
        (N_("Go into the folder."), ("cd", str(folder))),
        (N_("Where everything stood by what was known on 26 October."),
         (_PROGRAM, "status", "--as-of", "2020-10-26T17:00")),
        (N_("One assignment whole: its words, its deadlines, what came when."),
         (_PROGRAM, "show", "to-chuc-tuan-le/huu-lung")),
        (N_("What the coordinator still has to do after the last day of the rehearsal."),
         (_PROGRAM, "worklist", "--now", "2020-10-30T17:00")),
        (N_("Take a step yourself: the last report comes."),
         (_PROGRAM, "submit", "huong-ung/thanh-tra", "--now", "2020-11-02T09:00", "--number", "85/BC-TTr")),
        (N_("Prove that nothing of the rehearsal was changed or cut off since."),
         (_PROGRAM, "verify", "--expect", head)),
    )  # fmt: skip


def _wrapped(text: str, context: Context, indent: str = "") -> Iterator[str]:
    return (f"{indent}{line}\n" for line in wrap(text, max(context.width, 40) - len(indent)))
