"""Rehearsals: a campaign played from a script of dated command lines, in a folder of its own.

A script is data (`rehearsal.yaml` of the example): who types which command when, and what it means. Playing it needs
somebody who runs a command line; the command `demo` brings that and prints what happens.
"""

from __future__ import annotations

import datetime as dt
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaignflow.errors import CampaignflowError
from campaignflow.services.errors import FileUnusable

EXAMPLE = "lltweek2020"
"""The example that is rehearsed."""

SCRIPT = "rehearsal.yaml"
"""The script, beside the plan of the example."""

MARKER = ".campaignflow-demo"
"""The file that says: this folder was made by `demo` and may be made anew by it."""

LOG = "rehearsal.log"
"""Every command of the rehearsal with what it printed."""

EXPORT = "export"
"""The folder the script exports to."""

SHOWS = ("output", "status")
"""What an entry can show: what its command prints, or where everything stands."""

_KEYS = frozenset({"at", "as", "do", "note", "shows", "keep", "refused"})
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEPT = re.compile(r"status-\d{4}-\d\d-\d\d\.json")


class ExampleMissing(CampaignflowError):
    """Neither the package nor the checkout around it has the example."""

    code = "example-missing"
    message = "The example {example} is missing from this installation."
    cure = "Install campaignflow again, or run the command in a checkout of its repository."


class DemoFolderTaken(CampaignflowError):
    """The folder for the rehearsal holds something that no rehearsal made."""

    code = "demo-folder-taken"
    message = "{folder} has something in it that no demo made; it is left as it is."
    cure = "Name a folder that is empty or new: campaignflow demo DIR."


class ScriptBroken(CampaignflowError):
    """An entry of a script cannot be played."""

    code = "rehearsal-script-broken"
    message = "Entry {number} of the rehearsal: {detail}."
    cure = "See the words at the top of rehearsal.yaml."


class RehearsalStopped(CampaignflowError):
    """A command of the rehearsal did not do what the script expects of it."""

    code = "rehearsal-stopped"
    message = "The rehearsal stopped at `{command}` ({at}): {detail}"
    cure = "The log in the folder has everything up to there; mend the script or the plan and run the demo again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One entry of a script."""

    #: Local time in the plan's zone.
    at: dt.datetime
    #: Who types it: a contact or an agency; None: the coordinator.
    actor: str | None = None
    #: The words of the command line, without the program's name; empty where the entry only shows the status.
    command: tuple[str, ...] = ()
    #: What it means, by language.
    note: Mapping[str, str]
    #: One of `SHOWS`, or empty.
    shows: str = ""
    #: The file, within the folder, that keeps the status as JSON.
    keep: str = ""
    #: Whether the command must be refused.
    refused: bool = False

    def typed(self) -> tuple[str, ...]:
        """The words as the person types them: with `--as`, without the clock."""
        return (*(("--as", self.actor) if self.actor else ()), *self.command)

    def arguments(self) -> tuple[str, ...]:
        """The words with the rehearsal's clock set."""
        return ("--now", self.at.isoformat(timespec="minutes"), *self.typed())


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A rehearsal as data. Titles and notes are by language."""

    title: Mapping[str, str]
    about: Mapping[str, str]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command line did: its exit code, and what it printed on its two streams."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A cue that was played; `ran` is None where it had no command."""

    cue: Cue
    ran: Ran | None


Runner = Callable[[Sequence[str]], Ran]
"""Runs a command line, given without the program's name."""


# --- the example and the folder


