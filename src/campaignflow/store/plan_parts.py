"""A plan's text in parts: large sections apart, named by their content, so that revisions share what they have alike.

An amendment of one deadline in a plan with 65,000 agencies writes the section with that deadline, not the agencies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

LARGE = 2048
"""A section of more characters than this is kept apart."""

_MARK = "$part"


def parted(document: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """A plan as JSON with its large sections taken out, and these by their SHA-256."""
    import hashlib  # loads OpenSSL, which readers do without

    parts: dict[str, str] = {}
    frame: dict[str, Any] = {}
    for name, value in document.items():
        body = _dump(value)
        if len(body) <= LARGE:
            frame[name] = value
            continue
        digest = hashlib.sha256(body.encode()).hexdigest()
        parts[digest] = body
        frame[name] = {_MARK: digest}
    return _dump(frame), parts


def whole(frame: str, part: Callable[[str], str]) -> str:
    """The text that `parted` took apart, byte for byte; `part` gives a section by its SHA-256."""
    if f'"{_MARK}"' not in frame:
        return frame
    pieces = []
    for name, value in json.loads(frame).items():
        taken = value.get(_MARK) if isinstance(value, dict) else None
        pieces.append(f"{_dump(name)}:{part(taken) if taken else _dump(value)}")
    return "{" + ",".join(pieces) + "}"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
