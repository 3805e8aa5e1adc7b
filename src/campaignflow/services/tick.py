"""The clock's work: timed transitions, agencies that end, periods that begin, all in the order of their moments.

A tick moves whole groups (all assignments of a duty that the clock treats alike) by one statement and one event each,
so that it costs the same for eleven districts as for ten thousand communes. It is idempotent, and runs before every
write; readers derive what it would do to states. After weeks in which nothing ran it catches up in the order in which
things came due, whatever the clock says meanwhile: an instant that has been worked off is never worked off again.
"""

from __future__ import annotations

from dataclasses import replace

from campaignflow.domain.clock import from_micros, local_date
from campaignflow.domain.lifecycle import Step
from campaignflow.ports import Group
from campaignflow.services.holding import successor
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running, presumed_by

CLOCK = "clock"
"""The actor of what the clock does."""


def tick(running: Running, recorder: Recorder) -> Running:
    """Does what the clock has to do by now; gives the campaign as it then runs."""
    if running.closed is not None or recorder.next_tick is None or recorder.recorded < recorder.next_tick:
        return running
    work = _Clockwork(running, recorder)
    while (instant := work.next()) is not None and instant <= recorder.recorded:
        work.take()
    recorder.schedule(instant)
    return work.running


def next_tick(running: Running, groups: set[Group]) -> int | None:
    """When the clock has something to do next, given the groups that occur; in microseconds; None: never."""
    if running.closed is not None:
        return None
    step, period, ended = _earliest(running, groups), running.upcoming(), running.ending()
    return min((found[0] for found in (step, period, ended) if found), default=None)


def note_state(running: Running, recorder: Recorder, duty: str, state: str, blocked: tuple[str, ...] = ()) -> None:
    """Brings the next tick forward when a state just entered has the clock do something earlier."""
    found = running.next_clock(running.duties[duty], state, blocked)
    if found is not None and (recorder.next_tick is None or found[0] < recorder.next_tick):
        recorder.schedule(found[0])


class _Clockwork:
    """One tick: the groups that occur, and the campaign as it runs by now."""

    def __init__(self, running: Running, recorder: Recorder) -> None:
        self.running = running
        self.recorder = recorder
        self.groups = set(recorder.store.populated(running.id))
        self._reached: dict[Group, int] = {}

    def next(self) -> int | None:
        """The instant of what comes next; None: nothing does."""
        return next_tick(self.running, self.groups)

    def take(self) -> None:
        """Does what comes next: of one instant first the agencies that end, then periods, then steps."""
        instant = self.next()
        ended, period = self.running.ending(), self.running.upcoming()
        if ended and ended[0] == instant:
            self._pass_on(*ended)
        elif period and period[0] == instant:
            self._make_periods(*period)
        elif found := _earliest(self.running, self.groups):
            self._move(*found)

    def _move(self, instant: int, group: Group, step: Step) -> None:
        # An opening that ends before the period begins: no step happens before the one that it follows.
        happened = max(instant, self._reached.get(group, instant))
        self.groups.discard(group)
        after = _move(self.running, self.recorder, happened, group, step)
        self.groups.add(after)
        self._reached[after] = happened

    def _pass_on(self, instant: int, agency: str) -> None:
        row = self.running.agencies[agency]
        entry = Entry(actor=CLOCK, happened=from_micros(instant, self.running.zone))
        day = local_date(entry.happened or self.recorder.now, self.running.zone)
        data = {"agency": agency, "to": successor(self.running, agency, day), "until": row.until}
        event = self.recorder.record("succeeded", entry, key=f"*/{agency}", data=data)
        self.recorder.store.mark_agency(self.running.id, agency, event.sequence, passed=True)
        agencies = self.running.agencies.replaced(replace(row, passed=True))
        self.running = replace(self.running, agencies=agencies, changed=event.sequence)

    def _make_periods(self, instant: int, responsibilities: tuple[str, ...]) -> None:
        from campaignflow.services import series  # reads the plan's text, which only a period that begins needs

        known = self.running.duties
        self.running = series.make_next(self.running, self.recorder, instant, responsibilities)
        for duty in self.running.duties.values():
            if duty.key not in known:
                self.groups.add(Group(duty.key, self.running.table(duty).initial))
            elif known[duty.key].dropped is not None and duty.dropped is None:  # owed again, in any state
                self.groups = set(self.recorder.store.populated(self.running.id))


def _earliest(running: Running, groups: set[Group]) -> tuple[int, Group, Step] | None:
    waiting = []
    for group in groups:
        following = running.next_clock(running.duties[group.duty], group.state, group.blocked)
        if following is not None:
            waiting.append((following[0], group, following[1]))
    return min(waiting, key=lambda row: row[:2], default=None)


def _move(running: Running, recorder: Recorder, instant: int, group: Group, step: Step) -> Group:
    duty = running.duties[group.duty]
    added = tuple(phase for phase in presumed_by(step, duty) if phase not in group.presumed)
    after = (*group.presumed, *added)
    moved = recorder.store.move(recorder.campaign, group, step.target, after)
    recorder.record(
        "clock",
        Entry(actor=CLOCK, happened=from_micros(instant, running.zone)),
        key=f"{duty.responsibility}/*",
        data={
            "duty": group.duty, "trigger": step.trigger, "from": group.state, "to": step.target,
            "before": list(group.presumed), "presumed": list(added), "assignments": moved,
            **({"blocked": list(group.blocked)} if group.blocked else {}),
        },
    )  # fmt: skip
    return Group(group.duty, step.target, after)
