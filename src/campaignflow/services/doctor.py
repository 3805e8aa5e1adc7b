"""What is wrong with an installation, and what to do about it: the checks of everything but the database.

A check looks at facts that were gathered before and says one thing. It never writes, and what it could not look at it
says. The checks of the database are in `doctor_database`.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from campaignflow.domain import clock
from campaignflow.i18n import N_

Result = Literal["ok", "not_checked", "warning", "error"]
"""What a check found: nothing wrong; it could not look; something that should be put right; or must be."""

VARIABLES = (
    "CAMPAIGNFLOW_DATABASE", "CAMPAIGNFLOW_NOW", "CAMPAIGNFLOW_ACTOR", "CAMPAIGNFLOW_LANG", "CAMPAIGNFLOW_DEBUG",
)  # fmt: skip
"""The variables that the program reads."""

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)
"""The first that has everything our SQL uses."""

OLDEST_YEAR = 2026
"""A clock that stands before this release was made was never set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check found. `message` and `cure` are message ids, with fields from `data`."""

    name: str
    result: Result
    message: str
    #: What to do; empty where nothing is.
    cure: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """The plan's text as it was found."""

    file: str
    there: bool
    errors: int = 0
    warnings: int = 0
    agencies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign as it was found in the database."""

    campaign: str
    zone: str
    events: int
    #: The hash of its newest event, in hexadecimal.
    head: str
    #: When the newest event was recorded, in microseconds, and whether by a clock that somebody had set.
    recorded: int | None = None
    rehearsed: bool = False
    restored: str | None = None
    #: What is wrong with its chain: a message id, and its fields.
    broken: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the checks look at."""

    python: tuple[int, ...]
    sqlite: str
    #: The versions of optional parts; None: not installed.
    parts: Mapping[str, str | None]
    #: Whether the database is on a server.
    on_server: bool
    #: None: there is none, here or above.
    plan: PlanFacts | None
    campaigns: tuple[CampaignFacts, ...]
    environ: Mapping[str, str]
    #: The encoding of what is printed.
    encoding: str
    now: dt.datetime
    #: Whether somebody set the clock.
    set_clock: bool
    #: The version of the time zone data, and where it is from; None: there is none.
    zones: tuple[str, str] | None


def check_program(found: Surroundings) -> Check:
    """Whether Python and SQLite are recent enough."""
    data = {"python": ".".join(map(str, found.python)), "sqlite": found.sqlite}
    numbers = tuple(int(one) for one in found.sqlite.split("."))
    if found.python < OLDEST_PYTHON or numbers < OLDEST_SQLITE:
        oldest = {"oldest_python": _dotted(OLDEST_PYTHON), "oldest_sqlite": _dotted(OLDEST_SQLITE)}
        return Check(
            name="program", result="error", data={**data, **oldest},
            message=N_("Python {python} with SQLite {sqlite} is too old."),
            cure=N_("Install Python {oldest_python} or later, with SQLite {oldest_sqlite} or later."),
        )  # fmt: skip
    return Check(name="program", result="ok", message=N_("Python {python}, SQLite {sqlite}"), data=data)


def check_parts(found: Surroundings) -> Check:
    """Whether what speaks to PostgreSQL is installed, where it is needed."""
    version = found.parts.get("psycopg")
    if version is not None:
        message = N_("What speaks to PostgreSQL is installed: psycopg {version}")
        return Check(name="parts", result="ok", message=message, data={"version": version})
    if found.on_server:
        return Check(
            name="parts", result="error", message=N_("What speaks to PostgreSQL is not installed."),
            cure=N_('Install it: pip install "campaignflow[postgresql]"'),
        )  # fmt: skip
    return Check(name="parts", result="ok", message=N_("What speaks to PostgreSQL is not installed, and not needed"))


def check_plan(found: Surroundings) -> Check:
    """Whether the plan is there and reads."""
    plan = found.plan
    if plan is None:
        return Check(name="plan", result="not_checked", message=N_("There is no plan here"))
    data = {"file": plan.file, "count": plan.errors, "agencies": plan.agencies, "warnings": plan.warnings}
    if not plan.there:
        return Check(
            name="plan", result="error", message=N_("There is no plan at {file}."), data=data,
            cure=N_("Check the path given with --plan."),
        )  # fmt: skip
    if plan.errors:
        return Check(
            name="plan", result="error", data=data, message=N_("{file} cannot be applied as it is: {count} errors."),
            cure=N_("See them with `campaignflow check`."),
        )  # fmt: skip
    message = N_("{file}: agencies {agencies}, warnings {warnings}")
    return Check(name="plan", result="ok", message=message, data=data)


