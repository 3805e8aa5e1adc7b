"""R23 on PostgreSQL: a database is brought to this release's schema wholly or not at all."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from campaignflow.ports import ContactRow
from campaignflow.store import postgres_schema
from campaignflow.store.dialect import migration_for_postgresql, statement_for_postgresql
from campaignflow.store.errors import StoreError, StoreMissing, StoreNewer
from campaignflow.store.migrations import migrations, statements
from campaignflow.store.opening import open_store
from campaignflow.store.wire import Link
from tests.contract.test_store import created
from tests.support.children import migrate_postgres_and_die, start
from tests.support.pgserver import Server, available, postgres_url, server

JOURNEYS = 120
"""More often than this nobody turns to the server while a database is made."""

_TABLES = """
SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def url() -> str:
    return postgres_url()


@pytest.fixture
def shared() -> Server:
    return available(server)


def found_in(server: Server, url: str) -> tuple[int, list[Any]]:
    """The number of a database's schema, and its tables and indexes."""
    there = server.ask("SELECT to_regclass('campaignflow_schema') IS NOT NULL", url)[0][0]
    number = server.ask("SELECT number FROM campaignflow_schema", url) if there else []
    return number[0][0] if number else 0, server.ask(_TABLES, url) + server.ask(_INDEXES, url)


def emptied(server: Server, url: str) -> None:
    server.ask("DROP SCHEMA public CASCADE", url)
    server.ask("CREATE SCHEMA public", url)


def made_by(server: Server, url: str, number: int) -> list[Any]:
    """What the first so many migrations make."""
    emptied(server, url)
    if number:
        server.ask("CREATE TABLE campaignflow_schema (number BIGINT NOT NULL)", url)
    for script in migrations()[:number]:
        for statement in statements(migration_for_postgresql(script)):
            server.ask(statement, url)
    return found_in(server, url)[1]


def whole(server: Server, url: str) -> list[list[Any]]:
    return [made_by(server, url, number) for number in range(len(migrations()) + 1)]


def test_r23_a_process_killed_at_any_time_of_a_migration_leaves_the_old_schema_or_the_new(
    shared: Server, url: str
) -> None:
    """R23: the child dies before it turns to the server for the first time, the seventh …"""
    schemas = whole(shared, url)
    for journey in range(0, JOURNEYS, 6):
        emptied(shared, url)
        child, connection = start(migrate_postgres_and_die, url, journey)
        child.join()
        number, tables = _after_the_last_session(shared, url)
        assert tables == schemas[number], journey
        if child.exitcode == 0:
            assert number == len(migrations())
            assert connection.recv() <= journey
            break
        connection.close()
        open_store(url, create=True).close()
    else:
        pytest.fail("a database was never made")


def _after_the_last_session(server: Server, url: str) -> tuple[int, list[Any]]:
    """What is there once the server has noticed that the client is gone."""
    server.ask(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        url,
    )
    return found_in(server, url)


