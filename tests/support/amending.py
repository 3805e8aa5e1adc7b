"""Processes that amend a plan: for having several do so at once."""

from __future__ import annotations

from multiprocessing.connection import Connection

from campaignflow import Campaign
from tests.support.course import texts
from tests.support.plans import WORKSHOP, moment

NOW = "2026-03-04 09:00"


def amend_once(connection: Connection, database: str, day: str) -> None:
    """Waits for the word, then gives the districts until before `day`; sends the revision it made, or the error."""
    plan = texts(WORKSHOP, ("reports.results.due", {"before": day}), ("reports.summary.due", {"before": "2026-05-29"}))
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        connection.send("ready")
        connection.recv()
        try:
            applied = campaign.apply_loaded(plan)
            connection.send((applied.revision, applied.changed))
        except Exception as error:  # noqa: BLE001
            connection.send(f"{type(error).__name__}: {error}")


def step_while_amended(connection: Connection, database: str, key: str, rounds: int) -> None:
    """Waits for the word, then ticks a part on and off; sends the errors met."""
    met = []
    with Campaign.open(database=database, now=moment(NOW)) as campaign:
        connection.send("ready")
        connection.recv()
        for number in range(rounds):
            try:
                campaign.tick_part(key, "open", ticked=number % 2 == 0)
            except Exception as error:  # noqa: BLE001
                met.append(f"{type(error).__name__}: {error}")
        connection.send(met)
