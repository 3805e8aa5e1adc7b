"""Processes of their own: for killing one, and for having many at once.

They are forked from a server that has imported everything already, so that a child begins its work at once.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from campaignflow import Campaign
from campaignflow.errors import CampaignflowError
from campaignflow.store.migrations import migrate
from campaignflow.testing import FixedClock
from tests.support.plans import moment, plan_2020, workshop

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.warm"])

Child = tuple[BaseProcess, Connection]


def start(work: Callable[..., None], *arguments: Any) -> Child:
    """Starts a process that does `work(connection, *arguments)`; gives it and our end of the connection."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=work, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def at_once(work: Callable[..., None], jobs: list[tuple[Any, ...]]) -> list[Any]:
    """Starts a process for each job, lets them all go at the same moment, and gives what each sent back."""
    children = [start(work, *job) for job in jobs]
    for _, connection in children:
        assert connection.recv() == "ready"
    for _, connection in children:
        connection.send("go")
    answers = [connection.recv() for _, connection in children]
    for process, connection in children:
        process.join()
        connection.close()
    return answers


def kill_after(child: Child, words: int, seconds: float) -> list[Any]:
    """Kills the child with SIGKILL so long after so many words of it; gives everything it had said by then."""
    process, connection = child
    said = [connection.recv() for _ in range(words)]
    process.join(timeout=seconds)
    assert process.exitcode is None, "the child ended by itself"
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    try:
        while connection.poll():
            said.append(connection.recv())
    except EOFError:
        pass
    connection.close()
    return said


# --- what children do


def work_on(connection: Connection, database: str, seed: int) -> None:
    """Applies the workshop's plan, then takes random steps for ever, telling each one's event and hash once done."""
    chance = random.Random(seed)
    with Campaign.open(database=database, now=moment("2026-02-16 08:00")) as campaign:
        campaign.apply_loaded(workshop())
        connection.send(_head(campaign))
        last = campaign.history()[-1].recorded
        clock = FixedClock(moment("2026-02-16 08:00"))
        clock.advance(minutes=(last - _micros(clock)) / 60e6)
        while True:
            clock.advance(hours=chance.choice([0, 1, 9, 30]))
            _do_something(campaign, clock, chance)
            connection.send(_head(campaign))


def _micros(clock: FixedClock) -> int:
    return round(clock.now().timestamp() * 1_000_000)


def _do_something(campaign: Campaign, clock: FixedClock, chance: random.Random) -> None:
    now = clock.now()
    line = chance.choice(campaign.status(now=now).lines)
    key = line.facts.key
    steps = campaign.show(key, now=now).allowed
    try:
        if steps and chance.random() < 0.5:
            campaign.advance(key, chance.choice(steps).trigger, reason="r", now=now)
        elif chance.random() < 0.1:
            campaign.occur("decision", now=now)
        elif chance.random() < 0.2:
            campaign.tick(now=now)
        else:
            campaign.acknowledge(key, promised=now.date(), now=now)
    except CampaignflowError:
        pass


def _head(campaign: Campaign) -> tuple[int, str]:
    with campaign._reading() as (store, running):
        head = store.head(running.key)
    assert head is not None
    return head.sequence, head.hash.hex()


def take_turns(connection: Connection, database: str, keys: list[str], rounds: int) -> None:
    """Waits for the word, then makes so many entries; sends the kinds of errors met."""
    met = []
    with Campaign.open(database=database, now=moment("2020-09-28 09:00")) as campaign:
        connection.send("ready")
        connection.recv()
        for number in range(rounds):
            try:
                campaign.acknowledge(keys[number % len(keys)])
            except Exception as error:  # noqa: BLE001
                met.append(f"{type(error).__name__}: {error}")
        connection.send(met)


def take_the_same(connection: Connection, database: str, keys: list[str], trigger: str) -> None:
    """Waits for the word, then takes one step of each assignment; sends what became of each try."""
    with Campaign.open(database=database, now=moment("2020-09-28 09:00")) as campaign:
        connection.send("ready")
        connection.recv()
        outcomes = []
        for key in keys:
            try:
                campaign.advance(key, trigger)
                outcomes.append("taken")
            except Exception as error:  # noqa: BLE001
                outcomes.append(type(error).__name__)
        connection.send(outcomes)


def apply_plan(connection: Connection, database: str) -> None:
    """Waits for the word, then applies the plan of 2020; sends whether it changed anything."""
    connection.send("ready")
    connection.recv()
    try:
        with Campaign.open(database=database, now=moment("2020-09-21 08:00")) as campaign:
            connection.send(campaign.apply_loaded(plan_2020()).changed)
    except Exception as error:  # noqa: BLE001
        connection.send(f"{type(error).__name__}: {error}")


def migrate_and_die(connection: Connection, path: Path, statement: int) -> None:
    """Brings a new database to this release's schema, and is killed before the statement of that number."""
    database = sqlite3.connect(path, isolation_level=None)
    count = 0

    def traced(text: str) -> None:
        nonlocal count
        count += 1
        if count > statement:
            os.kill(os.getpid(), signal.SIGKILL)

    database.execute("PRAGMA journal_mode = WAL")
    database.set_trace_callback(traced)
    migrate(database, str(path))
    connection.send(count)


def migrate_postgres_and_die(connection: Connection, url: str, journey: int) -> None:
    """Opens a database on a server, and is killed before it turns to the server for the time of that number."""
    from campaignflow.store.opening import open_store
    from campaignflow.store.wire import Link

    wait, count = Link.wait, 0

    def counted(link: Link, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count > journey:
            os.kill(os.getpid(), signal.SIGKILL)
        return wait(link, *arguments, **options)

    Link.wait = counted  # type: ignore[method-assign, assignment]
    open_store(url, create=True).close()
    connection.send(count)
