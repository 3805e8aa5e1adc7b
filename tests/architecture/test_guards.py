"""What the suite refuses to every test."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

Refused = pytest.fail.Exception


def test_a_connection_beyond_this_machine_is_refused() -> None:
    with pytest.raises(Refused, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 25), timeout=1)


def test_a_name_beyond_this_machine_is_not_looked_up() -> None:
    with pytest.raises(Refused, match=r"mail\.example"):
        socket.getaddrinfo("mail.example", 25)


def test_a_connection_to_this_machine_is_let_through() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname(), timeout=5) as client:
        assert client.getpeername() == server.getsockname()


def test_sleeping_is_refused() -> None:
    with pytest.raises(Refused, match="sleeps"):
        time.sleep(0.001)


def test_waiting_for_a_process_with_a_limit_is_no_sleeping() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.05)"])
    assert process.wait(timeout=30) == 0


def test_a_missing_command_is_named(needs: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.conftest._IN_CI", False)
    with pytest.raises(pytest.skip.Exception, match="no-such-command"):
        needs("no-such-command")


def test_a_missing_command_fails_the_test_in_ci(needs: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.conftest._IN_CI", True)
    with pytest.raises(Refused, match="no-such-command"):
        needs("no-such-command")


@pytest.mark.needs("git")
def test_a_command_that_is_there_is_no_reason_to_skip() -> None:
    """Reaching this line is the whole of it: the mark asked for git, which the machine has."""
    assert subprocess.run(["git", "--version"], capture_output=True, timeout=60).returncode == 0


def test_a_test_carries_the_mark_of_its_folder(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("architecture") is not None
