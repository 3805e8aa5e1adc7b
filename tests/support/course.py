"""Plans whose course is changed: a text with places in it written anew, and campaigns that run it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml

from campaignflow import Campaign
from campaignflow.domain.journal import Event
from campaignflow.loading.plans import LoadedPlan
from campaignflow.services.apply import Applied
from campaignflow.services.status import Line
from campaignflow.testing import load_text
from tests.support.plans import moment
from tests.support.small_plan import GONE

Edit = tuple[str, Any]

__all__ = ["GONE", "Edit", "amend", "due", "kinds", "line", "texts"]


def texts(text: str, *edits: Edit) -> LoadedPlan:
    """The plan with places in it written anew: `("reports.sums.due.before", "2026-03-20")`, `("agencies.elm", GONE)`.

    A step that is a number is an index. Equal edits give one plan, read once.
    """
    return _read(text, json.dumps([(place, "GONE" if value is GONE else value) for place, value in edits]))


@cache
def _read(text: str, edits: str) -> LoadedPlan:
    data = yaml.load(text, Loader=yaml.BaseLoader)  # every scalar is a text, as the plan's own reader has it
    for place, value in json.loads(edits):
        *path, last = place.split(".")
        node: Any = data
        for step in path:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        if value == "GONE":
            del node[int(last) if isinstance(node, list) else last]
        else:
            node[int(last) if isinstance(node, list) else last] = value
    return load_text(json.dumps(data, ensure_ascii=False))


def amend(campaign: Campaign, now: str, text: str, *edits: Edit, **said: Any) -> Applied:
    """Applies the text with these edits at `now`."""
    return campaign.apply_loaded(texts(text, *edits), now=moment(now), **said)


def line(campaign: Campaign, now: str, key: str) -> Line:
    """The assignment as it stands at `now`."""
    return campaign.show(key, now=moment(now)).line


def due(campaign: Campaign, now: str, key: str) -> str | None:
    """The last day of its next deadline at `now`, as ISO text; None where it has none, or waits."""
    found = line(campaign, now, key).due
    return found.last_day.isoformat() if found and found.last_day else None


def kinds(campaign: Campaign, key: str | None = None) -> list[str]:
    """The kinds of the events of an assignment, or of all."""
    events: tuple[Event, ...] = campaign.history(key)
    return [event.kind for event in events]
