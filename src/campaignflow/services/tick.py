"""The clock's work: timed transitions, in the order of their moments.

A tick moves whole groups (all assignments of a duty that are in the same state) by one statement and one event each,
so that it costs the same for eleven districts as for ten thousand communes. It is idempotent, and runs before every
write; readers derive what it would do.
"""

from __future__ import annotations

from campaignflow.domain.clock import from_micros
from campaignflow.domain.lifecycle import Step
from campaignflow.services.recording import Entry, Recorder
from campaignflow.services.running import Running, presumed_by

Group = tuple[str, str, tuple[str, ...]]
"""A duty, a state, and the phases presumed so far."""


def tick(running: Running, recorder: Recorder) -> int:
    """Takes every step that the clock has to take by now; gives the number of events written."""
    if recorder.next_tick is None or recorder.recorded < recorder.next_tick:
        return 0
    groups = set(recorder.store.populated(running.id))
    count = 0
    reached: dict[Group, int] = {}
    while (found := _earliest(running, groups)) and found[0] <= recorder.recorded:
        instant, group, step = found
        # An opening that ends before the period begins: no step happens before the one that it follows.
        happened = max(instant, reached.get(group, instant))
        groups.discard(group)
        after = _move(running, recorder, happened, group, step)
        groups.add(after)
        reached[after] = happened
        count += 1
    recorder.schedule(found[0] if found else None)
    return count


def next_tick(running: Running, groups: set[Group]) -> int | None:
    """When the clock has something to do next for these groups, in microseconds; None: never."""
    found = _earliest(running, groups)
    return found[0] if found else None


def note_state(running: Running, recorder: Recorder, duty: str, state: str) -> None:
    """Brings the next tick forward when a state just entered has the clock do something earlier."""
    found = running.next_clock(running.duties[duty], state)
    if found is not None and (recorder.next_tick is None or found[0] < recorder.next_tick):
        recorder.schedule(found[0])


def _earliest(running: Running, groups: set[Group]) -> tuple[int, Group, Step] | None:
    waiting = []
    for group in groups:
        following = running.next_clock(running.duties[group[0]], group[1])
        if following is not None:
            waiting.append((following[0], group, following[1]))
    return min(waiting, key=lambda row: row[:2], default=None)


def _move(running: Running, recorder: Recorder, instant: int, group: Group, step: Step) -> Group:
    duty_key, state, before = group
    duty = running.duties[duty_key]
    added = tuple(phase for phase in presumed_by(step, duty) if phase not in before)
    after = (*before, *added)
    moved = recorder.store.move(recorder.campaign, duty_key, (state, before), (step.target, after))
    recorder.record(
        "clock",
        Entry(actor="clock", happened=from_micros(instant, running.zone)),
        key=f"{duty.responsibility}/*",
        data={
            "duty": duty_key, "trigger": step.trigger, "from": state, "to": step.target, "before": list(before),
            "presumed": list(added), "assignments": moved,
        },
    )  # fmt: skip
    return duty_key, step.target, after
