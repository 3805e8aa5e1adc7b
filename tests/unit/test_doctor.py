"""What `doctor` makes of what it finds: each check over facts that are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from campaignflow.cli.options import GLOBAL_OPTIONS
from campaignflow.domain.clock import to_micros
from campaignflow.i18n import LABELS
from campaignflow.services import doctor, doctor_database
from campaignflow.services.doctor import CampaignFacts, Check, PlanFacts, Surroundings
from campaignflow.services.doctor_database import Contents, FileFacts, ServerFacts
from tests.support.plans import moment

NOW = moment("2026-10-01 08:00")
CAMPAIGN = CampaignFacts(
    campaign="c", zone="Asia/Ho_Chi_Minh", events=3, head="ab" * 32, recorded=to_micros(moment("2026-09-30 08:00"))
)
BROKEN = replace(CAMPAIGN, broken="event {sequence}", data={"sequence": 2})
WELL = Surroundings(
    python=(3, 11, 7), sqlite="3.40.1", parts={"psycopg": "3.2"}, on_server=False,
    plan=PlanFacts(file="plan.yaml", there=True, agencies=3), campaigns=(CAMPAIGN,),
    environ={"CAMPAIGNFLOW_LANG": "vi", "HOME": "/"}, encoding="utf-8", now=NOW, set_clock=False,
    zones=("2025b", "/usr/share/zoneinfo"),
)  # fmt: skip
INSIDE = Contents(schema=3, known=3, journal_mode="wal", synchronous=2, campaigns=(CAMPAIGN,))
FILE = FileFacts(
    file="/d/campaign.db", there=True, size=5_000_000, mode=0o100640, folder_mode=0o40750, free=10**12,
    file_system="ext4", contents=INSIDE,
)  # fmt: skip
SERVER = ServerFacts(
    database="postgresql://u@h/d", version=17, latency_ms=0.3,
    settings={"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}, contents=INSIDE,
)  # fmt: skip


def found(check: Any, facts: Any, **changes: Any) -> tuple[str, str]:
    """The worst that the check finds, and its message filled."""
    told = doctor.run("x", lambda: check(replace(facts, **changes) if changes else facts))
    order = ("ok", "not_checked", "warning", "error")
    worst = max(told, key=lambda one: order.index(one.result))
    assert (worst.result in ("warning", "error")) == bool(worst.cure), "what is wrong has a cure, and nothing else"
    return worst.result, filled(worst)


def filled(one: Check) -> str:
    return f"{one.message.format(**one.data)} {one.cure.format(**one.data)}"


@pytest.mark.parametrize("check", doctor.CHECKS, ids=lambda check: check.__name__)
def test_of_an_installation_that_is_well_every_check_says_so(check: Any) -> None:
    assert [one.result for one in doctor.run("x", lambda: check(WELL)) if one.result != "ok"] == []


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        *((check, FILE) for check in doctor_database.FILE_CHECKS),
        *((check, SERVER) for check in doctor_database.SERVER_CHECKS),
        *((check, INSIDE) for check in doctor_database.CONTENT_CHECKS),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_of_a_database_that_is_well_every_check_says_so(check: Any, facts: Any) -> None:
    assert found(check, facts)[0] == "ok"


@pytest.mark.parametrize(
    ("check", "changes", "result", "says"),
    [
        (doctor.check_program, {"python": (3, 10, 1)}, "error", "3.11"),
        (doctor.check_program, {"sqlite": "3.7.17"}, "error", "3.7.17"),
        (doctor.check_parts, {"parts": {}}, "ok", "not needed"),
        (doctor.check_parts, {"parts": {"psycopg": None}, "on_server": True}, "error", "campaignflow[postgresql]"),
        (doctor.check_plan, {"plan": None}, "not_checked", "no plan"),
        (doctor.check_plan, {"plan": PlanFacts(file="p", there=False)}, "error", "--plan"),
        (doctor.check_plan, {"plan": PlanFacts(file="p", there=True, errors=2)}, "error", "2 errors"),
        (doctor.check_zones, {"zones": None}, "error", "tzdata"),
        (doctor.check_zones, {"campaigns": (replace(CAMPAIGN, zone="Asia/Nowhere"),)}, "error", "Asia/Nowhere"),
        (doctor.check_clock, {"set_clock": True}, "warning", "rehearsal"),
        (doctor.check_clock, {"now": moment("1970-01-01 08:00")}, "error", "1970"),
        (doctor.check_clock, {"now": moment("2026-09-29 08:00")}, "error", "went back"),
        (doctor.check_terminal, {"encoding": "ascii"}, "warning", "ascii"),
        (doctor.check_terminal, {"encoding": ""}, "warning", "UTF-8"),
        (doctor.check_terminal, {"encoding": "UTF_8"}, "ok", "UTF_8"),
        (doctor.check_restored, {"campaigns": (replace(CAMPAIGN, restored="cd" * 32),)}, "warning", "cdcd"),
        (doctor.check_variables, {"environ": {}}, "ok", "No variable"),
        (doctor.check_variables, {"environ": {"CAMPAIGNFLOW_DATABSE": ""}}, "warning", "CAMPAIGNFLOW_DATABASE?"),
        (doctor.check_variables, {"environ": {"CAMPAIGNFLOW": ""}}, "warning", "none that is read"),
        (doctor.check_variables, {"environ": {"CAMPAIGNFLOW_WEATHER_STATION": ""}}, "warning", "settings"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_installation_is_told_with_its_cure(
    check: Any, changes: dict[str, Any], result: str, says: str
) -> None:
    told = found(check, WELL, **changes)
    assert told[0] == result
    assert says in told[1]


@pytest.mark.parametrize(
    ("check", "changes", "result", "says"),
    [
        (doctor_database.check_file, {"there": False}, "warning", "campaignflow apply"),
        (doctor_database.check_file, {"there": False, "log": True}, "error", "campaign.db-wal"),
        (doctor_database.check_file, {"closed": "file is not a database"}, "error", "restore"),
        (doctor_database.check_permissions, {"writable": False}, "error", "may not be written"),
        (doctor_database.check_permissions, {"mode": 0o100644, "folder_mode": 0o40755}, "warning", "-rw-r--r--"),
        (doctor_database.check_permissions, {"mode": 0o100646, "folder_mode": 0o40755}, "error", "chmod o-rwx"),
        (doctor_database.check_permissions, {"mode": 0o100646}, "ok", "Others may not"),
        (doctor_database.check_place, {"file_system": "nfs4", "on_network": True}, "error", "nfs4"),
        (doctor_database.check_place, {"file_system": None}, "not_checked", "does not say"),
        (doctor_database.check_place, {"file_system": "fuse.unheard-of"}, "warning", "fuse.unheard-of"),
        (doctor_database.check_space, {"free": None}, "not_checked", "not known"),
        (doctor_database.check_space, {"free": 5_000_000}, "error", "5.0 MB"),
        (doctor_database.check_space, {"free": 60_000_000}, "warning", "60 MB"),
        (doctor_database.check_space, {"free": 10**9, "size": 2 * 10**9}, "warning", "1000 MB"),
        (doctor_database.check_durability, {"contents": None}, "not_checked", "no database"),
        (doctor_database.check_durability, {"contents": replace(INSIDE, journal_mode="delete")}, "warning", "DELETE"),
        (doctor_database.check_durability, {"contents": replace(INSIDE, synchronous=1)}, "error", "synchronous = 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_cure(
    check: Any, changes: dict[str, Any], result: str, says: str
) -> None:
    told = found(check, FILE, **changes)
    assert told[0] == result
    assert says in told[1]


def test_of_a_file_that_is_not_there_no_rights_are_told() -> None:
    assert doctor.run("x", lambda: doctor_database.check_permissions(replace(FILE, there=False))) == ()


@pytest.mark.parametrize(
    ("check", "changes", "result", "says"),
    [
        (doctor_database.check_server, {"closed": "gone: {detail}", "cure": "look", "data": {"detail": "x"}}, "error",
         "gone: x"),
        (doctor_database.check_server, {"version": 9}, "warning", "no longer"),
        (doctor_database.check_server, {"latency_ms": 80.0}, "warning", "80.0 ms"),
        (doctor_database.check_settings, {"closed": "gone"}, "not_checked", "no database"),
        (doctor_database.check_settings, {"settings": {"fsync": "off"}}, "error", "fsync = off"),
        (doctor_database.check_settings, {"settings": {"synchronous_commit": "off"}}, "error", "synchronous_commit"),
        (doctor_database.check_settings, {"settings": {"full_page_writes": "off"}}, "error", "full_page_writes"),
        (doctor_database.check_settings, {"read_only": True}, "error", "standby"),
        (doctor_database.check_settings, {"private": False}, "warning", "sslmode"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_server_is_told_with_its_cure(
    check: Any, changes: dict[str, Any], result: str, says: str
) -> None:
    told = found(check, SERVER, **changes)
    assert told[0] == result
    assert says in told[1]


@pytest.mark.parametrize(
    ("check", "changes", "result", "says"),
    [
        (doctor_database.check_schema, {"schema": 4}, "error", "later"),
        (doctor_database.check_schema, {"schema": 1}, "warning", "brings it to 3"),
        (doctor_database.check_schema, {"schema": 0}, "warning", "apply"),
        (doctor_database.check_integrity, {"damage": "row 3 missing"}, "error", "row 3 missing"),
        (doctor_database.check_journal, {"schema": 2}, "not_checked", "no database"),
        (doctor_database.check_journal, {"campaigns": ()}, "ok", "no campaign"),
        (doctor_database.check_journal, {"campaigns": (BROKEN,)}, "error", "event 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_told_with_its_cure(
    check: Any, changes: dict[str, Any], result: str, says: str
) -> None:
    told = found(check, INSIDE, **changes)
    assert told[0] == result
    assert says in told[1]


@pytest.mark.parametrize("check", doctor_database.CONTENT_CHECKS, ids=lambda check: check.__name__)
def test_what_could_not_be_opened_was_not_checked(check: Any) -> None:
    assert [one.result for one in doctor.run("x", lambda: check(None))] == ["not_checked"]


def test_a_journal_written_ahead_in_a_rehearsal_is_no_clock_that_went_back() -> None:
    ahead = replace(CAMPAIGN, recorded=to_micros(moment("2030-01-01")), rehearsed=True)
    assert found(doctor.check_clock, WELL, campaigns=(ahead,))[0] == "ok"


def test_a_check_that_fails_itself_is_an_error_like_any_other() -> None:
    def broken() -> Check:
        raise ZeroDivisionError("by nought")

    (one,) = doctor.run("clock", broken)
    assert (one.name, one.result) == ("clock", "error")
    assert "by nought" in filled(one)


def test_the_variables_that_are_known_are_those_of_the_command_line() -> None:
    options = {option.envvar for option in GLOBAL_OPTIONS if option.envvar}
    assert set(doctor.VARIABLES) == options | {"CAMPAIGNFLOW_DEBUG"}


def test_every_check_and_every_result_has_a_label() -> None:
    checks = (*doctor.CHECKS, *doctor_database.FILE_CHECKS, *doctor_database.SERVER_CHECKS)
    names = {one.name for check in checks for one in _told(check, _facts(check))}
    names |= {one.name for check in doctor_database.CONTENT_CHECKS for one in _told(check, INSIDE)}
    assert names | {"restored"} == set(LABELS["check"])
    assert set(LABELS["check result"]) == {"ok", "warning", "error", "not_checked"}


def _told(check: Any, facts: Any) -> tuple[Check, ...]:
    return doctor.run("x", lambda: check(facts))


def _facts(check: Any) -> Any:
    return WELL if check in doctor.CHECKS else FILE if check in doctor_database.FILE_CHECKS else SERVER
