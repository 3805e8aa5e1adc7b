"""Damaged on purpose: edited rows, cut tails, files that are no database or a later one."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.domain.journal import Break, check_chain
from campaignflow.store import migrations as migrating
from campaignflow.store.errors import DatabaseUnknown, StoreDamaged, StoreFailed, StoreMissing, StoreNewer
from campaignflow.store.migrations import migrations
from campaignflow.store.opening import open_store
from campaignflow.store.sqlite import SqliteStore
from campaignflow.testing import SAMPLE_ISSUED, open_sample
from tests.support.commands import Commands
from tests.support.plans import moment, open_workshop
from tests.support.steps import take

COLUMNS = ("sequence", "kind", "subject", "recorded", "body", "hash")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign of ten events on a file, all of it checkpointed."""
    path = tmp_path_factory.mktemp("pristine") / "campaign.db"
    with open_workshop(f"sqlite:///{path}") as campaign:
        take(campaign, "2026-02-20", "hold/ash", "register", actor="ash", note="có dấu")
        take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash")
        take(campaign, "2026-03-12", "hold/ash", "accept", actor="registry")
        assert (campaign.verify().ok, campaign.verify().events) == (True, 10)
    return path


@pytest.fixture
def path(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(pristine, tmp_path))


def verdict(path: Path, *statements: str, expect: str | None = None) -> tuple[bool, list[str]]:
    """What verifying says after somebody ran these statements on the file."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        found = campaign.verify(expect=expect)
    return found.ok, [fault.text() for fault in found.faults]


EDITS = {
    "another letter": "replace({0}, substr({0}, 4, 1), '~')",
    "one more letter": "{0} || 'x'",
    "nothing": "''",
    "a number": "12345678",
    "bytes that are no text": "CAST(x'fffe80' AS TEXT)",
    "bytes": "x'00ff'",
    "in capitals": "upper({0}) || '!'",
}


@pytest.mark.parametrize("sequence", [2, 4, 10])
@pytest.mark.parametrize("column", ["kind", "subject", "body", "hash", "recorded"])
@pytest.mark.parametrize("edit", EDITS)
def test_r24_whatever_is_put_into_a_column_of_the_journal_the_event_is_named(
    path: Path, sequence: int, column: str, edit: str
) -> None:
    """R24: no value makes verifying fail, and each is found."""
    value = EDITS[edit].format(column) if column != "recorded" else f"recorded + {len(edit)}"

    ok, faults = verdict(path, f"UPDATE journal SET {column} = {value} WHERE sequence = {sequence}")

    assert not ok
    assert any(f"event {sequence} " in fault for fault in faults), faults


def events_of(path: Path) -> list[tuple[int, bytes, bytes]]:
    """Sequence, bytes and hash of every event."""
    store = SqliteStore.open(path)
    with store.reading():
        found = list(store.chain(1))
    store.close()
    return found


def test_r24_whichever_bit_of_an_event_is_flipped_the_chain_breaks_at_that_event_and_nowhere_else(path: Path) -> None:
    """R24: every bit of every event's bytes, and of its hash, where the next one breaks too."""
    rows = events_of(path)
    for place, (sequence, body, digest) in enumerate(rows):
        for what, content in (("body", body), ("hash", digest)):
            for bit in range(len(content) * 8):
                flipped = bytearray(content)
                flipped[bit // 8] ^= 1 << bit % 8
                row = (sequence, bytes(flipped), digest) if what == "body" else (sequence, body, bytes(flipped))
                walked = check_chain("workshop", [*rows[:place], row, *rows[place + 1 :]])
                broken = [one.sequence for one in walked if isinstance(one, Break)]
                assert broken == (
                    [sequence] if what == "body" else [sequence, sequence + 1][: 1 + (place + 1 < len(rows))]
                )


@pytest.mark.parametrize("sequence", range(1, 11))
def test_r24_a_byte_flipped_in_any_column_of_the_file_is_found_and_the_event_is_named(
    path: Path, sequence: int
) -> None:
    """R24: some bytes of each column of each event, in the database; put back, it is sound again."""
    chance = random.Random(sequence)
    with (
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection,
        Campaign.open(database=f"sqlite:///{path}") as campaign,
    ):
        for column in ("body", "hash", "kind", "subject"):
            value = connection.execute(
                f"SELECT CAST({column} AS BLOB) FROM journal WHERE sequence = ?", (sequence,)
            ).fetchone()[0]
            for place in chance.sample(range(len(value or b"")), min(len(value or b""), 12)):
                flipped = bytearray(value)
                flipped[place] ^= chance.choice([0x01, 0x20, 0x80])
                put(connection, column, bytes(flipped), sequence)
                found = campaign.verify()
                assert not found.ok
                assert any(f"event {sequence} " in fault.text() for fault in found.faults), (column, place)
            put(connection, column, value, sequence)
        assert campaign.verify().ok


def put(connection: sqlite3.Connection, column: str, value: bytes | None, sequence: int) -> None:
    """Puts a text of these bytes into a column of an event's row."""
    connection.execute(f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE sequence = ?", (value, sequence))


@pytest.mark.parametrize("kept", range(10))
def test_r24_however_much_of_the_tail_is_cut_off_the_head_written_down_is_missed(path: Path, kept: int) -> None:
    """R24: by the command too, which is what people run; an earlier head, still there, is found."""
    heads = [digest.hex() for _, _, digest in events_of(path)]

    ok, faults = verdict(path, f"DELETE FROM journal WHERE sequence > {kept}", expect=heads[-1])

    assert not ok
    assert f"the head {heads[-1]} is not in the journal" in " ".join(faults)
    if kept:
        earlier = " ".join(verdict(path, expect=heads[kept - 1])[1])
        assert "is not in the journal" not in earlier
    answer = Commands(folder=path.parent)("--database", f"sqlite:///{path}", "verify", "--expect", heads[-1])
    assert answer.code == 1
    assert heads[-1] in answer.out + answer.err


@pytest.mark.parametrize("number", ["99", "0", "-1", "'abc'", "3.5", "x'00'"])
def test_r24_an_event_under_another_number_leaves_a_gap_that_is_named(path: Path, number: str) -> None:
    """R24: whatever the number is, also one that is none."""
    ok, faults = verdict(path, f"UPDATE journal SET sequence = {number} WHERE sequence = 4")

    assert not ok
    assert "event 4 is missing" in faults


def test_r24_two_rows_that_changed_places_are_named(path: Path) -> None:
    """R24: both, since each stands where its hash does not fit."""
    ok, faults = verdict(
        path,
        "UPDATE journal SET sequence = -1 WHERE sequence = 4",
        "UPDATE journal SET sequence = 4 WHERE sequence = 5",
        "UPDATE journal SET sequence = 5 WHERE sequence = -1",
    )

    assert not ok
    assert all(any(f"event {number} " in fault for fault in faults) for number in (4, 5))


@pytest.mark.parametrize("sequence", [1, 5])
def test_r24_a_row_taken_out_is_named_as_missing_and_no_other_is_accused(path: Path, sequence: int) -> None:
    """R24: the events behind it are as they were."""
    assert verdict(path, f"DELETE FROM journal WHERE sequence = {sequence}") == (
        False, [f"event {sequence} is missing"],
    )  # fmt: skip


def test_r24_a_tail_cut_off_shows_in_what_it_left_and_by_the_head_written_down(path: Path) -> None:
    """R24: a chain that was cut is sound in itself, so the head kept elsewhere is what proves the end."""
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        head = campaign.verify().head

    ok, faults = verdict(path, "DELETE FROM journal WHERE sequence > 5", expect=head)

    assert not ok
    assert any(head in fault for fault in faults)
    assert any("hold/ash is stored otherwise" in fault for fault in faults)


def test_r24_a_tail_cut_off_with_the_rows_it_moved_is_found_by_the_head_alone(path: Path) -> None:
    """R24: whoever also puts the assignments back is caught by `--expect` and by nothing else."""
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        campaign.acknowledge("tell/press", now=moment("2026-03-13"))
        head = campaign.verify().head
    cut = (
        "DELETE FROM journal WHERE sequence = 11",
        "UPDATE assignment SET acknowledged = NULL, version = version - 1 WHERE key = 'tell/press'",
    )

    assert verdict(path, *cut) == (True, [])
    ok, faults = verdict(path, expect=head)
    assert (ok, len(faults)) == (False, 1)


def test_r24_an_emptied_journal_is_no_sound_one(path: Path) -> None:
    """R24: the assignments that are there were never given."""
    assert verdict(path, "DELETE FROM journal")[0] is False


def test_r24_an_event_added_by_hand_is_named(path: Path) -> None:
    """R24: without the hash before it nobody can make the next one by guessing."""
    ok, faults = verdict(path, "INSERT INTO journal SELECT campaign_id, 11, kind, subject, recorded, body, hash "
                               "FROM journal WHERE sequence = 10")  # fmt: skip

    assert not ok
    assert any("event 11 " in fault for fault in faults)


# --- files


@pytest.fixture
def broken(path: Path) -> Iterator[Campaign]:
    """A campaign whose file is whole at its beginning and rubbish behind it."""
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (path.stat().st_size - 8192))
    with Campaign.open(database=f"sqlite:///{path}", now=moment("2026-03-01")) as campaign:
        yield campaign


@pytest.mark.parametrize("ask", ["status", "history", "worklist", "contacts", "verify", "tick", "running"])
def test_a_file_that_is_damaged_inside_is_told_as_damaged_whatever_is_asked(broken: Campaign, ask: str) -> None:
    with pytest.raises((StoreDamaged, StoreFailed)):
        getattr(broken, ask)()


@pytest.mark.parametrize("content", [b"this is no database", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "campaign.db"
    path.write_bytes(content)

    with pytest.raises(StoreDamaged):
        open_store(f"sqlite:///{path}", create=True)

    assert path.read_bytes() == content


def test_a_database_of_a_later_release_is_refused_and_left_as_it_is(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    connection.close()

    with pytest.raises(StoreNewer) as caught, Campaign.open(database=f"sqlite:///{path}") as campaign:
        campaign.status()

    assert caught.value.data["known"] == len(migrations())
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM journal").fetchone() == (10,)
    connection.close()


def test_a_database_in_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(StoreFailed):
        open_store(f"sqlite:///{tmp_path / 'file' / 'campaign.db'}", create=True)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        open_store(f"sqlite:///{tmp_path}", create=True)


@pytest.mark.parametrize("url", ["", "campaign.db", "mysql://x", "sqlite:/x"])
def test_a_database_of_an_unknown_form_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnknown):
        open_store(url, create=True)


def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        open_store(f"sqlite:///{tmp_path / 'folder' / 'campaign.db'}", create=False)

    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_default_database_is_kept_out_of_version_control(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / '.campaignflow' / 'campaign.db'}", create=True).close()
    open_store(f"sqlite:///{tmp_path / 'other' / 'campaign.db'}", create=True).close()

    assert (tmp_path / ".campaignflow" / ".gitignore").read_text("utf-8").splitlines()[-1] == "*"
    assert not (tmp_path / "other" / ".gitignore").exists()


# --- migrations


def test_a_migration_that_fails_leaves_the_old_schema(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = (*migrations(), "CREATE TABLE more (a INTEGER);\nINSERT INTO more VALUES (1);\nNONSENSE;\n")
    monkeypatch.setattr(migrating, "migrations", lambda: later)

    with pytest.raises(StoreFailed):
        SqliteStore.open(path)

    monkeypatch.undo()
    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        assert campaign.verify().ok
        tables = campaign._store()._connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert ("more",) not in tables


def test_a_database_of_an_earlier_release_is_brought_to_this_ones_schema_with_all_it_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = (*migrations(), "CREATE TABLE more (a INTEGER);\n")
    monkeypatch.setattr(migrating, "migrations", lambda: later)

    with Campaign.open(database=f"sqlite:///{path}") as campaign:
        assert campaign.verify().ok
        assert campaign._store()._connection.execute("PRAGMA user_version").fetchone() == (len(later),)


@pytest.mark.parametrize(("table", "column"), [("duty", "body"), ("revision", "header"), ("revision", "calendar")])
def test_a_stored_text_that_somebody_spoilt_is_told_as_damage(tmp_path: Path, table: str, column: str) -> None:
    path = tmp_path / "campaign.db"
    url = f"sqlite:///{path}"
    with open_sample(url):
        pass
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = '{{spoilt'")

    with Campaign.open(database=url, now=SAMPLE_ISSUED) as campaign, pytest.raises(StoreDamaged):
        campaign.status()
