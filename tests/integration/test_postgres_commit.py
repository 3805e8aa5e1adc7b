"""R17: when the answer to a commit is lost, the store asks by key what became of it and says so; it never guesses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import pytest

from campaignflow.ports import Head
from campaignflow.store import postgres, session
from campaignflow.store.errors import StoreInDoubt, StoreLost
from campaignflow.store.opening import open_store
from campaignflow.store.postgres import PostgresStore
from campaignflow.store.wire import Link, exchange
from tests.contract.test_store import campaign, event
from tests.support.pgproxy import Proxy
from tests.support.pgserver import Server, available
from tests.support.plans import open_2020


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    made = available(lambda: Server(durable=True))
    yield made
    made.remove()


@pytest.fixture
def server(durable: Server) -> Server:
    """A server that keeps what it committed, to be killed."""
    if not durable.runs:
        durable.start()
    return durable


@pytest.fixture
def through(server: Server, proxy: Proxy) -> str:
    """The URL of a new database, by way of the proxy."""
    return server.fresh().replace(quote(str(server.folder), safe=""), quote(str(proxy.folder), safe=""))


def direct(url: str, server: Server, proxy: Proxy) -> str:
    """The same without the proxy."""
    return url.replace(quote(str(proxy.folder), safe=""), quote(str(server.folder), safe=""))


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.folder) as made:
        yield made


def created(url: str) -> tuple[PostgresStore, Head]:
    store = open_store(url, create=True)
    assert isinstance(store, PostgresStore)
    with store.writing():
        return store, store.create(campaign())


def at_commit(monkeypatch: pytest.MonkeyPatch, server: Server, *, before: bool) -> None:
    """Kills the server once, right before or right after it carries out the next commit; no answer arrives."""
    real, done = exchange, threading.Event()

    def killing(link: Link, batch: Any) -> Any:
        if done.is_set() or batch[-1].sql != "COMMIT":
            return real(link, batch)
        done.set()
        if not before:
            real(link, batch)
        server.crash()
        return real(link, batch)

    monkeypatch.setattr(session, "exchange", killing)


def starting(server: Server) -> Any:
    """What waits for a server that is down: starts it, the first time it is asked to wait."""
    begun = threading.Event()

    def pause(seconds: float) -> None:
        if not begun.is_set():
            begun.set()
            server.start()

    return staticmethod(pause)


# --- the server is killed


def test_r17_a_server_killed_before_it_commits_has_written_nothing_and_that_is_said(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.fresh()
    store, head = created(url)
    monkeypatch.setattr(PostgresStore, "pause", starting(server))
    at_commit(monkeypatch, server, before=True)

    with pytest.raises(StoreLost), store.writing():
        assert store.head("camp") == head
        store.append(head.id, event(1), head.hash)

    assert store.head("camp") == head
    with store.writing():
        store.append(head.id, event(1), head.hash)
    assert [one.sequence for one in store.events(head.id)] == [1]
    store.close()


def test_r17_a_server_killed_after_it_committed_has_written_everything_and_the_step_is_done(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.fresh()
    store, head = created(url)
    monkeypatch.setattr(PostgresStore, "pause", starting(server))
    at_commit(monkeypatch, server, before=False)

    with store.writing():
        digest = store.append(head.id, event(1), head.hash)

    after = store.head("camp")
    assert after is not None
    assert (after.sequence, after.hash) == (1, digest)
    store.close()


def test_r17_the_first_application_of_a_plan_survives_the_same(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.fresh()
    monkeypatch.setattr(PostgresStore, "pause", starting(server))
    at_commit(monkeypatch, server, before=False)

    with open_2020(url) as opened:
        assert opened.verify().ok
        assert [one.kind for one in opened.history()] == ["applied", "contacts"]


def test_r17_a_server_that_stays_away_leaves_a_doubt_that_names_the_event(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.fresh()
    store, head = created(url)
    monkeypatch.setattr(PostgresStore, "pause", staticmethod(lambda seconds: None))
    monkeypatch.setattr(postgres, "RECONNECT_SECONDS", 0.2)
    at_commit(monkeypatch, server, before=False)

    with pytest.raises(StoreInDoubt) as caught, store.writing():
        digest = store.append(head.id, event(1), head.hash)

    server.start()
    assert (caught.value.data["sequence"], caught.value.data["hash"]) == (1, digest.hex())
    assert digest.hex() in caught.value.advice()
    assert store.hash_of(head.id, 1) == digest  # what the cure tells people to look at
    store.close()


def test_r17_a_transaction_that_wrote_no_event_and_was_not_answered_is_reported_as_lost(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, head = created(server.fresh())
    monkeypatch.setattr(PostgresStore, "pause", starting(server))
    at_commit(monkeypatch, server, before=True)

    with pytest.raises(StoreLost), store.writing():
        store.schedule(head.id, 5)

    store.close()


# --- only the connection is lost


def test_r17_a_session_that_the_server_ends_before_the_commit_has_written_nothing(server: Server) -> None:
    url = server.fresh()
    store, head = created(url)

    with pytest.raises(StoreLost), store.writing():
        assert store.head("camp") == head
        store.append(head.id, event(1), head.hash)
        server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")

    assert store.head("camp") == head
    store.close()


def test_r17_a_commit_whose_answer_is_lost_on_the_way_is_found_to_be_done(through: str, proxy: Proxy) -> None:
    store, head = created(through)

    with store.writing():
        assert store.head("camp") == head
        digest = store.append(head.id, event(1), head.hash)
        proxy.swallow_the_answer_to_commit()

    after = store.head("camp")
    assert after is not None
    assert (after.sequence, after.hash) == (1, digest)
    store.close()


@pytest.mark.parametrize("arrives", [True, False])
def test_r17_a_commit_still_on_its_way_is_waited_for_and_not_called_lost_too_early(
    server: Server, proxy: Proxy, through: str, arrives: bool
) -> None:
    """The session whose commit has not arrived holds the right to write; whoever asks waits for the end of it."""
    url = direct(through, server, proxy)
    store, head = created(through)
    witness = open_store(url, create=False)

    def later() -> None:
        while not server.ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", url):
            pass
        proxy.pass_on() if arrives else proxy.forget()

    thread = threading.Thread(target=later)
    with ExitStack() as stack:
        if not arrives:
            stack.enter_context(pytest.raises(StoreLost))
        with store.writing():
            assert store.head("camp") == head
            digest = store.append(head.id, event(1), head.hash)
            proxy.hold_the_next_request()
            thread.start()
    thread.join()

    assert witness.hash_of(head.id, 1) == (digest if arrives else None)
    store.close()
    witness.close()


def test_a_connection_lost_between_two_transactions_is_replaced_without_a_word(server: Server) -> None:
    url = server.fresh()
    store, head = created(url)
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    for _ in range(2):
        assert server.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}", url) == [
            (True,)
        ]
        with store.reading():
            assert store.head("camp") == head

    assert server.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}", url) == [(True,)]
    with store.writing():
        store.append(head.id, event(1), head.hash)
    assert len(list(store.events(head.id))) == 1
    store.close()
