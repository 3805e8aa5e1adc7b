"""What was acknowledged in a round, and whether the journal has it.

The ledger is kept by the process that kills, from what the writers said before they died. The journal is read from the
database by plain SQL, so that what is compared does not come from the code that is tested.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Line = tuple[int, str, str]
"""Sequence, hash and body of an event as they are stored."""


@dataclass(slots=True)
class Ledger:
    """What the writers of one campaign have said."""

    #: Sequence and hash of every event that somebody was told of.
    acknowledged: dict[int, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    #: Tokens of what was done, and of what was refused.
    done: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    doubled: int = 0

    def acknowledge(self, said: Mapping[str, Any]) -> None:
        """Takes down what a writer has done."""
        for sequence, digest in said["events"]:
            self.doubled += sequence in self.acknowledged
            self.acknowledged[sequence] = digest
        if said["events"]:
            self.done.add(said["token"])
            self.files.update(said["files"])

    def lost(self, kept: Mapping[int, str]) -> list[int]:
        """The sequences that were acknowledged and are not in the journal, or not with that hash."""
        return [sequence for sequence, digest in self.acknowledged.items() if kept.get(sequence) != digest]

    def wrong(self, journal: Iterable[Line], files: frozenset[str]) -> list[str]:
        """Everything that is not as it was said, in words; all of the journal is looked at."""
        lines = [*journal]
        found = [f"event {sequence} was acknowledged and is lost" for sequence in self.lost(_hashes(lines))]
        found += [f"the file {sha256} was acknowledged and is lost" for sha256 in self.files - files]
        if [sequence for sequence, _, _ in lines] != [*range(1, len(lines) + 1)]:
            found.append("the journal has a gap")
        written = Counter(_deeds(lines))
        found += [
            f"{token} was done {times} times: {kind} {key}"
            for (token, kind, key), times in written.items()
            if times > 1
        ]
        tokens = {token for token, _, _ in written}
        return found + [f"{token} was refused and is written" for token in sorted(self.refused & tokens)]

    def survived(self, journal: Iterable[Line]) -> int:
        """How many deeds the journal has of which nobody was told."""
        return len({token for token, _, _ in _deeds(journal)} - self.done)


def _hashes(lines: Iterable[Line]) -> dict[int, str]:
    return {sequence: digest for sequence, digest, _ in lines}


def _deeds(lines: Iterable[Line]) -> list[tuple[str, str, str | None]]:
    """Token, kind and key of every event that a deed wrote by itself."""
    found = []
    for _, _, body in lines:
        event = json.loads(body)
        token = event.get("data", {}).get("note") or event.get("reason") or ""
        if token.startswith("life "):
            found.append((token, event["kind"], event.get("key")))
    return found
