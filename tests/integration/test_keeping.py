"""Backups while others write, restored copies, and copies from one engine to the other."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.domain.guards import ReasonNeeded
from campaignflow.services.documents import Document, attach
from campaignflow.services.errors import (
    BackupUnsound,
    CampaignMissing,
    CampaignsThere,
    CampaignThere,
    CopyUnsound,
    DatabaseDamaged,
    FileIsDatabase,
    FileThere,
    FileUnusable,
    NotRestored,
    NotYourStep,
    ServerHoldsCampaigns,
)
from campaignflow.services.keeping import is_held
from campaignflow.store import backup, copying
from campaignflow.store.errors import LogAlone, StoreDamaged, StoreFull, StoreMissing
from campaignflow.store.opening import open_store
from tests.support.children import at_once, start, take_turns
from tests.support.pgserver import ENGINES, everywhere, postgres_url
from tests.support.plans import moment, open_2020, open_workshop

KEY = "to-chuc-tuan-le/cao-loc"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody has made yet."""
    return everywhere(tmp_path / "original", request.param)


@pytest.fixture
def campaign(database: str, tmp_path: Path) -> Iterator[Campaign]:
    """The campaign of 2020 with a file, in a database with another campaign."""
    open_workshop(database).close()
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"\0%PDF" * 1000)
    with Campaign.open(database=database, campaign="lltweek2020") as made:
        open_2020(database).close()
        document = Document(number="98/BC-UBND", attachments=(attach(paper),))
        made.advance(KEY, "submit", document=document, now=moment("2020-10-24 08:00"))
        yield made


def opened(database: str, campaign: str = "lltweek2020") -> Campaign:
    return Campaign.open(database=database, campaign=campaign)


def file_url(path: Path) -> str:
    return f"sqlite:///{path}"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- backing up


def test_a_backup_holds_every_campaign_with_its_head(campaign: Campaign, tmp_path: Path) -> None:
    done = campaign.backup(tmp_path / "b.db")

    assert done.file == tmp_path / "b.db"
    assert done.size == done.file.stat().st_size
    assert [(one.campaign, one.events) for one in done.campaigns] == [("workshop", 1), ("lltweek2020", 9)]
    assert done.campaigns[1].head == campaign.head()
    with opened(file_url(done.file)) as copy:
        assert copy.verify(expect=campaign.head()).ok
        assert copy.status(now=moment("2020-10-25")).totals == campaign.status(now=moment("2020-10-25")).totals


