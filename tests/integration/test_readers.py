"""Readers wait for nobody and nobody fails: while a file is made, written, moved from its `-wal`, or read for long."""

from __future__ import annotations

from pathlib import Path

from campaignflow import Campaign
from campaignflow.store.sqlite import SqliteStore
from tests.support.children import apply_plan, at_once, start, take_turns
from tests.support.plans import moment, open_2020
from tests.support.takers import checkpoint_on_and_on, read_on_and_on, read_until_it_is_there

KEYS = ["tham-muu/so-gddt", "kiem-tra/so-gddt", "chi-dao-gdnn/so-ldtbxh"]


def test_r12_readers_and_writers_go_on_while_what_was_written_is_moved_into_the_database_file(tmp_path: Path) -> None:
    """R12: two who write, two who read, one who checkpoints in every way there is; nobody meets an error."""
    path = tmp_path / "campaign.db"
    database = f"sqlite:///{path}"
    open_2020(database).close()
    children = [
        start(take_turns, database, KEYS, 40), start(take_turns, database, KEYS[1:], 40),
        start(read_on_and_on, database, 10), start(read_on_and_on, database, 10),
        start(checkpoint_on_and_on, path, 80),
    ]  # fmt: skip
    for _, connection in children:
        assert connection.recv() == "ready"
    for _, connection in children:
        connection.send("go")

    met = [connection.recv() for _, connection in children]

    for process, connection in children:
        process.join()
        connection.close()
    assert met == [[]] * len(children)
    with Campaign.open(database=database) as campaign:
        assert campaign.verify().ok


def test_r12_whoever_reads_while_the_database_is_first_made_finds_none_or_all_of_it(tmp_path: Path) -> None:
    """R12: three who read from before it is there; none is told that it is locked, damaged or half there."""
    database = f"sqlite:///{tmp_path / 'folder' / 'campaign.db'}"
    readers = [start(read_until_it_is_there, database) for _ in range(3)]
    for _, connection in readers:
        assert connection.recv() == "ready"
        connection.send("go")

    assert at_once(apply_plan, [(database,)]) == [True]

    for process, connection in readers:
        assert connection.recv() <= {"missing"}
        process.join()
        connection.close()
    with Campaign.open(database=database) as campaign:
        assert campaign.verify().ok


def test_a_reader_who_stays_for_long_sees_one_state_and_holds_up_neither_writers_nor_checkpoints(
    tmp_path: Path,
) -> None:
    """What is written meanwhile waits in the `-wal`, which grows, and is moved once the reader has gone."""
    path = tmp_path / "campaign.db"
    with open_2020(f"sqlite:///{path}") as writer:
        reader, sweeper = SqliteStore.open(path, wait=0), SqliteStore.open(path, wait=0)
        with reader.reading():
            head = reader.head("lltweek2020")
            sizes = []
            for number in range(60):
                writer.acknowledge(KEYS[number % 3], reason="x" * 40_000, now=moment("2020-09-28"))
                sizes.append(path.with_name("campaign.db-wal").stat().st_size)
                if number % 10 == 0:
                    sweeper._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            assert reader.head("lltweek2020") == head
            assert sizes == sorted(sizes)
            assert sizes[-1] > 4_096 * 600, "it was never moved away under the reader"
        after = reader.head("lltweek2020")
        assert head is not None
        assert after is not None
        assert after.sequence == head.sequence + 60
        assert sweeper._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        assert path.with_name("campaign.db-wal").stat().st_size == 0
        for store in (reader, sweeper):
            store.close()
        assert writer.verify().ok


def test_a_writer_who_stays_for_long_keeps_no_reader_waiting_who_opens_the_database_only_now(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    open_2020(f"sqlite:///{path}").close()
    writer = SqliteStore.open(path)
    with writer.writing():
        reader = SqliteStore.open(path, wait=0)
        with reader.reading():
            assert reader.campaigns() == ["lltweek2020"]
        reader.close()
    writer.close()