def check_zones(found: Surroundings) -> Check:
    """Whether the time zones of the campaigns are known."""
    if found.zones is None:
        return Check(
            name="zones", result="error", message=N_("There are no data of time zones."),
            cure=N_("Install them: pip install tzdata"),
        )  # fmt: skip
    version, source = found.zones
    for campaign in found.campaigns:
        if not _known_zone(campaign.zone):
            return Check(
                name="zones", result="error", data={"zone": campaign.zone, "version": version},
                message=N_("The data of time zones ({version}) do not have {zone}."),
                cure=N_("Install newer ones: pip install --upgrade tzdata"),
            )  # fmt: skip
    data = {"version": version, "source": source}
    return Check(name="zones", result="ok", message=N_("Data of time zones: {version} ({source})"), data=data)


def check_clock(found: Surroundings) -> Check:
    """Whether the clock can be right: it does not stand before what was recorded."""
    if found.set_clock:
        return Check(
            name="clock", result="warning", data={"now": clock.iso(found.now)},
            message=N_("The clock is set to {now}: what is written is marked as a rehearsal."),
            cure=N_("When the rehearsal is over: unset CAMPAIGNFLOW_NOW, and leave out --now."),
        )  # fmt: skip
    now = found.now.astimezone(dt.UTC)
    if now.year < OLDEST_YEAR:
        return _wrong_clock(N_("The clock stands at {now}, before this release was made."), now, now)
    for one in found.campaigns:
        if one.recorded is not None and not one.rehearsed and one.recorded > clock.to_micros(now):
            zone = ZoneInfo(one.zone) if _known_zone(one.zone) else dt.UTC
            last = clock.from_micros(one.recorded, ZoneInfo("UTC")).astimezone(zone)
            message = N_("The clock went back: it stands at {now}, and the newest event was recorded at {recorded}.")
            return _wrong_clock(message, now.astimezone(zone), last)
    return Check(name="clock", result="ok", message=N_("The clock stands at {now}"), data={"now": clock.iso(found.now)})


def _wrong_clock(message: str, now: dt.datetime, recorded: dt.datetime) -> Check:
    return Check(
        name="clock", result="error", message=message, data={"now": clock.iso(now), "recorded": clock.iso(recorded)},
        cure=N_("Set the machine's clock, and let a time server keep it (timedatectl set-ntp true)."),
    )  # fmt: skip


def check_terminal(found: Surroundings) -> Check:
    """Whether Vietnamese can be printed."""
    plain = found.encoding.lower().replace("-", "").replace("_", "")
    if plain.startswith("utf"):
        return Check(name="terminal", result="ok", message=N_("Text is printed in {encoding}"),
                     data={"encoding": found.encoding})  # fmt: skip
    return Check(
        name="terminal", result="warning", data={"encoding": found.encoding or "?"},
        message=N_("Text is printed in {encoding}, which does not have all letters: marks are left out."),
        cure=N_("Use a terminal in UTF-8, for example with LANG=C.UTF-8."),
    )  # fmt: skip


def check_restored(found: Surroundings) -> Iterator[Check]:
    """Whether a campaign is a restored copy that nobody has confirmed."""
    for one in found.campaigns:
        if one.restored is not None:
            yield Check(
                name="restored", result="warning", data={"campaign": one.campaign, "head": one.restored[:16]},
                message=N_("{campaign} is a copy restored from a backup (head {head}…); nothing is sent from it."),
                cure=N_("If it is now the campaign: campaignflow restore --confirm --reason TEXT"),
            )  # fmt: skip


def check_variables(found: Surroundings) -> Iterator[Check]:
    """Whether every variable that is meant for us is one that we read."""
    ours = sorted(name for name in found.environ if name.startswith("CAMPAIGNFLOW"))
    unknown = [name for name in ours if name not in VARIABLES]
    for name in unknown:
        near = difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.8)
        yield Check(
            name="variables", result="warning", message=N_("The variable {variable} is none that is read."),
            cure=N_("Did you mean {meant}?") if near else N_("Unset it, or see the settings in the documentation."),
            data={"variable": name, "meant": near[0] if near else ""},
        )  # fmt: skip
    if not unknown:
        known = ", ".join(ours)
        message = N_("Variables that are set: {variables}") if known else N_("No variable is set")
        yield Check(name="variables", result="ok", message=message, data={"variables": known})


CHECKS: tuple[Callable[[Surroundings], Check | Iterable[Check]], ...] = (
    check_program, check_parts, check_plan, check_zones, check_clock, check_terminal, check_variables, check_restored,
)  # fmt: skip
"""Every check of this module, in the order in which they are told."""


def run(name: str, check: Callable[[], Check | Iterable[Check]]) -> tuple[Check, ...]:
    """What a check finds; one that fails itself is an error like any other."""
    try:
        found = check()
        return (found,) if isinstance(found, Check) else tuple(found)
    except Exception as error:  # noqa: BLE001 -- a doctor that faints is of no help
        return (
            Check(
                name=name, result="error", message=N_("This could not be looked at: {detail}"),
                data={"detail": f"{type(error).__name__}: {error}"},
                cure=N_("Run the command again with CAMPAIGNFLOW_DEBUG=1 to see more, and report what it prints."),
            ),
        )  # fmt: skip


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return True