def test_a_backup_is_one_file_that_only_its_owner_reads(campaign: Campaign, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    done = campaign.backup(folder / "b.db")

    assert files(folder) == ["b.db"]
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("engine", ENGINES)
def test_backups_are_taken_while_others_write_and_nobody_is_kept_waiting(engine: str, tmp_path: Path) -> None:
    """Each is of one instant of the original: its head is in the chain that goes on."""
    url = everywhere(tmp_path / "original", engine)
    open_2020(url).close()
    with opened(url) as original:
        keys = [line.facts.key for line in original.status().lines]
        children = [start(take_turns, url, keys[number:], 25) for number in range(3)]
        for _, connection in children:
            assert connection.recv() == "ready"
        for _, connection in children:
            connection.send("go")
        heads: list[str] = []
        while not all(connection.poll() for _, connection in children) and len(heads) < 500:
            heads.append(original.backup(tmp_path / f"{len(heads)}.db").campaigns[0].head)
        met = [connection.recv() for _, connection in children]
        for process, connection in children:
            process.join()
            connection.close()

        assert met == [[], [], []]
        assert len(set(heads)) > 1, "nothing was written between the first backup and the last"
        for number, head in list(enumerate(heads))[:: max(1, len(heads) // 4)]:
            assert original.verify(expect=head).ok
            with opened(file_url(tmp_path / f"{number}.db")) as copy:
                assert copy.verify(expect=head).ok


def test_a_backup_ends_although_somebody_writes_between_any_two_of_its_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 1)
    with open_2020(file_url(tmp_path / "o.db")) as original, opened(file_url(tmp_path / "o.db")) as writer:
        before = original.head()
        written = []

        def write(done: int, total: int) -> None:
            written.append(writer.acknowledge(KEY, now=moment("2020-09-22 08:00")))

        done = original.backup(tmp_path / "b.db", progress=write)

        assert len(written) > 20
        assert done.campaigns[0].head == before
        assert original.history()[-1].sequence == len(written) + 2


def test_a_backup_takes_no_files_place_unless_it_is_told_to(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "b.db").write_text("precious")

    with pytest.raises(FileThere):
        campaign.backup(tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "precious"
    campaign.backup(tmp_path / "b.db", force=True)
    with opened(file_url(tmp_path / "b.db")) as copy:
        assert copy.verify().ok


def test_a_backup_never_takes_the_databases_place(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        (tmp_path / "link.db").symlink_to(tmp_path / "o.db")
        for name in ("o.db", "link.db"):
            with pytest.raises(FileIsDatabase):
                original.backup(tmp_path / name, force=True)
        assert original.verify().ok


def test_a_backup_into_a_folder_that_is_not_there_is_refused(campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(FileUnusable):
        campaign.backup(tmp_path / "none" / "b.db")
    with pytest.raises(FileThere):
        campaign.backup(tmp_path, force=True)


def test_of_a_backup_that_is_broken_off_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "PAGES", 5)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "b.db").write_text("the one of yesterday")
    with open_2020(file_url(tmp_path / "o.db")) as original:

        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            original.backup(folder / "b.db", force=True, progress=stop)
        assert files(folder) == ["b.db"]
        assert (folder / "b.db").read_text() == "the one of yesterday"
        assert original.backup(folder / "b.db", force=True).campaigns[0].events == 2


def test_a_disk_that_is_full_leaves_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: what was begun is taken away again."""
    connect = sqlite3.connect

    def small(place: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(place, **options)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    folder = tmp_path / "backups"
    folder.mkdir()
    with open_2020(file_url(tmp_path / "o.db")) as original:
        monkeypatch.setattr(sqlite3, "connect", small)
        with pytest.raises(StoreFull) as caught:
            original.backup(folder / "b.db")
    assert caught.value.data["database"] == str(folder / "b.db")
    assert files(folder) == []


def test_no_backup_is_made_of_a_journal_that_somebody_changed(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        changed = sqlite3.connect(tmp_path / "o.db")
        changed.execute("UPDATE journal SET body = replace(body, 'so-gddt', 'so-xdxd') WHERE sequence = 1")
        changed.commit()
        changed.close()

        with pytest.raises(CopyUnsound) as caught:
            original.backup(tmp_path / "b.db")
    assert "event 1 was changed" in caught.value.text()
    assert not (tmp_path / "b.db").exists()


def test_a_database_that_is_not_there_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Campaign.open(database=file_url(tmp_path / "o.db")).backup(tmp_path / "b.db")
    assert files(tmp_path) == []


# --- restoring


def test_r18_an_old_backup_that_is_started_beside_the_original_is_known_for_a_copy(
    campaign: Campaign, database: str, tmp_path: Path
) -> None:
    """R18: both run on; the copy says what it is, and the later head of the original is not in it."""
    done = campaign.backup(tmp_path / "b.db")
    campaign.advance(KEY, "accept", now=moment("2020-10-26 08:00"))
    later = campaign.head()
    with opened(file_url(tmp_path / "c" / "copy.db")) as copy:
        restored = copy.restore(tmp_path / "b.db")
        copy.advance(KEY, "return", reason="again", now=moment("2020-10-26 09:00"))

        assert restored.campaigns == done.campaigns
        assert (copy.restored, campaign.restored) == (done.campaigns[1].head, None)
        for one, other in ((campaign, copy), (copy, campaign)):
            assert one.verify(expect=done.campaigns[1].head).ok
            assert one.verify(expect=one.head()).ok
            assert not one.verify(expect=other.head()).ok
        assert not copy.verify(expect=later).ok


def test_r18_whatever_is_made_of_a_backup_by_hand_is_known_for_a_copy_too(campaign: Campaign, tmp_path: Path) -> None:
    """R18: the mark is in the file itself."""
    campaign.backup(tmp_path / "b.db")
    os.rename(tmp_path / "b.db", tmp_path / "campaign.db")

    with opened(file_url(tmp_path / "campaign.db")) as copy:
        assert copy.restored == campaign.head()


def test_r18_nothing_is_sent_from_a_copy_until_somebody_says_that_it_is_the_campaign(
    campaign: Campaign, tmp_path: Path
) -> None:
    """R18: saying so is an event like any other, with the head of the backup and the reason."""
    head = campaign.head()
    campaign.backup(tmp_path / "b.db")
    with opened(file_url(tmp_path / "copy.db")) as copy:
        copy.restore(tmp_path / "b.db")
        assert held(copy)
        with pytest.raises(ReasonNeeded):
            copy.confirm_restored()
        with pytest.raises(NotYourStep):
            copy.confirm_restored(actor="cao-loc", reason="ours")
        assert held(copy)

        event = copy.confirm_restored(reason="the old server burnt", now=moment("2020-10-24 08:30"))

        assert not held(copy)
        assert (event.kind, event.key, event.reason) == ("restored", None, "the old server burnt")
        assert event.data == {"head": head, "sequence": 9}
        assert (copy.restored, copy.verify().ok) == (None, True)
        with pytest.raises(NotRestored):
            copy.confirm_restored(reason="again")
        assert not held(campaign)


def held(campaign: Campaign) -> bool:
    with campaign._reading() as (store, running):
        return is_held(store, running)


def test_a_closed_campaign_that_was_restored_can_be_confirmed(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original.close_campaign(force=True, reason="over", now=moment("2020-12-01 08:00"))
        original.backup(tmp_path / "b.db")
    with opened(file_url(tmp_path / "copy.db")) as copy:
        copy.restore(tmp_path / "b.db")
        copy.confirm_restored(reason="the archive", now=moment("2020-12-02 08:00"))
        assert copy.running().closed is not None
        assert copy.verify().ok


def test_where_campaigns_are_nothing_is_restored_unless_they_may_be_put_aside(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        done = original.backup(tmp_path / "b.db")
        original.acknowledge(KEY, now=moment("2020-09-22 08:00"))
        lost = original.head()
        with pytest.raises(CampaignsThere):
            original.restore(tmp_path / "b.db")
        assert original.head() == lost

        restored = original.restore(tmp_path / "b.db", force=True, now=moment("2020-09-23 08:00"))

        assert restored.aside == tmp_path / "o-20200923T010000Z.db"
        assert original.head() == done.campaigns[0].head
        assert original.verify().ok
        with opened(file_url(restored.aside)) as aside:
            assert (aside.head(), aside.verify().ok) == (lost, True)
        again = original.restore(tmp_path / "b.db", force=True, now=moment("2020-09-23 08:00"))
        assert again.aside == tmp_path / "o-20200923T010000Z-2.db"


def test_whoever_has_the_database_open_goes_on_in_what_was_restored(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original, opened(file_url(tmp_path / "o.db")) as other:
        original.backup(tmp_path / "b.db")
        other.acknowledge(KEY, now=moment("2020-09-22 08:00"))
        original.restore(tmp_path / "b.db", force=True)
        other.acknowledge(KEY, now=moment("2020-09-22 09:00"))

        assert len(original.history()) == len(other.history()) == 3
        assert original.verify().ok


def test_a_database_that_is_damaged_is_put_aside_as_it_is(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        done = original.backup(tmp_path / "b.db")
    (tmp_path / "o.db").write_bytes(b"spoilt " * 1000)
    with opened(file_url(tmp_path / "o.db")) as campaign:
        with pytest.raises(DatabaseDamaged):
            campaign.restore(tmp_path / "b.db")

        restored = campaign.restore(tmp_path / "b.db", force=True)

        assert restored.aside is not None
        assert restored.aside.read_bytes() == b"spoilt " * 1000
        assert campaign.head() == done.campaigns[0].head


def test_a_log_whose_database_is_gone_is_thrown_away_by_nobody(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original.backup(tmp_path / "b.db")
    (tmp_path / "o.db").unlink()
    (tmp_path / "o.db-wal").write_bytes(b"steps that are nowhere else")
    with pytest.raises(LogAlone):
        open_2020(file_url(tmp_path / "o.db"))
    with opened(file_url(tmp_path / "o.db")) as campaign:
        with pytest.raises(LogAlone):
            campaign.restore(tmp_path / "b.db")
        restored = campaign.restore(tmp_path / "b.db", force=True)
        assert Path(f"{restored.aside}-wal").read_bytes() == b"steps that are nowhere else"
        assert campaign.verify().ok


def test_on_a_server_a_backup_is_restored_into_an_empty_database_alone(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        done = original.backup(tmp_path / "b.db")
    url = postgres_url()
    with opened(url) as campaign:
        campaign.restore(tmp_path / "b.db")
        assert (campaign.head(), campaign.restored) == (done.campaigns[0].head, done.campaigns[0].head)
        assert campaign.verify().ok
        with pytest.raises(ServerHoldsCampaigns) as caught:
            campaign.restore(tmp_path / "b.db", force=True)
        assert "createdb" in caught.value.advice()
        campaign.confirm_restored(reason="moved")
        assert campaign.restored is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_what_is_no_backup_is_refused_before_anything_is_touched(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(content)
    with open_2020(file_url(tmp_path / "o.db")) as original:
        before = original.head()
        with pytest.raises(BackupUnsound):
            original.restore(tmp_path / "b.db", force=True)
        assert original.head() == before
    assert files(tmp_path) == ["b.db", "o.db"]
    assert (tmp_path / "b.db").read_bytes() == content


def test_a_backup_whose_journal_was_changed_is_refused(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original.backup(tmp_path / "b.db")
        changed = sqlite3.connect(tmp_path / "b.db")
        changed.execute("UPDATE journal SET hash = replace(hash, 'a', 'b') WHERE sequence = 2")
        changed.commit()
        changed.close()
        with pytest.raises(BackupUnsound) as caught:
            original.restore(tmp_path / "b.db", force=True)
    assert "event 2 was changed" in caught.value.text()


def test_a_backup_that_is_not_there_or_is_the_database_is_refused(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        with pytest.raises(FileUnusable):
            original.restore(tmp_path / "none.db")
        with pytest.raises(FileIsDatabase):
            original.restore(tmp_path / "o.db", force=True)
        assert original.verify().ok


def test_a_database_that_was_copied_by_hand_while_it_was_open_is_restored_with_its_log(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original.acknowledge(KEY, now=moment("2020-09-22 08:00"))
        for end in ("", "-wal"):
            (tmp_path / f"hand.db{end}").write_bytes((tmp_path / f"o.db{end}").read_bytes())
        with opened(file_url(tmp_path / "c.db")) as copy:
            copy.restore(tmp_path / "hand.db")
            assert copy.head() == original.head()
    assert "hand.db-shm" not in files(tmp_path)


def restore_and_die(connection: Connection, url: str, file: Path, word: int) -> None:
    """Restores over a database, and is killed at the word on the progress of that number."""
    copying.EVERY = 20
    count = 0

    def told(done: int, total: int) -> None:
        nonlocal count
        count += 1
        if count > word:
            os.kill(os.getpid(), signal.SIGKILL)

    with opened(url) as campaign:
        campaign.restore(file, force=True, progress=told)
    connection.send("done")


def test_r1_a_restoring_that_is_killed_leaves_what_was_there(tmp_path: Path) -> None:
    """R1: the old campaign or the restored one, at whatever row the kill came."""
    url = file_url(tmp_path / "o.db")
    with open_2020(url) as original:
        original.backup(tmp_path / "b.db")
        original.acknowledge(KEY, now=moment("2020-09-22 08:00"))
        before = original.head()
    for word in (0, 3, 6, 8):
        process, connection = start(restore_and_die, url, tmp_path / "b.db", word)
        process.join()
        connection.close()
        assert process.exitcode == -signal.SIGKILL
        with opened(url) as campaign:
            assert (campaign.head(), campaign.restored, campaign.verify().ok) == (before, None, True)


# --- copying


def test_the_tables_that_are_copied_are_those_of_the_schema_with_all_their_columns() -> None:
    connection = open_store("sqlite://", create=True)._connection
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}

    assert {table.name: {table.campaign, *table.columns} for table in copying.TABLES} == found


def test_a_table_is_copied_after_those_that_it_refers_to() -> None:
    connection = open_store("sqlite://", create=True)._connection
    order = [table.name for table in copying.TABLES]
    for name in order:
        for row in connection.execute(f"PRAGMA foreign_key_list({name})"):
            assert order.index(row[2]) < order.index(name)


@pytest.mark.parametrize("to", ENGINES)
def test_every_campaign_is_copied_to_either_engine_and_is_the_same_there(
    campaign: Campaign, to: str, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    url = everywhere(tmp_path / "elsewhere", to)
    done = campaign.copy_to(url, progress=lambda *so_far: told.append(so_far))

    assert [(one.campaign, one.events) for one in done.campaigns] == [("workshop", 1), ("lltweek2020", 9)]
    assert {done.campaigns[1].rows[table] for table in ("blob", "campaign", "revision")} == {1}
    assert told[-1] == (sum(done.campaigns[1].rows.values()),) * 2
    with opened(url) as copy:
        assert copy.verify(expect=campaign.head()).ok
        assert (copy.head(), copy.restored) == (campaign.head(), None)
        assert copy.status(now=moment("2020-10-25")).lines == campaign.status(now=moment("2020-10-25")).lines
        assert copy.contacts() == campaign.contacts()
        copy.advance(KEY, "accept", now=moment("2020-10-26 08:00"))
        assert copy.verify().ok
    with opened(url, "workshop") as other:
        assert other.verify().ok


def test_a_copy_there_and_back_is_byte_for_byte_what_it_was(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original.advance(KEY, "submit", now=moment("2020-10-24 08:00"))
        server = postgres_url()
        original.copy_to(server)
        with opened(server) as copy:
            copy.copy_to(file_url(tmp_path / "back.db"))

    assert rows(tmp_path / "back.db") == rows(tmp_path / "o.db")


def rows(file: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(file) as connection:
        found = {
            table.name: list(connection.execute(f"SELECT * FROM {table.name} ORDER BY 1, 2"))
            for table in copying.TABLES
        }  # fmt: skip
    connection.close()
    return found


def test_one_campaign_is_copied_beside_another_that_is_there(campaign: Campaign, tmp_path: Path) -> None:
    url = file_url(tmp_path / "other.db")
    open_2020(url).close()

    with pytest.raises(CampaignThere):
        campaign.copy_to(url)
    with Campaign.open(database=url) as other:
        assert other._store().campaigns() == ["lltweek2020"], "nothing of the other campaign was copied"
    campaign.copy_to(url, campaigns=["workshop"])
    with opened(url, "workshop") as copied, opened(url) as first:
        assert copied.verify().ok
        assert first.verify().ok


def test_a_copy_onto_itself_is_refused(campaign: Campaign, database: str) -> None:
    with pytest.raises(CampaignThere):
        campaign.copy_to(database)
    assert campaign.verify().ok


def test_what_is_not_there_is_not_copied_and_no_database_is_made_for_it(campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(CampaignMissing):
        campaign.copy_to(file_url(tmp_path / "n" / "new.db"), campaigns=["nobody"])
    assert not (tmp_path / "n").exists()


@pytest.mark.parametrize("to", ENGINES)
def test_a_copy_that_differs_is_not_kept(
    campaign: Campaign, to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = everywhere(tmp_path / "new", to)
    fill: Callable[..., None] = copying._fill

    def lossy(store: Any, table: Any, found: Any) -> None:
        listed = list(found)
        fill(store, table, listed[:-1] if table.name == "contact" else listed)

    monkeypatch.setattr(copying, "_fill", lossy)
    with pytest.raises(CopyUnsound):
        campaign.copy_to(url)
    monkeypatch.undo()
    if to == "sqlite":
        assert files(tmp_path / "new") == []
    assert campaign.copy_to(url).campaigns[1].head == campaign.head()


def test_a_copy_is_of_one_instant_while_others_write(database: str, tmp_path: Path) -> None:
    open_2020(database).close()
    with opened(database) as original, opened(database) as writer:
        before = original.head()
        done = original.copy_to(
            file_url(tmp_path / "copy.db"),
            progress=lambda *_: _acknowledge(writer),
        )
        assert done.campaigns[0].head == before != original.head()


def _acknowledge(writer: Campaign) -> None:
    writer.acknowledge(KEY, now=moment("2020-09-22 08:00"))


def test_a_source_that_cannot_be_read_is_named_not_the_target(tmp_path: Path) -> None:
    with open_2020(file_url(tmp_path / "o.db")) as original:
        original._store()._connection.execute("DROP TABLE contact")
        with pytest.raises(Exception, match=r"o\.db"):
            original.copy_to(file_url(tmp_path / "copy.db"))
    assert not (tmp_path / "copy.db").exists()
    assert StoreDamaged.code == "store-damaged"


def test_entries_made_by_many_while_one_copies_are_all_in_the_original(database: str, tmp_path: Path) -> None:
    open_2020(database).close()
    with opened(database) as original:
        keys = [line.facts.key for line in original.status().lines]
        original.copy_to(file_url(tmp_path / "copy.db"))
        assert at_once(take_turns, [(database, keys, 5)] * 2) == [[], []]
        assert original.verify().ok
