"""What is drawn: everything that a round does follows from the run's seed and the round's number.

A round is one fresh database, one to four writers on it, and some dozens of kills. Each writer lives a number of lives,
one after the other; a life is a process that works until it is killed at the place that was drawn for it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRESQL)
UNAVAILABLE = 3
"""The exit code of a run where there is no PostgreSQL to be had."""

PLANS = ("roads", "workshop")
"""The ids of the plans of `deeds`."""

COMMIT_DELAY = 0.002
"""By how many seconds the server puts off the writing of a COMMIT where it is to be killed in one."""

#: `statement`: before the so-manieth statement of a write transaction; `commit`: before its COMMIT is asked for;
#: `within`: so many microseconds into the COMMIT; `after`: once the call has returned and before it is acknowledged;
#: `instant`: so many seconds after so many words of the process, whatever it is doing then.
Place = Literal["statement", "commit", "within", "after", "instant"]
_PLACES: tuple[tuple[Place, int], ...] = (
    ("statement", 26), ("commit", 12), ("within", 14), ("after", 8), ("instant", 40),
)  # fmt: skip
_EXACT: tuple[tuple[Place, int], ...] = (("statement", 60), ("commit", 25), ("after", 15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One process: what it does follows from `seed`, where it is killed from the rest."""

    number: int
    seed: str
    place: Place
    #: For `instant`: the words that are awaited first.
    words: int = 0
    #: For `instant` and `within`: how long after.
    seconds: float = 0.0
    #: In which of the write transactions of its life, from 1.
    transaction: int = 1
    #: For `statement`: before which one of the transaction, from 1; its COMMIT, if it has fewer.
    statement: int = 1
    #: Whether the database is looked at between this death and what comes next. Where it is not, the next one to open
    #: it finds it as the killed one left it.
    looked_at: bool = True
    #: Whether it waits for a server that went down during its COMMIT; who does not is in doubt at once.
    patient: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One fresh database and what befalls it."""

    seed: int
    number: int
    engine: str
    writers: int
    kills: int
    plans: tuple[str, ...]
    #: Whether nothing of it is left to the moment: one writer, killed at counted statements. Run again it gives the
    #: same journal.
    exact: bool
    #: After how many kills of writers the server itself is killed; empty where there is none, or it is spared.
    server_kills: tuple[int, ...]
    #: After how many kills everything is verified, besides at the end.
    verified_every: int

    def life(self, number: int) -> Life:
        """The life of that number, from 1."""
        chance = random.Random(f"{self.seed}:{self.number}:life:{number}")
        names, weights = zip(*(_EXACT if self.exact else _PLACES), strict=True)
        place: Place = chance.choices(names, weights)[0]
        # Now and then at once, so that a database is also killed while it is made and the plan while it is applied.
        words = chance.choice((0, 0, *range(1, 9)))
        seconds = chance.uniform(20e-6, 900e-6) if place == "within" else chance.uniform(0, 0.03)
        statements = (*range(1, 9), *range(9, 60, 10))
        return Life(
            number=number, seed=f"{self.seed}:{self.number}:deeds:{number}", place=place, words=words, seconds=seconds,
            transaction=chance.choice((1, 1, *range(2, 8))), statement=chance.choice(statements),
            looked_at=chance.random() < 0.5, patient=chance.random() < 0.7,
        )  # fmt: skip

    def server_waits(self, kill: int) -> tuple[int, float]:
        """For the so-manieth kill of the server, from 0: how many commits are let pass, and the seconds after that."""
        chance = random.Random(f"{self.seed}:{self.number}:server:{kill}")
        return chance.randint(1, 12), chance.uniform(0, 1.5 * COMMIT_DELAY)

    def replay(self, engines: str) -> str:
        """The command that runs this round again."""
        return f"python -m tests.chaos --seed {self.seed} --round {self.number} --engine {engines}"


def draw(seed: int, number: int, engines: tuple[str, ...]) -> Round:
    """The round of that number, from 0, of a run over these engines."""
    engine = engines[number % len(engines)]
    chance = random.Random(f"{seed}:{number}:{engine}")
    exact = chance.random() < 0.08
    writers = 1 if exact else chance.choice((1, 2, 2, 3, 3, 4))
    kills = chance.randint(30, 60)
    server = engine == POSTGRESQL and not exact and chance.random() < 0.3
    plans = chance.choice((("roads",), ("roads",), ("workshop",), PLANS if writers > 1 else ("roads",)))
    return Round(
        seed=seed, number=number, engine=engine, writers=writers, kills=kills, plans=plans, exact=exact,
        server_kills=tuple(sorted(chance.sample(range(3, kills - 3), chance.randint(2, 4)))) if server else (),
        verified_every=chance.choice((15, 20, 30)),
    )  # fmt: skip
