"""A database on a server: how it is opened, shared and closed, and what is said when that fails."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from campaignflow import Campaign
from campaignflow.cli.app import run
from campaignflow.store import pools, postgres, session
from campaignflow.store.errors import (
    DatabaseUnknown,
    PostgresqlMissing,
    StoreBusy,
    StoreCrowded,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreLost,
    StoreRefused,
    StoreUnfit,
    StoreUnreachable,
)
from campaignflow.store.opening import open_store
from campaignflow.store.postgres import PostgresStore, read_url, translated
from campaignflow.store.wire import exchange
from tests.contract.test_store import campaign, created, event
from tests.support.children import start
from tests.support.pgserver import Server, available, postgres_url, server
from tests.support.plans import moment, open_2020

SECRET = "mật-khẩu:s3cret@x"
QUOTED = "m%E1%BA%ADt-kh%E1%BA%A9u%3As3cret%40x"


@pytest.fixture
def shared() -> Server:
    return available(server)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server with a user who needs a password."""
    made = available(Server)
    made.demand_passwords("clerk", SECRET)
    yield made
    made.remove()


@pytest.fixture
def url() -> str:
    return postgres_url()


def link_of(store: Any) -> Any:
    return store._connection.link


def told(url: str) -> StoreError:
    """The error that opening meets; none says a password."""
    with pytest.raises(StoreError) as caught:
        open_store(url, create=True)
    for text in (str(caught.value), caught.value.text(), caught.value.advice(), repr(caught.value.data)):
        assert "s3cret" not in text
        assert "khẩu" not in text
    return caught.value


# --- what is wrong


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    error = told(f"postgresql://clerk:{QUOTED}@/plans?host={tmp_path}")

    assert isinstance(error, StoreUnreachable)
    assert error.data["database"] == f"postgresql://clerk@{tmp_path}/plans"


def test_a_port_where_nobody_listens_is_out_of_reach() -> None:
    assert isinstance(
        told(f"postgresql://127.0.0.1:1/plans?connect_timeout=2&user=clerk&password={QUOTED}"), StoreUnreachable
    )


def test_a_wrong_password_and_none_are_refused_and_the_right_one_is_let_in(guarded: Server) -> None:
    url = guarded.fresh()
    name = url.partition("?")[0].removeprefix("postgresql:///")
    guarded.ask(f"ALTER DATABASE {name} OWNER TO clerk")
    where = f"/{name}?host={guarded.folder}"

    assert isinstance(told(f"postgresql://clerk:s3cret-wrong@{where}"), StoreRefused)
    assert isinstance(told(f"postgresql://clerk@{where}"), StoreRefused)
    store = open_store(f"postgresql://clerk:{QUOTED}@{where}", create=True)
    assert created(store).key == "camp"
    store.close()


def test_a_database_that_does_not_exist_is_refused_by_its_name(shared: Server) -> None:
    error = told(shared.url("nowhere"))

    assert isinstance(error, StoreRefused)
    assert "nowhere" in error.text()


def test_a_user_without_rights_is_refused(shared: Server, url: str) -> None:
    shared.ask("CREATE ROLE guest LOGIN")
    try:
        assert isinstance(told(url.replace("user=postgres", "user=guest")), StoreRefused)
    finally:
        shared.ask("DROP ROLE guest")


def test_a_database_in_another_encoding_cannot_hold_a_campaign(shared: Server) -> None:
    shared.ask("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")

    assert isinstance(told(shared.url("latin")), StoreUnfit)


def test_a_search_path_without_a_schema_cannot_hold_a_campaign(url: str) -> None:
    assert isinstance(told(f"{url}&options=-c%20search_path%3Dnowhere"), StoreUnfit)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://clerk:{QUOTED}@host:port/plans", f"postgresql://clerk:{QUOTED}@host/plans?pool_size=none",
        f"postgresql://clerk:{QUOTED}@host/plans?pool_size=0", f"postgresql://host/plans?password={QUOTED}&nonsense=1",
        f"mysql://clerk:{QUOTED}@host/plans",
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_read_is_refused_without_being_repeated(url: str) -> None:
    assert isinstance(told(url), DatabaseUnknown)


def test_without_psycopg_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "psycopg" or one.endswith("store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    error = told("postgresql://host/plans")

    assert isinstance(error, PostgresqlMissing)
    assert 'pip install "campaignflow[postgresql]"' in error.advice()


def test_the_command_line_says_it_in_one_line_and_goes_out_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--database", f"postgresql://clerk:{QUOTED}@/plans?host={tmp_path}", "--lang", "en", "status"]) == 1

    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "s3cret" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("met", "kind"),
    [
        (psycopg.errors.DiskFull(), StoreFull), (psycopg.errors.LockNotAvailable(), StoreBusy),
        (psycopg.errors.AdminShutdown(), StoreLost), (psycopg.errors.IdleInTransactionSessionTimeout(), StoreLost),
        (psycopg.errors.DataCorrupted(), StoreDamaged), (psycopg.errors.UndefinedColumn(), StoreDamaged),
        (psycopg.errors.InsufficientPrivilege(), StoreRefused), (psycopg.errors.QueryCanceled(), StoreFailed),
        (psycopg.OperationalError("server closed the connection"), StoreLost),
        (psycopg.errors.UniqueViolation(), StoreFailed),
    ],
)  # fmt: skip
def test_what_the_server_says_is_told_in_our_words(met: psycopg.Error, kind: type[StoreError]) -> None:
    assert type(translated(met, "d")) is kind


