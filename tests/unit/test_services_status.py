"""Reading: status on every day of the 2020 campaign, as of an instant, filters, groups, show, history, worklist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from campaignflow import Campaign
from campaignflow.ports import ContactRow
from campaignflow.services.errors import AgencyUnknown, KeyUnknown
from campaignflow.services.status import Filter, Group, Status
from tests.support.plans import moment, open_2020, open_workshop
from tests.support.steps import paper, standing, take

DISTRICT = "to-chuc-tuan-le/cao-loc"


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    with open_workshop() as opened:
        yield opened


@pytest.fixture
def of_2020() -> Iterator[Campaign]:
    with open_2020() as opened:
        yield opened


def counts(totals: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in totals.items() if count}


# --- the campaign of 2020, on which nobody presses anything


@pytest.mark.parametrize(
    ("now", "phase", "by_phase", "by_standing"),
    [
        ("2020-09-21 08:00", "drafting", {"drafting": 29, "running": 12},
         {"in_time": 30, "not_due": 1, "no_deadline": 10}),
        ("2020-09-30 23:59", "drafting", {"drafting": 29, "running": 12},
         {"in_time": 19, "due_soon": 11, "not_due": 1, "no_deadline": 10}),
        ("2020-10-01 00:00", "opening", {"opening": 29, "running": 12},
         {"in_time": 20, "due_soon": 11, "no_deadline": 10}),
        ("2020-10-02 00:00", "running", {"running": 41}, {"in_time": 30, "due_soon": 1, "no_deadline": 10}),
        ("2020-10-08 00:00", "summarizing", {"running": 12, "summarizing": 29}, {"in_time": 30, "no_deadline": 11}),
        ("2020-10-20 08:00", "summarizing", {"running": 12, "summarizing": 29},
         {"in_time": 1, "due_soon": 29, "no_deadline": 11}),
        ("2020-10-24 23:59", "summarizing", {"running": 12, "summarizing": 29},
         {"in_time": 1, "due_soon": 29, "no_deadline": 11}),
        ("2020-10-25 00:00", "summarizing", {"running": 12, "summarizing": 29},
         {"in_time": 1, "overdue": 29, "no_deadline": 11}),
        ("2020-10-26 08:00", "summarizing", {"running": 12, "summarizing": 29},
         {"due_soon": 1, "overdue": 29, "no_deadline": 11}),
        ("2020-10-30 00:00", "summarizing", {"running": 12, "summarizing": 29}, {"overdue": 30, "no_deadline": 11}),
    ],
)  # fmt: skip
def test_where_the_campaign_of_2020_stands_day_by_day(
    of_2020: Campaign, now: str, phase: str, by_phase: dict[str, int], by_standing: dict[str, int]
) -> None:
    found = of_2020.status(now=moment(now))

    assert found.phase == phase
    assert found.totals.assignments == 41
    assert counts(found.totals.by_phase) == by_phase
    assert counts(found.totals.by_standing) == by_standing


def test_reading_writes_nothing_and_shows_what_a_tick_would_do(of_2020: Campaign) -> None:
    before = of_2020.head()
    read = of_2020.status(now=moment("2020-10-12"))
    assert of_2020.head() == before

    of_2020.tick(now=moment("2020-10-12"))
    ticked = of_2020.status(now=moment("2020-10-12"))

    assert (read.totals, read.rates, read.phase) == (ticked.totals, ticked.rates, ticked.phase)
    assert [(line.facts.key, line.state, line.facts.presumed, line.standing) for line in read.lines] == [
        (line.facts.key, line.state, line.facts.presumed, line.standing) for line in ticked.lines
    ]


def test_the_phase_of_the_plan_is_the_clocks_whatever_a_district_has_pressed(of_2020: Campaign) -> None:
    take(of_2020, "2020-09-22", DISTRICT, "register", "open", "finish")

    assert of_2020.status(now=moment("2020-09-23")).phase == "drafting"


def test_a_plan_without_a_lead_has_no_phase() -> None:
    from campaignflow.testing import load_text
    from tests.support.plans import WORKSHOP, opened

    text = WORKSHOP.replace("    title: Hold the week\n", "    title: Hold the week\n    role: direct\n")
    with opened(load_text(text.replace("{drafting:", "{running:").replace("{opening:", "{running:")), "sqlite://",
                moment("2026-02-16")) as campaign:  # fmt: skip
        assert campaign.status(now=moment("2026-03-04")).phase is None


def test_rates_are_null_at_zero_and_fractions_of_what_is_done_and_of_what_has_a_deadline(of_2020: Campaign) -> None:
    assert of_2020.status(now=moment("2020-10-12")).rates.on_time_of_done is None
    for agency, sent in (("cao-loc", "2020-10-23 10:00"), ("huu-lung", "2020-10-25 10:00")):
        take(of_2020, "2020-10-26", f"to-chuc-tuan-le/{agency}", "submit", document=paper(sent))
        take(of_2020, "2020-10-26", f"to-chuc-tuan-le/{agency}", "accept")

    found = of_2020.status(now=moment("2020-10-26"))

    assert found.rates.on_time_of_done == 0.5
    assert found.rates.overdue_of_all == 27 / 30


# --- as of


def seen(status: Status) -> list[object]:
    return [
        status.phase, status.totals, status.rates,
        *((line.facts.key, line.state.name, line.facts.presumed, line.standing) for line in status.lines),
    ]  # fmt: skip


def test_as_of_an_instant_gives_what_was_seen_then(campaign: Campaign) -> None:
    shown = {}
    for now, action in (
        ("2026-02-20 09:00", lambda at: take(campaign, at, "hold/ash", "register", actor="ash")),
        ("2026-03-02 10:00", lambda at: take(campaign, at, "hold/birch", "open", actor="birch")),
        ("2026-03-04 10:00", lambda at: campaign.occur("decision", at=moment("2026-03-02 08:00"), now=moment(at))),
        ("2026-03-13 10:00", lambda at: take(campaign, at, "hold/ash", "submit", actor="ash")),
        ("2026-03-17 10:00", lambda at: take(campaign, at, "hold/ash", "return", actor="registry", reason="r")),
        ("2026-03-18 10:00", lambda at: take(campaign, at, "hold/birch", "exempt", reason="r")),
    ):
        before = (moment(now) - dt.timedelta(microseconds=1)).isoformat()
        shown[before] = seen(campaign.status(now=dt.datetime.fromisoformat(before)))
        action(now)
        shown[moment(now).isoformat()] = seen(campaign.status(now=moment(now)))

    for instant, then in shown.items():
        asked = dt.datetime.fromisoformat(instant)
        assert seen(campaign.status(as_of=asked, now=moment("2026-04-01"))) == then, instant


def test_as_of_does_not_know_what_was_entered_later_about_earlier(of_2020: Campaign) -> None:
    key = "to-chuc-tuan-le/huu-lung"
    take(of_2020, "2020-10-26 09:00", key, "submit", document=paper("2020-10-23 16:00"))

    assert standing(of_2020, "2020-10-26 09:00", key) == "in_time"
    then = of_2020.status(as_of=moment("2020-10-25 12:00"), now=moment("2020-10-27"))
    assert next(line for line in then.lines if line.facts.key == key).standing.standing == "overdue"


def test_as_of_a_deadline_that_an_event_settled_later_was_still_waiting(campaign: Campaign) -> None:
    campaign.occur("decision", at=moment("2026-03-02"), now=moment("2026-03-10"))

    then = campaign.status(as_of=moment("2026-03-05"), now=moment("2026-03-20"))

    assert next(line for line in then.lines if line.facts.key == "answer/ash").standing.standing == "not_due"


def test_before_the_plan_was_applied_there_was_nothing(campaign: Campaign) -> None:
    found = campaign.status(as_of=moment("2026-02-15"))

    assert (found.totals.assignments, found.lines) == (0, ())


def test_setting_the_clock_back_hides_nothing_that_was_recorded(campaign: Campaign) -> None:
    take(campaign, "2026-03-12", "hold/ash", "submit", actor="ash")

    found = campaign.status(now=moment("2026-03-03"))

    assert next(line for line in found.lines if line.facts.key == "hold/ash").state.name == "submitted"


# --- filters, groups, pages


def test_an_agency_sees_its_own_assignments_with_their_totals(campaign: Campaign) -> None:
    found = campaign.status(wanted=Filter(agency="ash"), now=moment("2026-03-04"))

    assert [line.facts.key for line in found.lines] == ["hold/ash", "print/ash", "answer/ash"]
    assert found.totals.assignments == 3


def test_an_agency_that_the_plan_does_not_have_is_refused_with_a_hint(campaign: Campaign) -> None:
    with pytest.raises(AgencyUnknown) as caught:
        campaign.status(wanted=Filter(agency="birhc"))

    assert "`birch`" in caught.value.text()


def test_the_overdue_are_those_and_no_others(campaign: Campaign) -> None:
    found = campaign.status(wanted=Filter(overdue=True), now=moment("2026-03-06"))

    assert [line.facts.key for line in found.lines] == ["print/ash", "tell/union", "tell/press"]


def test_due_within_so_many_calendar_days_names_the_overdue_too_and_nothing_done(campaign: Campaign) -> None:
    take(campaign, "2026-02-20", "tell/union", "done", actor="union")

    within = [line.facts.key for line in campaign.status(wanted=Filter(due_within=1), now=moment("2026-03-04")).lines]

    assert within == ["print/ash", "tell/press"]


def test_groups_carry_the_totals_of_their_lines(campaign: Campaign) -> None:
    current = campaign.status(now=moment("2026-03-04"))

    def by(name: str) -> tuple[Group, ...]:
        return campaign.status(by=name, now=moment("2026-03-04")).groups or ()

    by_agency = {group.group: group for group in by("agency")}
    by_phase = by("phase")
    by_region = {group.group: group for group in by("region")}
    by_duty = by("responsibility")

    assert (by_agency["ash"].label, by_agency["ash"].totals.assignments) == ("Ash", 3)
    assert [group.group for group in by_phase] == ["running"]
    assert (by_region["upland"].label, by_region["upland"].totals.assignments) == ("The Upland", 5)
    assert [group.group for group in by_duty][:2] == ["hold", "print"]
    assert sum(group.totals.assignments for group in by_duty) == current.totals.assignments


def test_a_long_list_is_read_page_by_page_while_the_totals_stay_whole(of_2020: Campaign) -> None:
    keys: list[str] = []
    while True:
        page = of_2020.status(limit=7, after=keys[-1] if keys else None)
        assert page.totals.assignments == 41
        if not page.lines:
            break
        keys += [line.facts.key for line in page.lines]

    assert keys == [line.facts.key for line in of_2020.status().lines]


# --- show and history


def test_show_gives_the_deadlines_the_steps_allowed_and_the_history(campaign: Campaign) -> None:
    take(campaign, "2026-03-04", "hold/ash", "register", actor="ash")

    found = campaign.show("hold/ash", now=moment("2026-03-04"))

    assert list(found.line.duty.deadlines) == ["opening", "reporting"]
    assert {step.trigger for step in found.allowed} == {"register", "open", "finish", "submit", "exempt"}
    assert [one.event.data["trigger"] for one in found.history] == ["opening_begins", "opening_ends", "register"]


def test_steps_that_a_guard_refuses_are_not_offered(campaign: Campaign) -> None:
    take(campaign, "2026-02-20", "hold/ash", "register", actor="ash")

    offered = {step.trigger for step in campaign.show("hold/ash", now=moment("2026-02-20")).allowed}
    assert "return_plan" in offered
    assert "done" not in {step.trigger for step in campaign.show("spend/birch", now=moment("2026-02-20")).allowed}


def test_the_history_of_an_assignment_has_the_clocks_steps_that_moved_it_and_no_others(campaign: Campaign) -> None:
    take(campaign, "2026-02-20", "hold/ash", "register", actor="ash")
    campaign.tick(now=moment("2026-03-20"))

    ash = [event.data["trigger"] for event in campaign.history("hold/ash")]
    birch = [event.data["trigger"] for event in campaign.history("hold/birch")]

    assert ash == ["register", "opening_ends", "period_ends"]
    assert birch == ["opening_begins", "opening_ends", "period_ends"]
    assert campaign.history("hold/union") == ()


def test_the_history_of_what_does_not_exist_is_refused(campaign: Campaign) -> None:
    for ask in (campaign.history, campaign.show):
        with pytest.raises(KeyUnknown):
            ask("hold/asch")


# --- worklist


def actions(campaign: Campaign, now: str) -> list[tuple[str, str]]:
    return [(item.action, item.key) for item in campaign.worklist(now=moment(now))]


def test_before_its_plan_is_expected_a_district_is_not_called(of_2020: Campaign) -> None:
    assert actions(of_2020, "2020-09-28 23:59") == [("confirm", "cac-so-ban-nganh")]


def test_a_district_whose_plan_has_not_come_is_called_until_it_is_registered(of_2020: Campaign) -> None:
    assert ("call", DISTRICT) in actions(of_2020, "2020-09-29 00:00")

    take(of_2020, "2020-09-29", DISTRICT, "register")

    assert ("call", DISTRICT) not in actions(of_2020, "2020-09-29 00:01")
    assert len(actions(of_2020, "2020-09-29 00:01")) == 1 + 10


def test_a_confirmed_group_is_asked_for_no_longer(of_2020: Campaign) -> None:
    of_2020.confirm("cac-so-ban-nganh", now=moment("2020-09-22"))

    assert actions(of_2020, "2020-09-22") == []


def test_late_reports_are_called_for_and_sent_ones_accepted_the_acceptances_first(of_2020: Campaign) -> None:
    take(of_2020, "2020-10-26 08:00", DISTRICT, "submit", document=paper("2020-10-23"))

    found = actions(of_2020, "2020-10-26 09:00")

    assert found[:2] == [("confirm", "cac-so-ban-nganh"), ("accept", DISTRICT)]
    assert [action for action, _ in found].count("call") == 28
    assert ("do", "tong-hop/so-gddt") in found


def test_a_promise_quiets_the_call_until_its_day_is_over(of_2020: Campaign) -> None:
    take(of_2020, "2020-10-26 08:00", DISTRICT, "register")
    of_2020.acknowledge(DISTRICT, promised=dt.date(2020, 10, 27), now=moment("2020-10-26 09:00"))

    assert ("call", DISTRICT) not in actions(of_2020, "2020-10-27 23:59")
    assert ("call", DISTRICT) in actions(of_2020, "2020-10-28 00:00")
    broken = next(item for item in of_2020.worklist(now=moment("2020-10-28")) if item.key == DISTRICT)
    assert broken.reason.format(**broken.data).endswith("the promise of 2020-10-27 has gone by")


def test_a_ceremony_and_a_partner_are_never_called_for(of_2020: Campaign) -> None:
    for item in of_2020.worklist(now=moment("2020-10-05")):
        assert item.action != "call" or "plan" in item.reason
        assert not item.key.endswith("/hoi-khuyen-hoc")


def test_what_is_done_or_exempt_is_asked_of_nobody(of_2020: Campaign) -> None:
    take(of_2020, "2020-10-26", DISTRICT, "exempt", reason="r")

    assert DISTRICT not in [key for _, key in actions(of_2020, "2020-10-27")]


def test_the_register_of_contacts_can_be_read(campaign: Campaign) -> None:
    rows = [ContactRow(id=name, agency="ash", role="clerk") for name in ("b", "a")]
    campaign.import_contacts(rows, now=moment("2026-02-20"))

    assert [row.id for row in campaign.contacts()] == ["a", "b"]
