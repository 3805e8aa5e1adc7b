"""Saying on a terminal that a command is still at work, once that takes longer than people wait without wondering."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from campaignflow.i18n import N_, say

if TYPE_CHECKING:
    import threading

PATIENCE = 1.0
"""After so many seconds something is said, and again so often."""

_ERASE = "\r\x1b[K"


class Working:
    """Tells on standard error what is being done and for how long, until the command has something to say itself.

    Nothing is told where standard error is no terminal: a log needs no clock.
    """

    def __init__(self, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._stream = stream or sys.stderr
        environ = os.environ if environ is None else environ
        self._wanted = self._stream.isatty() and environ.get("TERM") != "dumb"
        self._thread: threading.Thread | None = None
        self._ended: threading.Event | None = None
        self._task = N_("working")

    def begin(self, task: str | None = None) -> None:
        """Something begins that may take long; `task` is a message id for it."""
        self._task = task or self._task
        if not self._wanted or self._thread is not None:
            return
        import threading

        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, args=(self._ended, say(self._task)), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """The command has something to say: the line goes away."""
        thread, ended = self._thread, self._ended
        if thread is None or ended is None:
            return
        self._thread = self._ended = None
        ended.set()
        thread.join()

    def _tell(self, ended: threading.Event, task: str) -> None:
        seconds, told = 0, False
        while not ended.wait(PATIENCE):
            seconds, told = seconds + 1, True
            self._stream.write(f"{_ERASE}{task} … {seconds} s")
            self._stream.flush()
        if told:
            self._stream.write(_ERASE)
            self._stream.flush()
