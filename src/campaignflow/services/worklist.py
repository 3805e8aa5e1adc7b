"""What the coordinator should do now: accept, answer, call, confirm, and its own duties that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from campaignflow.domain.assignments import Facts
from campaignflow.domain.clock import from_micros, local_date
from campaignflow.domain.standing import Judge
from campaignflow.i18n import N_
from campaignflow.ports import Bucket, Store
from campaignflow.services import ahead
from campaignflow.services.holding import receivers
from campaignflow.services.running import Running
from campaignflow.services.status import PAGE, Line, line_of, paged
from campaignflow.services.tally import Bench

ACTIONS = ("confirm", "accept", "call", "do")
"""What can be asked of the coordinator, in the order of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do. `reason` is a message id with fields from `data`."""

    action: str
    #: The assignment, or the group to be confirmed.
    key: str
    agency: str | None
    reason: str
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What there is to do."""

    #: In the order of `ACTIONS`, within each in the order of the plan.
    items: tuple[Item, ...]
    #: How much there is of each action, also where not all of it is among the items.
    counts: dict[str, int]


def worklist(store: Store, running: Running, now: dt.datetime, *, limit: int | None = None) -> Work:
    """What there is to do at `now`; in a closed campaign nothing.

    Args:
        store, running: the campaign.
        now: an aware instant.
        limit: of each action at most so many items; None: all of them.
    """
    items: dict[str, list[Item]] = {action: [] for action in ACTIONS}
    counts = dict.fromkeys(ACTIONS, 0)
    for item in each_item(store, running, now):
        counts[item.action] += 1
        if limit is None or len(items[item.action]) < limit:
            items[item.action].append(item)
    return Work(items=tuple(item for alike in items.values() for item in alike), counts=counts)


def each_item(store: Store, running: Running, now: dt.datetime) -> Iterator[Item]:
    """What there is to do at `now`, in the order of the plan."""
    if running.closed is not None:
        return
    yield from _unconfirmed(store, running)
    judge = running.judge(now)
    running, derived = ahead.look(store, running, now)
    for facts in chain(_concerned(store, running, judge), derived):
        yield from _of(line_of(running, facts, judge), running, now)


def _concerned(store: Store, running: Running, judge: Judge) -> Iterator[Facts]:
    """The assignments of which something may be asked; what is over or goes its way is not read."""
    if store.size(running.id) <= PAGE:
        yield from store.assignments(running.id)
        return
    bench = Bench(running, judge)
    asked = {
        (bucket.duty, bucket.state, bucket.presumed, bucket.blocked)
        for bucket in store.buckets(running.id)
        if _may_ask(bench, bucket)
    }
    own = {facts.key: facts for facts in store.assignments(running.id, agency=running.coordinator)}
    if not asked:
        yield from {**own, **{one.key: one for one in store.singles(running.id)}}.values()
        return
    single = {facts.key for facts in store.singles(running.id)}
    for facts in paged(store, running):
        alike = (facts.duty, facts.state, facts.presumed, facts.blocked)
        if alike in asked or facts.key in own or facts.key in single:
            yield facts


def _may_ask(bench: Bench, bucket: Bucket) -> bool:
    """Whether the coordinator may have to accept, call or wait for something of what is alike."""
    alike = (bucket.duty, bucket.state, bucket.presumed, bucket.blocked)
    verdicts = [bench.verdict(alike, one) for one in (None, bucket.earliest, bucket.latest)]
    if all(one.state.final for one in verdicts):
        return False
    duty = bench.running.duties[bucket.duty]
    return (
        bucket.state == "submitted"
        or duty.amended is not None
        or (duty.own_plan == "required" and "drafting" in duty.expected)
        or any(one.standing.standing == "overdue" for one in verdicts)
    )


def _unconfirmed(store: Store, running: Running) -> Iterator[Item]:
    confirmed = {event.data["group"] for event in store.events(running.id, kind="confirmed")}
    for group, members in running.header["unconfirmed"].items():
        if group not in confirmed:
            yield Item(
                action="confirm", key=group, agency=None, data={"count": members},
                reason="the plan does not list these {count} agencies; nothing is sent to them until you confirm",
            )  # fmt: skip


def _of(line: Line, running: Running, now: dt.datetime) -> Iterator[Item]:
    if line.state.final:
        return
    if line.facts.sent is not None and line.facts.state == "submitted":
        if running.coordinator in receivers(running, line.duty, line.facts.agency, running.judge(now).today):
            yield _item("accept", line, "its report was sent on {day}", day=_day(line, running))
    elif line.agency == running.coordinator:
        yield from _own(line)
    else:
        yield from _late(line, running, now)


def _own(line: Line) -> Iterator[Item]:
    if line.standing.standing in ("overdue", "due_soon"):
        yield _item("do", line, "{standing}, last working day {day}", **_due(line))


def _late(line: Line, running: Running, now: dt.datetime) -> Iterator[Item]:
    promised = line.facts.promised
    today = running.judge(now).today.isoformat()
    if line.standing.standing == "overdue" and not (promised and promised >= today):
        broken = N_("overdue since {day}, and the promise of {promised} has gone by")
        day = line.due.last_moment.date().isoformat() if line.due and line.due.last_moment else ""
        yield _item("call", line, broken if promised else "overdue since {day}", promised=promised, day=day)
    elif line.to_acknowledge:
        yield _item("call", line, "it has not acknowledged the amendment of {day}", day=_amended(line, running))
    elif _plan_missing(line, now):
        yield _item("call", line, "its own plan has not come; it was expected by {day}", day=_expected(line))


def _plan_missing(line: Line, now: dt.datetime) -> bool:
    """Whether an own plan that is required has not been registered by the day the coordinator expects it."""
    if line.duty.own_plan != "required" or line.facts.registered is not None or line.state.phase == "reporting":
        return False
    expected = line.duty.expected.get("drafting")
    return expected is not None and expected.passed(now)


def _amended(line: Line, running: Running) -> str:
    assert line.duty.amended is not None
    return local_date(from_micros(line.duty.amended, running.zone), running.zone).isoformat()


def _expected(line: Line) -> str:
    last = line.duty.expected["drafting"].last_day
    return last.isoformat() if last else ""


def _due(line: Line) -> dict[str, object]:
    due = line.due
    day = due.last_working_day if due else None
    return {"standing": line.standing.standing, "day": day.isoformat() if day else ""}


def _day(line: Line, running: Running) -> str:
    assert line.facts.sent is not None
    return local_date(from_micros(line.facts.sent, running.zone), running.zone).isoformat()


def _item(action: str, line: Line, reason: str, **data: object) -> Item:
    return Item(action=action, key=line.facts.key, agency=line.agency, reason=reason, data=data)
