"""The shipped lifecycles, as the text they are written in: `organize`, `consolidate` and `task`.

A role chooses among them (lead: organize; consolidate: consolidate; all others: task); a duty can name another, and a
plan can define its own in the same shape. They are data: reading them as YAML is the business of `loading`, compiling
them that of `domain.lifecycle_text`.
"""

from __future__ import annotations

from importlib import resources

SHIPPED = ("organize", "consolidate", "task")
"""The names of the lifecycles that come with the product."""


def shipped_text(name: str) -> str:
    """The YAML text of a shipped lifecycle.

    Raises:
        KeyError: there is no shipped lifecycle of this name.
    """
    if name not in SHIPPED:
        raise KeyError(name)
    return resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