def example_path(name: str = EXAMPLE) -> Path:
    """The folder of an example: in the installed package, else in the checkout around it.

    Raises:
        ExampleMissing: it is in neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "examples" / name, package.parents[1] / "examples" / name):
        if (folder / SCRIPT).is_file():
            return folder
    raise ExampleMissing(example=name)


def prepare(folder: Path, example: Path) -> None:
    """Copies the example into `folder`, which must be empty, new, or what an earlier demo left.

    Of an earlier demo only what it made is taken away; a file that somebody put beside stays.

    Raises:
        DemoFolderTaken: the folder has something in it and is no earlier demo.
        FileUnusable: it cannot be read or written.
    """
    try:
        if folder.exists():
            _clear(folder, example)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("Made by `campaignflow demo`, which makes it anew.\n", encoding="utf-8")
        for file in _files(example):
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise FileUnusable(file=str(folder), detail=error.strerror or str(error)) from None


def _files(example: Path) -> list[Path]:
    return sorted(file for file in example.iterdir() if file.is_file())


def _clear(folder: Path, example: Path) -> None:
    """Takes away what an earlier demo made."""
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARKER).is_file()):
        raise DemoFolderTaken(folder=str(folder))
    made = {MARKER, LOG, EXPORT, ".campaignflow", *(file.name for file in _files(example))}
    for path in folder.iterdir():
        if path.name not in made and not _KEPT.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


# --- the script


def read_script(data: Mapping[str, Any]) -> Script:
    """A script from the plain data of its file, in which every value is text.

    Raises:
        ScriptBroken: an entry cannot be played, or stands before the one above it.
    """
    cues: list[Cue] = []
    for number, entry in enumerate(data.get("entries", ()), start=1):
        cue = _cue(number, entry)
        if cues and cue.at < cues[-1].at:
            raise ScriptBroken(number=number, detail=f"{cue.at} is earlier than the entry before")
        cues.append(cue)
    return Script(title=dict(data.get("title", {})), about=dict(data.get("about", {})), cues=tuple(cues))


def _cue(number: int, entry: Mapping[str, Any]) -> Cue:
    unknown = sorted(set(entry) - _KEYS)
    shows, keep = entry.get("shows", ""), entry.get("keep", "")
    try:
        at, words = dt.datetime.fromisoformat(entry.get("at", "")), tuple(shlex.split(entry.get("do", "")))
    except ValueError as error:
        raise ScriptBroken(number=number, detail=str(error)) from None
    wrong = {
        f"unknown words: {', '.join(unknown)}": bool(unknown),
        "`at` is a local time, without an offset": at.tzinfo is not None,
        f"`shows` is one of {', '.join(SHOWS)}": bool(shows) and shows not in SHOWS,
        "it neither does nor shows anything": not words and shows != "status",
        "`keep` is a plain file name, of a status": bool(keep) and not (_PLAIN_NAME.fullmatch(keep) and not words),
    }
    if detail := next((text for text, holds in wrong.items() if holds), None):
        raise ScriptBroken(number=number, detail=detail)
    return Cue(
        at=at, actor=entry.get("as"), command=words, note=dict(entry.get("note", {})), shows=shows, keep=keep,
        refused=entry.get("refused") == "true",
    )  # fmt: skip


# --- playing


def typed_line(words: Sequence[str]) -> str:
    """Words as a person types them: quoted only where a shell would take them apart, Vietnamese letters as they are.

    >>> typed_line(("return", "huong-ung/so-y-te", "--reason", "Số liệu chưa khớp", "--number", "7/BC-SKHĐT"))
    'return huong-ung/so-y-te --reason "Số liệu chưa khớp" --number 7/BC-SKHĐT'
    """
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    return shlex.quote(word) if re.search(r'["$`\\!]', word) else f'"{word}"'


def play(script: Script, run: Runner) -> Iterator[Played]:
    """Plays a script cue by cue, each given once its command has run.

    Raises:
        RehearsalStopped: a command was refused that should not be, or the other way round.
    """
    for cue in script.cues:
        ran = run(cue.arguments()) if cue.command else None
        yield Played(cue=cue, ran=ran)
        if ran is not None and (ran.code != 0) != cue.refused:
            told = " ".join(ran.errors.split())
            detail = told.partition(": ")[2] or told or f"exit code {ran.code}"  # what follows "Error:"
            raise RehearsalStopped(command=typed_line(cue.typed()), at=cue.at.isoformat(), detail=detail)
