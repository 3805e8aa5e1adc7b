"""A wire to a PostgreSQL server that can be cut where it hurts: a proxy between two sockets of this machine."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType

_NAME = ".s.PGSQL.5432"
_COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""What a server says when a commit is done."""


class Proxy:
    """Passes on what clients and server say to one another, until it is told otherwise."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._folder = tempfile.TemporaryDirectory(prefix="pgproxy-")
        self.folder = Path(self._folder.name)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / _NAME))
        self._listener.listen()
        self._wires: list[_Wire] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                upstream = socket.socket(socket.AF_UNIX)
                upstream.connect(str(self._server / _NAME))
                self._wires.append(_Wire(client, upstream))

    def hold_the_next_request(self) -> None:
        """Cuts off the clients there are as soon as they say something, and keeps that."""
        for wire in self._wires:
            wire.holding = True

    def swallow_the_answer_to_commit(self) -> None:
        """Cuts off the clients there are when the server tells them that a commit is done."""
        for wire in self._wires:
            wire.swallowing = True

    def pass_on(self) -> None:
        """Says to the server what was kept."""
        for wire in self._wires:
            wire.pass_on()

    def forget(self) -> None:
        """Ends the server's sessions of clients that were cut off."""
        for wire in self._wires:
            wire.forget()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for wire in self._wires:
            wire.close()
        self._folder.cleanup()


class _Wire:
    """One client's way to the server."""

    def __init__(self, client: socket.socket, upstream: socket.socket) -> None:
        self._client, self._upstream = client, upstream
        self._kept = b""
        self.holding = False
        self.swallowing = False
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._ask, self._answer)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        with contextlib.suppress(OSError):
            while said := self._client.recv(65536):
                if self.holding:
                    self._kept += said
                    self._client.shutdown(socket.SHUT_RDWR)
                    return
                self._upstream.sendall(said)
            self._upstream.shutdown(socket.SHUT_WR)

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while said := self._upstream.recv(65536):
                if self.swallowing and _COMMITTED in said:
                    break
                self._client.sendall(said)
            self._client.shutdown(socket.SHUT_RDWR)

    def pass_on(self) -> None:
        if self._kept:
            self._upstream.sendall(self._kept)
            self._kept = b""

    def forget(self) -> None:
        if self.holding:
            self._upstream.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in (self._client, self._upstream):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join()