def test_r23_a_session_that_the_server_ends_in_a_migration_leaves_the_old_schema_or_the_new(
    shared: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R23: the server ends the session before the client asks it for the first thing, the fourth, the seventh …"""
    schemas, wait, count = whole(shared, url), Link.wait, 0

    def counted(link: Link, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        count -= 1
        if count == 0:
            shared.ask(f"SELECT pg_terminate_backend({link.info.backend_pid}, 10000)")
        return wait(link, *arguments, **options)

    monkeypatch.setattr(Link, "wait", counted)
    for journey in range(1, JOURNEYS, 3):
        emptied(shared, url)
        count = journey
        with contextlib.suppress(StoreError):
            open_store(url, create=True).close()
        number, tables = found_in(shared, url)
        assert tables == schemas[number], journey
        if count > 0:
            break
    else:
        pytest.fail("a database was never made")


def test_r23_an_old_database_is_brought_up_with_what_is_in_it(shared: Server, url: str) -> None:
    """R23: what schema 2 held is there in the newest, with the columns that count it worked out."""
    made_by(shared, url, 2)
    for statement in (
        "INSERT INTO campaignflow_schema VALUES (2)",
        "INSERT INTO campaign (id, key, revision, changed) VALUES (1, 'old', 1, 1)",
        "INSERT INTO agency (campaign_id, id, key, name, kind, region, external) VALUES (1, 1, 'ash', 'A', '', 'r', 0)",
        "INSERT INTO duty (campaign_id, id, key, body) VALUES (1, 1, 'hold', '{}')",
        """INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, done, counted, extended)
        VALUES (1, 1, 'hold/ash', 1, 1, 'done', 3, 9, 7, 'x')""",
    ):
        shared.ask(statement, url)

    store = open_store(url, create=False)

    assert store.campaigns() == ["old"]
    assert shared.ask("SELECT region, decided, single, version FROM assignment", url) == [("r", 7, 1, 3)]
    assert found_in(shared, url)[0] == len(migrations())
    store.close()


def test_a_database_of_a_later_release_is_refused(shared: Server, url: str) -> None:
    open_store(url, create=True).close()
    shared.ask("UPDATE campaignflow_schema SET number = 99", url)

    with pytest.raises(StoreNewer) as caught:
        open_store(url, create=True)

    assert caught.value.data["found"] == 99


def test_a_migration_that_fails_leaves_nothing_of_itself(
    shared: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(url, create=True).close()
    before = found_in(shared, url)
    broken = (
        *migrations(),
        "CREATE TABLE extra (id INTEGER);\nINSERT INTO extra VALUES (1);\nCREATE TABLE extra (id INTEGER);\n",
    )
    monkeypatch.setattr(postgres_schema, "migrations", lambda: broken)

    with pytest.raises(StoreError, match="extra"):
        open_store(url, create=True)

    assert found_in(shared, url) == before


def test_a_database_without_our_tables_holds_no_campaign_and_gets_none_by_being_read(shared: Server, url: str) -> None:
    shared.ask("CREATE TABLE theirs (id int)", url)
    before = found_in(shared, url)

    with pytest.raises(StoreMissing):
        open_store(url, create=False)

    assert found_in(shared, url) == before


def test_every_column_holds_what_sqlite_holds_and_text_is_compared_byte_for_byte(shared: Server, url: str) -> None:
    """Integers have 64 bits; no column's order depends on the server's locale."""
    open_store(url, create=True).close()
    kinds = {(row[2], row[3]) for row in shared.ask(_TABLES, url)}
    assert kinds == {("bigint", None), ("text", "C"), ("bytea", None)}


def test_contacts_come_in_the_same_order_on_every_server(url: str) -> None:
    store = open_store(url, create=True)
    head = created(store)
    ids = ["a", "B", "ă", "Z", "z", "đ", "e", "_", "a-b", "ab"]
    with store.writing():
        store.put_contacts(head.id, [ContactRow(id=one, agency="ash", role="clerk") for one in ids])

    assert [one.id for one in store.contacts(head.id)] == sorted(ids, key=str.encode)
    store.close()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("SELECT CAST(a.body AS BLOB), CAST(x AS INTEGER)", "SELECT convert_to(a.body, 'UTF8'), CAST(x AS BIGINT)"),
        ("key LIKE :text", "key ILIKE :text"),
        ("CAST(:key AS TEXT)", "CAST(:key AS TEXT)"),
    ],
)
def test_a_statement_is_read_in_postgresqls_words(written: str, read: str) -> None:
    assert statement_for_postgresql(written) == read


def test_a_migration_is_read_in_postgresqls_words() -> None:
    script = "-- TEXT; here\nCREATE TABLE t (\n  a INTEGER NOT NULL,\n  b TEXT,\n  c BLOB\n);"

    assert migration_for_postgresql(script).split() == (
        ["CREATE", "TABLE", "t", "(", "a", "BIGINT", "NOT", "NULL,", "b", "TEXT", "COLLATE", '"C",', "c", "BYTEA", ");"]
    )
