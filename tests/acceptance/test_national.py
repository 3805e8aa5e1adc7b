"""A small national campaign, made as the large one is: every command works on it, and two makings are the same."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaignflow.cli.app import SECTIONS
from campaignflow.loading.plans import load_plan
from tests.support.commands import Commands, copied

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "national.py"
AGENCIES = 500
NOW = "2024-10-18T08:00"


def national(folder: Path, *words: str) -> Path:
    """Runs the script that writes a national campaign."""
    subprocess.run([sys.executable, str(SCRIPT), str(folder), *words], check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """Some of it has moved on: steps taken, reports sent, accepted and returned, deadlines extended."""
    folder = tmp_path_factory.mktemp("national") / "plan"
    return Commands(folder=national(folder, "--agencies", str(AGENCIES), "--advance", "0.3"))


# For each command: what is run, in this order, each of which must succeed.
COMMANDS: dict[str, tuple[str, ...]] = {
    "init": ("init next --from . --dry-run", "init next --from .", "init . --xlsx"),
    "import": ("init . --xlsx", "import ke-hoach.xlsx --dry-run"),
    "check": ("check",),
    "apply": ("apply --dry-run", "apply"),
    "status": (
        "status", "status tinh-01", "status --overdue --limit 5", "status --due-within 10", "status --by agency",
        "status --by responsibility", "status --by phase", "status --by region", "status --as-of 2024-10-01",
    ),
    "worklist": ("worklist", "worklist --limit 5"),
    "show": ("show ke-hoach/tinh-01", "show tong-hop-bo/vu-gdtx"),
    "advance": ("advance ke-hoach/tinh-01 done", "advance --select responsibility=khen-thuong done --yes"),
    "part": ("part to-chuc/{unit} khai-mac",),
    "event": ("event co-yeu-cau --at 2024-10-18",),
    "open": ("open dot-xuat --for tinh-02",),
    "exempt": ("exempt khen-thuong/tinh-03 --reason Sáp-nhập",),
    "extend": ("--as bo-gddt extend khen-thuong/tinh-01 --until 2024-12-06 --reason Bão",),
    "undo": ("advance ke-hoach/tinh-01 done", "undo ke-hoach/tinh-01 --reason Nhầm"),
    "submit": ("submit tong-hop-huyen/huyen-01-01", "submit tong-hop-tinh/tinh-01"),
    "return": ("submit tong-hop-tinh/tinh-01", "--as bo-gddt return tong-hop-tinh/tinh-01 --reason Thiếu"),
    "accept": ("submit tong-hop-tinh/tinh-01", "--as bo-gddt accept tong-hop-tinh/tinh-01"),
    "acknowledge": ("acknowledge tong-hop-huyen/huyen-01-01 --promised 2024-10-24",),
    "delegate": ("delegate khen-thuong/tinh-01 --to tinh-02 --from 2024-10-18 --until 2024-10-30",),
    "confirm": ("confirm cac-truong",),
    "contacts": ("contacts list",),
    "history": ("history", "history to-chuc/{unit}"),
    "verify": ("verify",),
    "export": ("export out",),
    "close": ("close --yes --reason Xong",),
    "backup": ("backup kept.db",),
    "restore": ("backup kept.db", "--database sqlite:///again.db restore kept.db"),
    "copy": ("copy --to sqlite:///other.db",),
    "doctor": ("doctor",),
    "demo": (),
    "completion": (),
}  # fmt: skip
"""`demo` brings a plan of its own, and `completion` needs none."""


def test_every_command_is_run_on_the_national_campaign():
    names = {entry.name for section in SECTIONS for entry in section.entries}
    assert names == COMMANDS.keys()


@pytest.mark.parametrize("name", [name for name, lines in COMMANDS.items() if lines])
def test_a_command_works_on_a_national_campaign(campaign: Commands, tmp_path: Path, name: str):
    commands = copied(campaign, tmp_path / "plan")
    unit = returned(commands)
    for words in COMMANDS[name]:
        answer = commands(*words.format(unit=unit).split(), now=NOW)
        assert answer.code == 0, f"{words}: {answer.out}{answer.err}"
    assert commands.json("verify")["ok"]


def returned(commands: Commands) -> str:
    """A unit whose report was sent back."""
    rows = commands.json("status", "--limit", "5000", now=NOW)["assignments"]
    sent = (row for row in rows if row["responsibility"] == "to-chuc" and row["state"] == "returned")
    return str(next(sent)["agency"])


def test_every_agency_below_the_ministry_owes_five_duties(campaign: Commands):
    groups = campaign.json("status", "--by", "agency", now=NOW)["groups"]
    owed = Counter(group["assignments"] for group in groups if group["group"] not in (None, "vu-gdtx"))
    assert owed == {5: AGENCIES}
    assert campaign.json("status", now=NOW)["totals"]["assignments"] == 5 * AGENCIES + 2


def test_it_has_assignments_in_many_states_and_deadlines_of_many_standings(campaign: Commands):
    status = campaign.json("status", "--limit", "5000", now=NOW)
    states = {row["state"] for row in status["assignments"]}
    assert states >= {"open", "completed", "returned", "collecting", "summarizing"}
    standings = {name for name, count in status["totals"]["by_standing"].items() if count}
    assert standings >= {"done_on_time", "done_late", "overdue", "due_soon", "in_time"}


def test_the_regions_of_a_national_campaign_are_its_provinces_and_nothing_is_left_out(campaign: Commands):
    groups = campaign.json("status", "--by", "region", now=NOW)["groups"]
    assert [group["group"] for group in groups if group["group"]] == ["tinh-01", "tinh-02", "tinh-03"]
    assert sum(group["assignments"] for group in groups) == 5 * AGENCIES + 2


def rows(folder: Path) -> Iterator[dict[str, str]]:
    with (folder / "roster.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_the_same_number_and_seed_give_the_same_files_and_another_seed_gives_others(tmp_path: Path):
    first, second = (national(tmp_path / name, "--agencies", "120") for name in ("a", "b"))
    other = national(tmp_path / "c", "--agencies", "120", "--seed", "7")
    for name in ("plan.yaml", "roster.csv", "contacts.csv"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert (first / "roster.csv").read_bytes() != (other / "roster.csv").read_bytes()


def test_a_campaign_of_the_size_of_the_country_has_63_provinces_and_is_read_without_an_error(tmp_path: Path):
    folder = national(tmp_path / "plan", "--agencies", "16000")
    found = Counter(row["kind"] for row in rows(folder))
    assert (found["province"], found.total()) == (63, 16_000)
    assert found["school"] > found["commune"] > found["district"] > found["province"]
    loaded = load_plan(folder / "plan.yaml")
    assert [finding.code for finding in loaded.findings] == ["contact-missing"]
    assert len(loaded.plan.agencies) == 16_002
