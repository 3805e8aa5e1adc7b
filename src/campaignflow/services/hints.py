"""Did you mean: the nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable

from campaignflow.ports import Store
from campaignflow.services.errors import KeyUnknown
from campaignflow.services.running import Running


def hint(word: str, choices: Iterable[str]) -> str:
    """`; did you mean X?` where something near is known, else nothing. Appended to a message."""
    from campaignflow.domain.findings import did_you_mean  # only a mistake pays for it

    found = did_you_mean(word, choices)
    return f" (did you mean `{found}`?)" if found else ""


def unknown_key(store: Store, running: Running, key: str) -> KeyUnknown:
    """The error for a key that no assignment has, with the nearest one that exists."""
    part = key.split("/", maxsplit=1)[0]
    near = store.keys_like(running.id, part) or store.keys_like(running.id, "")
    return KeyUnknown(key=key, hint=hint(key, near))
