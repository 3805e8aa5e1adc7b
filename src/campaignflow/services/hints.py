"""Did you mean: the nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable

from campaignflow.domain.findings import did_you_mean


def hint(word: str, choices: Iterable[str]) -> str:
    """`; did you mean X?` where something near is known, else nothing. Appended to a message."""
    found = did_you_mean(word, choices)
    return f" (did you mean `{found}`?)" if found else ""