def test_r14_a_full_disk_on_the_server_refuses_the_step_whole(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: the server says so in the midst of a transaction; afterwards the same step is taken."""
    store = open_store(url, create=True)
    head = created(store)
    real = exchange

    def full(link: Any, batch: Any) -> Any:
        if batch[-1].sql == "COMMIT":
            raise psycopg.errors.DiskFull("no space left on device")
        return real(link, batch)

    with monkeypatch.context() as patched:
        patched.setattr(session, "exchange", full)
        with pytest.raises(StoreFull), store.writing():
            store.append(head.id, event(1), head.hash)
    assert store.head("camp") == head

    with store.writing():
        store.append(head.id, event(1), head.hash)
    assert len(list(store.events(head.id))) == 1
    store.close()


def test_a_text_that_postgresql_cannot_keep_is_refused_whole(url: str) -> None:
    store = open_store(url, create=True)
    head = created(store)

    with pytest.raises(StoreFailed, match="NUL"), store.writing():
        store.append(head.id, event(1, key="hold/\0"), head.hash)

    assert store.head("camp") == head
    store.close()


# --- how it is opened


def test_a_connection_is_made_with_time_outs_which_the_url_may_change(url: str) -> None:
    store = open_store(url, create=True)
    asked = "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
    assert link_of(store).execute(asked).fetchone() == ("30s", "5min")
    assert link_of(store).info.get_parameters()["connect_timeout"] == "10"
    store.close()

    other = open_store(f"{url}&options=-c%20lock_timeout%3D5s&connect_timeout=3", create=True)
    assert link_of(other).execute(asked).fetchone() == ("5s", "5min")
    assert link_of(other).info.get_parameters()["connect_timeout"] == "3"
    other.close()


def test_two_schemas_of_one_database_are_two_databases_that_write_side_by_side(shared: Server, url: str) -> None:
    shared.ask("CREATE SCHEMA other", url)
    here = open_store(url, create=True)
    there = open_store(f"{url}&options=-c%20search_path%3Dother", create=True)
    with here.writing():
        here.create(campaign("here"))
        with there.writing():
            there.create(campaign("there"))

    assert (here.campaigns(), there.campaigns()) == (["here"], ["there"])
    here.close()
    there.close()


def test_read_url_names_the_database_without_password_or_parameters() -> None:
    given, size, name = read_url(f"postgres://clerk:{QUOTED}@db.example:5433/plans?pool_size=3&sslmode=require")

    assert (given["password"], given["sslmode"], size) == (SECRET, "require", 3)
    assert name == "postgresql://clerk@db.example:5433/plans"


# --- the pool


def test_a_connection_that_was_given_back_is_used_again(url: str) -> None:
    first = open_store(url, create=True)
    number = link_of(first).info.backend_pid
    first.close()
    second = open_store(url, create=True)

    assert link_of(second).info.backend_pid == number
    second.close()


def test_a_connection_that_the_server_ended_meanwhile_is_not_given_out(shared: Server, url: str) -> None:
    first = open_store(url, create=True)
    number = link_of(first).info.backend_pid
    first.close()
    assert shared.ask(f"SELECT pg_terminate_backend({number}, 5000)") == [(True,)]

    second = open_store(url, create=True)
    assert link_of(second).info.backend_pid != number
    second.close()


def test_a_store_closed_in_the_midst_of_a_transaction_holds_no_lock(url: str) -> None:
    first, second = open_store(url, create=True), open_store(url, create=True)
    assert isinstance(first, PostgresStore)
    entered = first.writing()
    entered.__enter__()
    first.create(campaign())
    first.close()

    assert created(second).key == "camp"
    second.close()


def test_no_more_connections_are_made_than_the_pool_may_have(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools.Pool.__init__, "__defaults__", (0.05,))
    stores = [open_store(f"{url}&pool_size=2", create=True) for _ in range(2)]

    with pytest.raises(StoreCrowded, match="2 connections"):
        open_store(f"{url}&pool_size=2", create=True)
    stores.pop().close()
    stores.append(open_store(f"{url}&pool_size=2", create=True))
    for store in stores:
        store.close()


def test_whoever_waits_for_a_connection_gets_the_one_that_is_given_back(url: str) -> None:
    held = open_store(f"{url}&pool_size=1", create=True)
    got: list[Any] = []
    waiting = threading.Thread(target=lambda: got.append(open_store(f"{url}&pool_size=1", create=True)))
    waiting.start()
    held.close()
    waiting.join(10)

    assert len(got) == 1
    got[0].close()


def test_a_process_that_was_forked_has_connections_of_its_own(url: str) -> None:
    open_store(url, create=True).close()
    store = open_store(url, create=True)
    ours = link_of(store).info.backend_pid
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        os.close(reading)
        own = open_store(url, create=False)
        os.write(writing, str(link_of(own).info.backend_pid).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        theirs = int(answer.read())
    os.waitpid(child, 0)

    assert theirs != ours
    assert created(store).key == "camp"
    store.close()


def test_a_campaign_takes_one_connection_and_gives_it_back(shared: Server, url: str) -> None:
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'campaignflow'"
    )
    with open_2020(url) as opened:
        opened.status(now=moment("2020-09-28 09:00"))
        opened.acknowledge("tham-muu/so-gddt", now=moment("2020-09-28 09:00"))
        assert shared.ask(count, url) == [(1,)]
    with Campaign.open(database=url) as again:
        assert again.verify().ok
    assert shared.ask(count, url) == [(1,)]


def test_a_program_that_ends_leaves_no_connection_behind(url: str) -> None:
    child, connection = start(_open_and_end, url)
    number = connection.recv()
    child.join()

    assert child.exitcode == 0
    assert available(server).ask(f"SELECT 1 FROM pg_stat_activity WHERE pid = {number}") == []


def _open_and_end(connection: Connection, url: str) -> None:
    store = open_store(url, create=True)
    connection.send(link_of(store).info.backend_pid)
    store.close()
    pools.close_all()


# --- reading and writing


def test_more_rows_than_fit_in_one_portion_are_read_in_order(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BATCH", 3)
    store = open_store(url, create=True)
    with store.writing():
        head = store.create(campaign(count=5))
        keys = [facts.key for facts in campaign(count=5).assignments]
        assert [facts.key for facts in store.assignments(head.id)] == keys
    with store.reading():
        read = store.assignments(head.id)
        first = next(read).key
        assert store.head("camp") == head  # another statement in between
        assert [first, *(facts.key for facts in read)] == keys
    assert [facts.key for facts in store.assignments(head.id)] == keys
    store.close()


def test_large_insertions_are_the_same_rows_as_small_ones(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from campaignflow.ports import ContactRow

    contacts = [
        ContactRow(id=f"c{number % 70}", agency="ash", role="clerk", name=f"tab\t'\\ {number}", until=None)
        for number in range(90)
    ]
    found = []
    for least in (1, 1000):
        monkeypatch.setattr(session, "COPIED", least)
        store = open_store(postgres_url(), create=True)
        head = created(store)
        with store.writing():
            store.put_contacts(head.id, contacts[:5])
            store.put_contacts(head.id, contacts)
        found.append(store.contacts(head.id))
        store.close()

    assert found[0] == found[1]
    assert len(found[0]) == 70
    assert found[0][0].name == "tab\t'\\ 70"


def test_writers_wait_for_one_another_and_readers_for_nobody(shared: Server, url: str) -> None:
    one, other, reader = (open_store(url, create=True) for _ in range(3))
    head = created(one)
    ends: list[str] = []

    def write() -> None:
        with other.writing():
            assert other.head("camp") is not None
            ends.append("second")

    with one.writing():
        digest = one.append(head.id, event(1), head.hash)
        one.head("camp")
        thread = threading.Thread(target=write)
        thread.start()
        while not shared.ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", url):
            pass
        with reader.reading():
            assert reader.head("camp") == head
        ends.append("first")
    thread.join(10)

    assert ends == ["first", "second"]
    assert reader.hash_of(head.id, 1) == digest
    for store in (one, other, reader):
        store.close()


def test_a_step_turns_to_the_server_twice(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for the turn, where the campaign stands and the assignment; once for all it writes."""
    with open_2020(url) as opened:
        opened.acknowledge("tham-muu/so-gddt", now=moment("2020-09-28 09:00"))
        real, journeys = exchange, []

        def counted(link: Any, batch: Any) -> Any:
            journeys.append([one.sql.split()[0] for one in batch])
            return real(link, batch)

        monkeypatch.setattr(session, "exchange", counted)
        opened.acknowledge("kiem-tra/so-gddt", now=moment("2020-09-28 09:00"))

    assert journeys == [["BEGIN", "SELECT", "SELECT", "SELECT"], ["INSERT", "WITH", "COMMIT"]]


def test_the_wait_for_a_server_is_bounded_and_grows(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    waits: list[float] = []
    store = open_store(url, create=True)
    monkeypatch.setattr(postgres, "RECONNECT_SECONDS", 1.0)
    monkeypatch.setattr(PostgresStore, "pause", staticmethod(waits.append))
    monkeypatch.setattr(time, "monotonic", lambda: sum(waits))
    monkeypatch.setattr(session.Session, "renew", _unreachable)
    assert isinstance(store, PostgresStore)

    with pytest.raises(StoreUnreachable):
        store._reach()

    assert waits == sorted(waits)
    assert sum(waits) <= 1.0
    store.close()


def _unreachable(self: Any) -> None:
    raise StoreUnreachable(database="d", detail="x")
