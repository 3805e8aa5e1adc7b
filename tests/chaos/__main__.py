"""Kills writers at random for as long as one likes: `python -m tests.chaos --kills 10000 --seed 1`.

Ends with 1 if anything that was acknowledged is not there, or is there twice, or a database does not verify, and says
by which command that round is run again.
"""

from __future__ import annotations

import argparse
import gc
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from tests.chaos import warm
from tests.chaos.draws import ENGINES, POSTGRESQL, SQLITE, UNAVAILABLE, Round, draw
from tests.chaos.engines import Database, PostgresDatabase, SqliteFile
from tests.chaos.rounds import Runner
from tests.chaos.tally import Tally
from tests.support.pgserver import NotAvailable, Server

_EVERY_SECONDS = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the rounds that the arguments ask for; 1 if anything was lost."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the server is ended too
    engines = ENGINES if asked.engine == "both" else (asked.engine,)
    if asked.log:
        asked.log.parent.mkdir(parents=True, exist_ok=True)
    log = [sys.stderr, *([asked.log.open("a", encoding="utf-8")] if asked.log else [])]
    warm.up()
    gc.freeze()  # what is there is never collected again, so that children share it
    try:
        server = _server() if POSTGRESQL in engines else None
    except NotAvailable as error:
        print(error, file=sys.stderr)
        return UNAVAILABLE
    _say(log, f"seed {asked.seed}")
    began = time.monotonic()
    try:
        tally = _run_all(asked, engines, server, lambda text: _say(log, text))
    finally:
        if server is not None:
            server.remove()
    _say([sys.stdout, *log[1:]], tally.summary(asked.seed, time.monotonic() - began))
    return 1 if tally.failures else 0


def _server() -> Server:
    """A server that keeps what is committed. After a kill it writes everything to the disk by one call of the system
    instead of one for each of its files, of which it has a thousand."""
    return Server(durable=True, settings=("recovery_init_sync_method=syncfs",))


def _run_all(
    asked: argparse.Namespace, engines: tuple[str, ...], server: Server | None, say: Callable[[str], None]
) -> Tally:
    """Runs round after round until there were kills enough, or something was lost."""
    tally, began = Tally(), time.monotonic()
    told = began
    for drawn in _rounds(asked, engines):
        tally.add(_run(drawn, server, early=asked.acknowledge_early))
        if tally.failures:
            say(f"to run it again: {drawn.replay(asked.engine)}")
            break
        if time.monotonic() - told > _EVERY_SECONDS:
            told = time.monotonic()
            say(tally.progress(told - began))
        if tally.kills.total() >= asked.kills:
            break
    return tally


def _rounds(asked: argparse.Namespace, engines: tuple[str, ...]) -> Iterator[Round]:
    if asked.round is not None:
        yield draw(asked.seed, asked.round, engines)
        return
    number = 0
    while True:
        yield draw(asked.seed, number, engines)
        number += 1


def _run(drawn: Round, server: Server | None, *, early: bool) -> Tally:
    with TemporaryDirectory(prefix="campaignflow-chaos-") as name:
        folder = Path(name)
        if drawn.engine == SQLITE or server is None:
            database: Database = SqliteFile(folder / "campaign.db")
        else:
            database = PostgresDatabase(server, slow=bool(drawn.server_kills))
        try:
            return Runner(drawn, database, folder, early=early).run()
        finally:
            database.drop()


def _say(places: Sequence[TextIO], text: str) -> None:
    for place in places:
        print(text, file=place, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="stop after the round in which this number is reached")
    parser.add_argument(
        "--seed",
        type=int,
        default=random.randrange(10**6),
        help="everything is drawn from it; without one, another each time",
    )
    parser.add_argument("--round", type=int, help="run the round of this number alone")
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--log", type=Path, help="write progress and summary to the end of this file too")
    early = "let writers make the mistake that a run must find: to acknowledge before they commit"
    parser.add_argument("--acknowledge-early", action="store_true", help=early)
    return parser


if __name__ == "__main__":
    sys.exit(main())
