"""The power is cut: whatever the disk holds then, the product opens it, and what was acknowledged is there.

Every call on the files is recorded while the work is done; tests/support/crash_images.py puts together what a disk
could hold behind each of them.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaignflow.store.migrations import migrations
from campaignflow.store.sqlite import SqliteStore
from tests.support.crash_images import Examined, Recording, examine, put_down
from tests.support.old_schema import age, columns_of, make_full, rows_of, schema_of
from tests.support.plans import open_workshop
from tests.support.system_calls import Said, Sync

DATABASE = "campaign.db"
pytestmark = pytest.mark.needs("strace")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a campaign that was applied and closed."""
    path = tmp_path_factory.mktemp("pristine") / DATABASE
    open_workshop(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """The folder whose calls are recorded."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder for images, in memory where the machine has such: thousands of them are opened and thrown away."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def recorded(disk: Path, work: str, *mode: str, database: str = DATABASE) -> Recording:
    """Does a piece of work in a process of its own."""
    recording = Recording.of(disk, "-m", "tests.support.crash_work", work, str(disk / database), *mode)
    assert recording.image(len(recording.calls)) == recording.after, "a call on the files was overlooked"
    return recording


def assert_sound(examined: Examined, *, images: int, states: int) -> None:
    """Nothing is wrong with any image; so many different ones at least were opened, and every state of the run met."""
    assert examined.faults == []
    assert examined.images >= images
    assert sorted(examined.states) == list(range(states + 1))


@pytest.mark.parametrize(
    ("work", "acknowledged", "images"),
    [("steps", 4, 200), ("many-steps", 6, 200), ("amendment", 2, 120), ("clock", 2, 70)],
)
def test_r13_whatever_a_power_cut_leaves_of_a_step_opens_and_has_what_was_acknowledged(
    disk: Path, room: Path, pristine: bytes, work: str, acknowledged: int, images: int
) -> None:
    """R13: behind every write and at every sync boundary; unsynced writes lost, torn, out of order; while the steps are
    taken, while what they wrote is moved into the database file, and when it is closed."""
    (disk / DATABASE).write_bytes(pristine)

    recording = recorded(disk, work)

    assert len(recording.acknowledged) == acknowledged
    assert sum(isinstance(call, Sync) for call in recording.calls) > acknowledged
    assert_sound(examine(recording, room, DATABASE), images=images, states=acknowledged)


def test_r13_whatever_a_power_cut_leaves_of_the_first_apply_is_the_campaign_or_none(disk: Path, room: Path) -> None:
    """R13: also the names of the file and of its folder are on the disk when the plan is said to be applied."""
    database = ".campaignflow/campaign.db"

    recording = recorded(disk, "apply", database=database)

    assert_sound(examine(recording, room, database), images=400, states=2)


def test_r13_whatever_a_power_cut_leaves_of_the_command_opens_and_has_the_step_once_it_was_printed(
    disk: Path, room: Path, pristine: bytes
) -> None:
    """R13: the installed command, from its start to its end."""
    (disk / DATABASE).write_bytes(pristine)
    words = ["advance", "hold/ash", "register", "--as", "ash", "--json", "--now", "2026-02-20T09:00:00+07:00"]

    recording = Recording.of(disk, "-m", "campaignflow", "--database", f"sqlite:///{disk / DATABASE}", *words)

    assert '"sequence": ' in "".join(call.text for call in recording.calls if isinstance(call, Said))
    assert_sound(examine(recording, room, DATABASE), images=60, states=1)


@pytest.mark.parametrize("number", range(1, len(migrations())))
def test_r13_r23_whatever_a_power_cut_leaves_of_a_migration_is_the_old_schema_or_the_new(
    disk: Path, room: Path, tmp_path: Path, number: int
) -> None:
    """R13, R23: every row is there in each of them, and the product brings each to its own schema."""
    full, seen = tmp_path / "full.db", room / "seen.db"
    make_full(full)
    schemas = {}
    for old in range(number, len(migrations()) + 1):
        age(full, tmp_path / f"{old}.db", old)
        schemas[old] = schema_of(tmp_path / f"{old}.db")
    (disk / DATABASE).write_bytes((tmp_path / f"{number}.db").read_bytes())
    before = rows_of(disk / DATABASE)
    recording = recorded(disk, "migrate")
    after, met = rows_of(disk / DATABASE), Counter[int]()

    for count, image in recording.images():
        put_down(room, image)
        path = (room / DATABASE).rename(seen)  # SQLite itself looks at it first, with the `-wal` under this name
        for beside in room.glob(f"{DATABASE}-*"):
            beside.rename(beside.with_name(beside.name.replace(DATABASE, seen.name)))
        found = schema_of(path)[0]
        assert schema_of(path) == schemas[found]
        assert rows_of(path, columns_of(tmp_path / f"{number}.db")) == before
        assert found == len(migrations()) or count < recording.acknowledged[0]
        met[found] += 1

        put_down(room, image)
        SqliteStore.open(room / DATABASE).close()
        assert rows_of(room / DATABASE) == after

    assert set(met) == set(schemas)
    assert met.total() >= 100
    assert after == rows_of(full) or number == 1


@pytest.mark.parametrize("mode", ["OFF", "NORMAL"])
def test_r13_images_of_a_run_that_syncs_less_show_that_it_loses_steps(
    disk: Path, room: Path, pristine: bytes, mode: str
) -> None:
    """R13: with a weaker `synchronous` a step that was acknowledged is lost; so the images can tell."""
    (disk / DATABASE).write_bytes(pristine)

    faults = examine(recorded(disk, "steps", mode), room, DATABASE, one_fault=True).faults

    assert len(faults) == 1
    assert faults[0].endswith("state 0 instead of 1")


@pytest.mark.chaos
@pytest.mark.parametrize("work", ["apply", "steps", "many-steps", "amendment", "clock"])
def test_r13_every_single_write_lost_kept_alone_or_torn_anywhere(
    disk: Path, room: Path, pristine: bytes, work: str
) -> None:
    """R13: the long form: each tear of each write, and each call kept alone."""
    if work != "apply":
        (disk / DATABASE).write_bytes(pristine)

    examined = examine(recorded(disk, work), room, DATABASE, all_of_them=True)

    assert examined.faults == []
