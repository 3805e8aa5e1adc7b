"""What a power cut could have left on the disk at any point of a recorded run, and what the product makes of it.

A disk keeps what was brought to it by a sync. Of what was written and not yet synced it may hold any part, in any
order: a write, a part of one in whole sectors, a name that came to be, a name that was taken away. An *image* is one of
the possible contents of the folder after a cut behind one of the calls.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from campaignflow import Campaign
from campaignflow.errors import CampaignflowError
from campaignflow.services.errors import CampaignMissing
from campaignflow.store.errors import StoreMissing
from tests.support.system_calls import Create, Operation, Said, Sync, Truncate, Unlink, Write, operations, traced

SECTOR = 512
"""What a disk writes whole or not at all, in bytes."""

Image = Mapping[str, bytes]
"""The files of a folder, by their paths in it."""

Lost = frozenset[int]
Torn = Mapping[int, slice]
T = TypeVar("T")
_ROOT = Path(__file__).parents[2]
_DRAWS = 6
"""How many of a kind are drawn where not all are looked at."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A run: what was there at its beginning, every call on it, and what was there at its end."""

    before: Image
    calls: Sequence[Operation]
    after: Image
    #: A `-shm` as it was while the run went on.
    shared: bytes = b""

    @classmethod
    def of(cls, folder: Path, *command: str, cwd: Path = _ROOT, **environ: str) -> Recording:
        """Runs `python COMMAND` under strace, which works in `folder` and says each thing once it has been done."""
        folder = folder.resolve()
        before, names = files_of(folder), {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
        trace = folder.parent / f"{folder.name}.trace"
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT"}}
        told = {**kept, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environ}
        try:
            traced([sys.executable, *command], trace, cwd=cwd, environ=told)
        except subprocess.CalledProcessError as error:
            raise AssertionError(error.stderr.decode(errors="replace")) from None
        calls = operations(trace, folder, names)
        shared = folder.parent / "shared"
        return cls(
            before=before, calls=calls, after=files_of(folder), shared=shared.read_bytes() if shared.exists() else b""
        )

    def image(self, count: int, lost: Lost = frozenset(), torn: Torn | None = None) -> dict[str, bytes]:
        """The files after the first `count` calls of which those in `lost` never came to the disk; of the writes in
        `torn` only that slice did."""
        disk = _Disk(self.before)
        for number, call in enumerate(self.calls[:count]):
            if number not in lost:
                disk.do(call, (torn or {}).get(number))
        return disk.files()

    @cached_property
    def said(self) -> list[int]:
        """For each thing said, how many calls had been made before it."""
        places = [number for number, call in enumerate(self.calls) if isinstance(call, Said)]
        return [number for number in places if number - 1 not in places]

    @cached_property
    def acknowledged(self) -> list[int]:
        """For each thing said, behind how many calls it must be on the disk: behind the last sync before it was said;
        or, where nothing was synced since something else was said, when it was said."""
        found = []
        for before, place in pairwise([0, *self.said]):
            syncs = [number + 1 for number in range(before, place) if isinstance(self.calls[number], Sync)]
            found.append(syncs[-1] if syncs else place)
        return found

    def pending(self, count: int) -> list[int]:
        """Which of the first `count` calls nothing has brought to the disk yet."""
        found: list[int] = []
        for number, call in enumerate(self.calls[:count]):
            if isinstance(call, Sync):
                found = [one for one in found if _kept_by(self.calls[one]) != call.path]
            elif not isinstance(call, Said):
                found.append(number)
        return found

    def cuts(self, *, all_of_them: bool = False, seed: int = 0) -> Iterator[tuple[int, Lost, Torn]]:
        """Power cuts worth a look: behind every call the plain ones, and at every sync boundary many more.

        By default one tear is drawn for each write, and some of the calls that alone come to the disk.
        """
        chance = _Chance(seed, all_of_them=all_of_them)
        for count in range(len(self.calls) + 1):
            pending = self.pending(count)
            yield count, frozenset(), {}
            yield count, frozenset(pending), {}
            yield count, frozenset(pending[:-1]), {}
            yield count, frozenset(pending[-1:]), {}
            last = self.calls[count - 1] if count else None
            if isinstance(last, Write):
                yield from ((count, frozenset(), {count - 1: part}) for part in chance.some(_tears(last), 1))
            if count == len(self.calls) or isinstance(self.calls[count], (Sync, Said)):
                yield from ((count, lost, torn) for lost, torn in self._mixtures(pending, chance))

    def images(self) -> Iterator[tuple[int, Image]]:
        """The different images of these cuts, each with the number of calls before the first that leaves it."""
        seen = set()
        for count, lost, torn in self.cuts():
            image = self.image(count, lost, torn)
            if (name := _digest(image)) not in seen:
                seen.add(name)
                yield count, image

    def _mixtures(self, pending: list[int], chance: _Chance) -> Iterator[tuple[Lost, Torn]]:
        """Each single call lost, single ones kept, one file behind the other, writes torn, and some at random."""
        everything = frozenset(pending)
        for one in pending:
            yield frozenset({one}), {}
        for one in chance.some(pending, _DRAWS):
            yield everything - {one}, {}
        for path in {_kept_by(self.calls[one]) for one in pending}:
            of_path = {one for one in pending if _kept_by(self.calls[one]) == path}
            yield frozenset(of_path), {}
            yield everything - of_path, {}
        for one in chance.some(pending, _DRAWS):
            call = self.calls[one]
            for part in chance.some(_tears(call), 1) if isinstance(call, Write) else ():
                yield frozenset(), {one: part}
        for _ in range(_DRAWS if pending else 0):
            yield frozenset(chance.some(pending, len(pending) // 2, always=True)), {}


class _Chance:
    """Draws some of many, or gives all of them."""

    def __init__(self, seed: int, *, all_of_them: bool) -> None:
        self._random = random.Random(seed)
        self._all = all_of_them

    def some(self, of: Sequence[T], number: int, *, always: bool = False) -> Sequence[T]:
        """So many at random; all of them where all are looked at, unless it is to `always` draw."""
        return of if (self._all and not always) or len(of) <= number else self._random.sample(of, number)


def files_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _kept_by(call: Operation) -> str:
    """The file, or the folder, whose sync brings a call to the disk."""
    if isinstance(call, (Create, Unlink)):
        return Path(call.path).parent.as_posix()
    return "" if isinstance(call, Said) else call.path


def _tears(write: Write) -> list[slice]:
    """The beginnings and the ends of a write that whole sectors make; sectors lie where the disk has them."""
    first = -write.offset % SECTOR
    places = [place for place in range(first, len(write.data), SECTOR) if place > 0]
    return [slice(0, place) for place in places] + [slice(place, None) for place in places[-1:]]


class _Disk:
    """A folder that calls are done to. A name may be lost while what was in the file is not, and the reverse."""

    def __init__(self, before: Image) -> None:
        self._content: dict[str, bytearray] = {path: bytearray(content) for path, content in before.items()}
        self._named: set[str] = {".", *before}
        self._named |= {parent.as_posix() for path in before for parent in Path(path).parents}

    def do(self, call: Operation, part: slice | None = None) -> None:
        """Does one call; of a write only a part, if one is given."""
        match call:
            case Create(path):
                self._named.add(path)
                self._content.pop(path, None)
            case Unlink(path):
                self._named.discard(path)
            case Write(path, offset, data):
                start, stop, _ = (part or slice(None)).indices(len(data))
                self._put(path, offset + start, data[start:stop])
            case Truncate(path, size):
                content = self._content.setdefault(path, bytearray())
                del content[size:]
                content.extend(bytes(size - len(content)))

    def _put(self, path: str, offset: int, data: bytes) -> None:
        content = self._content.setdefault(path, bytearray())
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data

    def files(self) -> dict[str, bytes]:
        """What can be found by its name. A `-shm` is not kept: it is shared memory, and made anew."""
        return {
            path: bytes(self._content.get(path, b""))
            for path in sorted(self._named)
            if not path.endswith("-shm") and self._is_file(path) and self._is_reached(path)
        }

    def _is_file(self, path: str) -> bool:
        return path in self._content or Path(path).suffix != ""

    def _is_reached(self, path: str) -> bool:
        return all(parent.as_posix() in self._named for parent in Path(path).parents)


# --- what the product makes of an image


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the product found when it opened an image: a fingerprint of everything stored, or what went wrong."""

    state: str = ""
    trouble: str = ""


@dataclass(kw_only=True)
class Examined:
    """What became of the images of a recording."""

    #: Different images that were opened.
    images: int = 0
    #: How often each state of the run was found, the one before it first.
    states: Counter[int] = field(default_factory=Counter)
    #: What must not be, each with the point of the cut.
    faults: list[str] = field(default_factory=list)


def examine(
    recording: Recording, folder: Path, database: str, *, all_of_them: bool = False, one_fault: bool = False
) -> Examined:
    """Opens every image of a recording with the product, and compares it with what had been acknowledged by then.

    Args:
        recording: the run.
        folder: an empty folder to put images in.
        database: the path of the database in it.
        all_of_them: see `Recording.cuts`.
        one_fault: whether to stop at the first one found.
    """
    examiner = _Examiner(recording, folder, database)
    for count, lost, torn in recording.cuts(all_of_them=all_of_them):
        examiner.examine(count, lost, torn)
        if one_fault and examiner.examined.faults:
            break
    return examiner.examined


class _Examiner:
    def __init__(self, recording: Recording, folder: Path, database: str) -> None:
        self._recording = recording
        self._folder = folder
        self._database = database
        self._seen: dict[str, Found] = {}
        self.examined = Examined()
        self._states = [self._opened(recording.image(point)).state for point in (0, *recording.said)]

    def examine(self, count: int, lost: Lost, torn: Torn) -> None:
        """Opens the image of one cut, if it is a new one, and says what is wrong with it."""
        found = self._opened(self._recording.image(count, lost, torn))
        place = sum(point <= count for point in self._recording.acknowledged)
        allowed = self._states[place : place + 2]
        if found.trouble:
            self._fault(count, lost, torn, found.trouble)
        elif found.state not in allowed:
            known = self._states.index(found.state) if found.state in self._states else None
            what = f"state {known} instead of {place}" if known is not None else "a state between two"
            self._fault(count, lost, torn, what)
        else:
            self.examined.states[place + allowed.index(found.state)] += 1

    def _fault(self, count: int, lost: Lost, torn: Torn, what: str) -> None:
        self.examined.faults.append(f"cut behind call {count}, lost {sorted(lost)}, torn {dict(torn)}: {what}")

    def _opened(self, image: dict[str, bytes]) -> Found:
        name = _digest(image)
        if name not in self._seen:
            if self._recording.shared and len(self._seen) % 5 == 0:  # a machine that only crashed may leave one behind
                image = {**image, f"{self._database}-shm": self._recording.shared}
            put_down(self._folder, image)
            self._seen[name] = opened(self._folder / self._database)
            self.examined.images = len(self._seen)
        return self._seen[name]


def _digest(image: Image) -> str:
    digest = hashlib.sha256()
    for path, content in image.items():
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def put_down(folder: Path, image: Image) -> None:
    """Puts the files of an image into a folder, in place of all files in it."""
    for left in [path for path in folder.rglob("*") if path.is_file()]:
        left.unlink()
    for name, content in image.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def opened(path: Path) -> Found:
    """Opens a database with the product, verifies it, and takes a fingerprint of everything that is stored in it."""
    try:
        with Campaign.open(database=f"sqlite:///{path}") as campaign:
            verdict = campaign.verify()
    except (StoreMissing, CampaignMissing):
        return Found(state="no campaign")
    except CampaignflowError as error:
        return Found(trouble=f"{type(error).__name__}: {error}")
    if not verdict.ok:
        return Found(trouble="; ".join(fault.text() for fault in verdict.faults))
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall()
            rows = hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
    except sqlite3.Error as error:
        return Found(trouble=f"SQLite: {error}")
    return Found(state=f"{verdict.events} events, {rows[:16]}") if sound == [("ok",)] else Found(trouble=str(sound))
