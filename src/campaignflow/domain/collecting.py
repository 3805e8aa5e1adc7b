"""Python's garbage collector, and when it had better wait."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """A stretch without Python's cyclic garbage collector.

    Nothing that a plan is read into or written from is cyclic, and looking for cycles while it grows costs more than
    building it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
