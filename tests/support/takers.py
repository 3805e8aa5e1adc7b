"""Processes that do one thing at the same moment as others, and tell what they were told."""

from __future__ import annotations

import os
import signal
import sqlite3
from multiprocessing.connection import Connection
from pathlib import Path

from campaignflow import Campaign
from campaignflow.errors import CampaignflowError
from campaignflow.store.sqlite import SqliteStore
from tests.support.plans import moment
from tests.support.stubborn import deeds


def take_as(connection: Connection, database: str, key: str, trigger: str, actor: str, at: str) -> None:
    """Waits for the word, then takes one step; sends its event's sequence, or the error's code, text and data."""
    with Campaign.open(database=database, now=moment(at)) as campaign:
        campaign.running()
        connection.send("ready")
        connection.recv()
        try:
            taken = campaign.advance(key, trigger, actor=actor)
        except CampaignflowError as error:
            connection.send((error.code, error.text(), error.data))
        else:
            connection.send((taken.sequence,))


def do_and_die(connection: Connection, path: Path, number: int, statement: int) -> None:
    """Does the deed with that number on a database, and is killed before its statement with that one."""
    count = 0

    def traced(_: str) -> None:
        nonlocal count
        count += 1
        if count > statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with Campaign.open(database=f"sqlite:///{path}", now=moment("2026-02-16 08:00")) as campaign:
        store = campaign._store(create=True)
        assert isinstance(store, SqliteStore)
        store._connection.set_trace_callback(traced)
        list(deeds())[number](campaign)
        store._connection.set_trace_callback(None)
    connection.send(count)


def read_on_and_on(connection: Connection, database: str, rounds: int) -> None:
    """Waits for the word, then reads so many times, opening the database anew for every fourth; sends the errors."""
    met = []
    connection.send("ready")
    connection.recv()
    for number in range(rounds):
        try:
            with Campaign.open(database=database, now=moment("2020-10-26")) as campaign:
                for _ in range(4):
                    assert campaign.status().totals.assignments == 41
                if number % 5 == 0:
                    assert campaign.verify().ok
        except Exception as error:  # noqa: BLE001
            met.append(f"{type(error).__name__}: {error}")
    connection.send(met)


def checkpoint_on_and_on(connection: Connection, path: Path, rounds: int) -> None:
    """Waits for the word, then moves what was written into the database file so many times; sends the errors."""
    met = []
    database = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.send("ready")
    connection.recv()
    for number in range(rounds):
        try:
            database.execute(f"PRAGMA wal_checkpoint({['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'][number % 4]})")
        except sqlite3.Error as error:
            met.append(str(error))
    database.close()
    connection.send(met)


def read_until_it_is_there(connection: Connection, database: str) -> None:
    """Waits for the word, then reads until the campaign is there; sends the kinds of errors met before."""
    met = set()
    connection.send("ready")
    connection.recv()
    while not connection.poll():  # told to give up
        try:
            with Campaign.open(database=database, now=moment("2020-10-26")) as campaign:
                assert campaign.status().totals.assignments == 41
                break
        except Exception as error:  # noqa: BLE001
            met.add(f"{type(error).__name__}: {error}" if "Missing" not in type(error).__name__ else "missing")
    connection.send(met)
