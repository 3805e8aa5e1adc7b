"""Gathers the facts that the checks of `doctor` look at. Writes nothing, and raises nothing."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

from campaignflow.domain.journal import Break, Event, check_chain
from campaignflow.errors import CampaignflowError
from campaignflow.services import doctor as software
from campaignflow.services import doctor_database as databases
from campaignflow.services.doctor import CampaignFacts, Check, PlanFacts, Surroundings
from campaignflow.services.doctor_database import Contents, FileFacts, ServerFacts
from campaignflow.services.verify import BREAKS
from campaignflow.store import health, places
from campaignflow.store.backup import unsound
from campaignflow.store.errors import StoreNewer
from campaignflow.store.opening import open_store
from campaignflow.store.sql_store import SqlStore

_FILE = "sqlite:///"


def examine(
    plan: Path | None,
    database: str | None,
    *,
    environ: Mapping[str, str],
    encoding: str,
    now: dt.datetime | None = None,
) -> tuple[Check, ...]:
    """Looks at an installation: the program, the plan, the database, the machine.

    Args:
        plan: the plan's file, which need not be there; None: none was found.
        database: the database's URL; None: none was named, and there is no plan beside which it would be.
        environ: the variables.
        encoding: that of what is printed.
        now: the instant that somebody set the clock to; None: the computer's clock.

    Returns:
        Every check, in the order in which one would look.
    """
    contents, database_checks = _database(database)
    found = Surroundings(
        python=sys.version_info[:3], sqlite=health.sqlite_version(), parts={"psycopg": _version("psycopg")},
        on_server=bool(database) and not str(database).startswith("sqlite:"), plan=None,
        campaigns=contents.campaigns if contents else (), environ=environ, encoding=encoding,
        now=now or dt.datetime.now(dt.UTC), set_clock=now is not None, zones=_zones(),
    )  # fmt: skip
    program, parts, check_plan, *others = software.CHECKS
    checks = [*_run(program, found), *_run(parts, found), *_plan(plan, found, check_plan), *database_checks]
    return (*checks, *(one for check in others for one in _run(check, found)))


def _run(check: Callable[[Any], Any], found: Any) -> tuple[Check, ...]:
    return software.run(check.__name__.removeprefix("check_"), lambda: check(found))


# --- the plan


def _plan(plan: Path | None, found: Surroundings, check: Callable[[Any], Any]) -> tuple[Check, ...]:
    from dataclasses import replace

    return software.run("plan", lambda: check(replace(found, plan=_plan_facts(plan))))


def _plan_facts(plan: Path | None) -> PlanFacts | None:
    from campaignflow.loading.plans import read_plan

    if plan is None or not plan.exists():
        return None if plan is None else PlanFacts(file=_shown(plan), there=False)
    reading = read_plan(plan)
    count = {kind: sum(one.severity == kind for one in reading.findings) for kind in ("error", "warning")}
    agencies = len(reading.plan.agencies) if reading.plan is not None else 0
    return PlanFacts(
        file=_shown(plan), there=True, errors=count["error"], warnings=count["warning"], agencies=agencies
    )  # fmt: skip


# --- the database


def _database(url: str | None) -> tuple[Contents | None, tuple[Check, ...]]:
    """What is in the database, and the checks of it."""
    if url is None or not url.startswith(("sqlite:///", "postgres")):
        return None, ()
    gather = _file_facts if url.startswith(_FILE) else _server_facts
    facts: FileFacts | ServerFacts | None = None

    def gathered() -> Iterator[Check]:
        nonlocal facts
        facts = gather(url)
        checks = databases.FILE_CHECKS if isinstance(facts, FileFacts) else databases.SERVER_CHECKS
        for check in checks:
            yield from _run(check, facts)

    told = software.run("database", gathered)
    contents = facts.contents if facts is not None else None
    inside = [one for one in databases.CONTENT_CHECKS if one in databases.SERVER_TOO or isinstance(facts, FileFacts)]
    return contents, (*told, *(one for check in inside for one in _run(check, contents)))


def _file_facts(url: str) -> FileFacts:
    path = Path(url.removeprefix(_FILE)).absolute()
    kind = places.file_system(path)
    there = path.is_file()
    place: dict[str, Any] = {
        "file": _shown(path), "there": there, "log": os.path.exists(f"{path}-wal"), "file_system": kind,
        "on_network": kind is not None and places.is_network(kind), "free": _free(path),
    }  # fmt: skip
    if not there:
        return FileFacts(**place)
    status = path.stat()
    rights: dict[str, Any] = {
        "size": status.st_size, "mode": status.st_mode, "folder_mode": path.parent.stat().st_mode,
        "writable": health.is_writable(path),
    }  # fmt: skip
    closed, contents = None, None
    try:
        with health.file_to_read(path) as look:
            contents = _contents(look.store, look.schema, journal_mode=look.journal_mode, synchronous=look.synchronous)
    except CampaignflowError as error:
        closed = str(error.data.get("detail") or error.text())
    return FileFacts(**place, **rights, closed=closed, contents=contents)


def _server_facts(url: str) -> ServerFacts:
    database = "postgresql://…"
    try:
        database = health.server_name(url)
        look = health.server_look(url)
        contents = Contents(schema=look.schema, known=health.known_schema())
        if look.schema == contents.known:
            store = open_store(url, create=False)  # there is nothing to be migrated, so this writes nothing
            try:
                contents = _contents(store, look.schema)
            finally:
                store.close()
    except StoreNewer as error:
        return ServerFacts(database=database, contents=Contents(schema=error.data["found"], known=error.data["known"]))
    except CampaignflowError as error:
        return ServerFacts(database=database, closed=error.message, cure=error.cure, data=error.data)
    return ServerFacts(
        database=database, version=look.version, latency_ms=look.latency_ms, settings=look.settings,
        private=look.private, read_only=look.read_only, contents=contents,
    )  # fmt: skip


def _contents(store: SqlStore | None, schema: int, **others: Any) -> Contents:
    contents = Contents(schema=schema, known=health.known_schema(), **others)
    if store is None:
        return contents
    from dataclasses import replace

    damage = unsound(store)
    if damage is not None:
        return replace(contents, damage=damage)
    with store.reading():
        return replace(contents, campaigns=tuple(_campaign(store, key) for key in store.campaigns()))


def _campaign(store: SqlStore, key: str) -> CampaignFacts:
    head = store.head(key)
    assert head is not None, "it is in the list"
    newest: Event | None = None
    broken: Break | None = None
    for one in check_chain(key, store.chain(head.id)):
        if isinstance(one, Event):
            newest = one
        elif broken is None:
            broken = one
    return CampaignFacts(
        campaign=key, zone=str(store.revision(head.id).header.get("timezone", "UTC")), events=head.sequence,
        head=head.hash.hex(), restored=head.restored, recorded=newest.recorded if newest else None,
        rehearsed=newest.rehearsed if newest else False, broken=BREAKS[broken.fault] if broken else None,
        data={"sequence": broken.sequence} if broken else {},
    )  # fmt: skip


def _shown(path: Path) -> str:
    """A path as one would type it here."""
    try:
        here = Path.cwd()
    except OSError:  # the folder was deleted under us
        return str(path)
    return os.path.relpath(path, here) if path.absolute().is_relative_to(here) else str(path)


def _free(path: Path) -> int | None:
    folder = next((one for one in path.parents if one.exists()), None)
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None


# --- the machine


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _zones() -> tuple[str, str] | None:
    """The version of the time zone data that Python uses, and where they are from: the system's come first."""
    for folder in map(Path, TZPATH):
        if (folder / "UTC").exists():
            return _system_version(folder), str(folder)
    version = _version("tzdata")
    return None if version is None else (version, "tzdata")


def _system_version(folder: Path) -> str:
    for name in ("tzdata.zi", "+VERSION"):
        try:
            with (folder / name).open(encoding="ascii", errors="replace") as file:
                words = file.readline().split()
        except OSError:
            continue
        if words:
            return words[-1]
    return "?"
