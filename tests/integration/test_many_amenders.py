"""Several processes that amend one campaign at once: one after the other, and the chain stays whole."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from campaignflow import Campaign
from tests.support.amending import NOW, amend_once, step_while_amended
from tests.support.children import at_once
from tests.support.course import due
from tests.support.plans import moment, open_workshop

DAYS = ("2026-03-20", "2026-03-25", "2026-04-03", "2026-04-10")


def database_in(folder: Path) -> str:
    database = f"sqlite:///{folder / 'campaign.db'}"
    open_workshop(database).close()
    return database


def test_r12_those_who_amend_at_once_do_so_one_after_the_other(tmp_path: Path) -> None:
    """R12, R21: each makes a revision of its own; the last one runs; every one has moved the deadline once."""
    database = database_in(tmp_path)

    made = at_once(amend_once, [(database, day) for day in DAYS])

    assert sorted(made) == [(number, True) for number in (2, 3, 4, 5)]
    last = DAYS[made.index((5, True))]
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        verdict = campaign.verify()
        assert verdict.ok, [fault.text() for fault in verdict.faults]
        applied = [event.data["revision"] for event in campaign.history() if event.kind == "applied"]
        assert applied == [1, 2, 3, 4, 5]
        assert [event.sequence for event in campaign.history()] == list(range(1, verdict.events + 1))
        assert campaign.running().duties["hold"].due_version == 4
        found = due(campaign, NOW, "hold/ash")
        assert found is not None and found < last


def test_r12_of_those_who_make_the_same_amendment_at_once_one_does_and_the_others_find_it(tmp_path: Path) -> None:
    """R12, R21."""
    database = database_in(tmp_path)

    made = at_once(amend_once, [(database, DAYS[0])] * 4)

    assert sorted(made) == [(2, False), (2, False), (2, False), (2, True)]
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        assert campaign.verify().ok
        assert campaign.running().duties["hold"].due_version == 1


def test_r12_steps_and_amendments_at_once_lose_nothing_of_either(tmp_path: Path) -> None:
    """R12: whoever works on an assignment meets no error while the plan is amended under it."""
    database = database_in(tmp_path)
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        campaign.tick()

    jobs = [(database, "hold/ash", 20), (database, "hold/birch", 20)]
    met = at_once(_either, [*(("step", *job) for job in jobs), *(("amend", database, day) for day in DAYS[:2])])

    assert met[:2] == [[], []]
    assert sorted(met[2:]) == [(2, True), (3, True)]
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        assert campaign.verify().ok
        assert [event.kind for event in campaign.history()].count("part") == 40


def _either(connection: Connection, what: str, database: str, *arguments: Any) -> None:
    work = step_while_amended if what == "step" else amend_once
    work(connection, database, *arguments)
