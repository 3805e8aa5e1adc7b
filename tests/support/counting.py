"""What is counted without being read, compared with what is read line by line."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from campaignflow import Campaign
from campaignflow.services.status import GROUPINGS, Filter

FILTERS = (Filter(), Filter(overdue=True), Filter(due_within=2))


def assert_counted(campaign: Campaign, now: dt.datetime) -> None:
    """Every grouping and every page of a campaign says of each group what its lines say."""
    whole = campaign.status(now=now)
    for wanted in FILTERS:
        lines = campaign.status(wanted=wanted, now=now).lines
        for by, group in GROUPINGS.items():
            counted = campaign.status(wanted=wanted, by=by, now=now)
            read = Counter((group(line), line.state.phase, line.standing.standing) for line in lines)
            told = {
                one.group: (one.totals.assignments, one.totals.by_phase, one.totals.by_standing)
                for one in counted.groups or ()
            }
            assert counted.totals == whole.totals
            assert counted.selected == len(lines)
            assert {name: found[0] for name, found in told.items()} == dict(_by(read, 0))
            for name, (_, phases, standings) in told.items():
                assert {one: size for one, size in phases.items() if size} == dict(_by(read, 1, name))
                assert {one: size for one, size in standings.items() if size} == dict(_by(read, 2, name))
        page = campaign.status(wanted=wanted, limit=1, now=now)
        assert (page.totals, page.selected) == (whole.totals, len(lines))
        assert [line.facts.key for line in page.lines] == [line.facts.key for line in lines[:1]]
        assert page.more == (len(lines) > 1)


def _by(read: Counter[tuple[str, str, str]], place: int, group: str | None = None) -> Counter[str]:
    found: Counter[str] = Counter()
    for cell, size in read.items():
        if group is None or cell[0] == group:
            found[cell[place]] += size
    return found
