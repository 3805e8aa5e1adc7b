"""What a process did to the files of one folder, call by call: recorded by strace, read back as operations."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "open,openat,creat,mkdir,mkdirat,write,writev,pwrite64,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,"
    "copy_file_range,sendfile,fsync,fdatasync,sync,syncfs,sync_file_range,rename,renameat,renameat2,link,linkat,"
    "unlink,unlinkat,rmdir"
)
"""Every call by which a file's content or its name could change, and those that bring a change to the disk."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put into a file."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file's length set."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Create:
    """A name that comes to be: of a file, or of a folder."""

    path: str
    folder: bool = False


@dataclass(frozen=True, slots=True)
class Unlink:
    """A name that is taken away."""

    path: str


@dataclass(frozen=True, slots=True)
class Sync:
    """A file's content, or a folder's names, brought to the disk: the call has returned."""

    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """Bytes on standard output: what the process acknowledged."""

    text: str


Operation = Write | Truncate | Create | Unlink | Sync | Said

_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+)(?:<(?P<opened>[^>]*)>)?")
_OPEN = re.compile(r"\w+<(.*)>")


def traced(command: Sequence[str], trace: Path, *, cwd: Path, environ: dict[str, str]) -> None:
    """Runs a command of one thread under strace; the calls go to `trace`.

    Raises:
        CalledProcessError: it failed.
    """
    strace = ["strace", "-y", "-xx", "-s", "16777216", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]
    subprocess.run([*strace, *command], cwd=cwd, env=environ, check=True, capture_output=True, timeout=120)


def operations(trace: Path, root: Path, before: Collection[str] = ()) -> list[Operation]:
    """What the recorded calls did below `root`, in order, by paths relative to it; and what was said.

    Args:
        trace: what `traced` wrote.
        root: a folder, without symbolic links in its path.
        before: what was below it at the beginning.

    Raises:
        ValueError: a call did something below `root` that is not understood here.
    """
    known, places = set(before), dict[str, int]()
    found: list[Operation] = []
    for line in trace.read_text("ascii").splitlines():
        call = _CALL.match(line)
        if call is None:
            if not line.startswith("+++") and not line.startswith("exit_group"):
                raise ValueError(f"a line of the trace is not understood: {line[:200]}")
        elif int(call["result"]) >= 0:
            found += _operation(_Call(call, str(root)), known, places)
    return found


class _Call:
    """One call that succeeded."""

    def __init__(self, call: re.Match[str], root: str) -> None:
        self.name = call["name"]
        self.result = int(call["result"])
        self.opened = _relative(_text(call["opened"] or ""), root)
        self.arguments = call["arguments"].split(", ")
        self.paths = [_relative(path, root) for path in map(_path, self.arguments)]

    @property
    def is_ours(self) -> bool:
        """Whether it touched anything below the root."""
        return self.opened is not None or any(path is not None for path in self.paths)

    def path(self, place: int = 0) -> str:
        """The path, relative to the root, that the argument names or that is open under its number."""
        path = self.paths[place]
        if path is None:
            raise ValueError(f"{self.name} is of no file of ours")
        return path

    @property
    def number(self) -> str:
        """The number under which the file is open."""
        return self.arguments[0].partition("<")[0]

    def data(self, place: int = 1) -> bytes:
        """The bytes of an argument, as many as were written."""
        return bytes.fromhex(self.arguments[place].strip('"').replace("\\x", ""))[: self.result]


def _operation(call: _Call, known: set[str], places: dict[str, int]) -> Iterator[Operation]:
    if call.name == "write" and call.arguments[0].startswith("1<"):
        yield Said(call.data().decode())
    elif not call.is_ours:
        return
    elif call.name in {"open", "openat"}:
        places[str(call.result)] = 0
        yield from _opened(call, known)
    elif call.name == "write":
        place = places[call.number]
        places[call.number] += call.result
        yield Write(call.path(), place, call.data())
    elif call.name == "lseek":
        places[call.number] = call.result
    elif call.name == "mkdir":
        known.add(call.path())
        yield Create(call.path(), folder=True)
    elif call.name == "pwrite64":
        yield Write(call.path(), int(call.arguments[3]), call.data())
    elif call.name == "ftruncate":
        yield Truncate(call.path(), int(call.arguments[1]))
    elif call.name in {"fsync", "fdatasync"}:
        yield Sync(call.path())
    elif call.name == "unlink":
        known.discard(call.path())
        yield Unlink(call.path())
    else:
        raise ValueError(f"{call.name} on {call.paths} is not understood")


def _opened(call: _Call, known: set[str]) -> Iterator[Operation]:
    flags, path = call.arguments[2 if call.name == "openat" else 1], call.opened
    if path is None:
        raise ValueError("a file is opened by another name than its own")
    if "O_CREAT" in flags and path not in known:
        known.add(path)
        yield Create(path)
    elif "O_TRUNC" in flags:
        yield Truncate(path, 0)


def _text(escaped: str) -> str:
    return os.fsdecode(bytes.fromhex(escaped.replace("\\x", "")))


def _path(argument: str) -> str:
    """The path that an argument names, or that is open under its number; empty if it is something else."""
    if (opened := _OPEN.fullmatch(argument)) and opened[1].startswith("\\x"):
        return _text(opened[1])
    return _text(argument.strip('"')) if argument.startswith('"') and len(argument) < 4 * 4096 else ""


def _relative(path: str, root: str) -> str | None:
    """The path below `root`, `.` for the root itself; None if it lies elsewhere."""
    if path == root:
        return "."
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else None
