"""How the program's facts read to people: dates, deadlines, states, reasons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaignflow.cli.output import STANDING_TONES, Toned
from campaignflow.domain import clock
from campaignflow.domain.deadlines import CONTINUOUS, Deadline
from campaignflow.i18n import N_, current, format_date, format_moment, label, say

if TYPE_CHECKING:
    from campaignflow.domain.assignments import Facts
    from campaignflow.domain.lifecycle import State, Step, Table
    from campaignflow.domain.standing import Standing
    from campaignflow.services.running import Running
    from campaignflow.services.status import Line
    from campaignflow.services.worklist import Item

NOTHING = "—"
"""What stands where there is nothing to say."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PERIOD = re.compile(r"(?P<year>\d{4})-(?:(?P<month>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12]))")
_ROMAN = ("I", "II", "III", "IV")


def day(value: dt.date | None, *, weekday: bool = False) -> str:
    """A day for people."""
    return format_date(value, current().lang, weekday=weekday) if value else NOTHING


def iso_day(text: str | None) -> str:
    """A day that is stored as ISO text, for people."""
    return day(dt.date.fromisoformat(text)) if text else NOTHING


def moment(value: dt.datetime, *, weekday: bool = False) -> str:
    """An instant for people, in the zone it carries."""
    return format_moment(value, current().lang, weekday=weekday)


def stored_moment(micros: int, zone: ZoneInfo) -> str:
    """A stored instant for people."""
    return moment(clock.from_micros(micros, zone))


def period(text: str) -> str:
    """The id of a period for people: the third quarter of 2014."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return say(N_("the year {year}"), year=text)
    year = found["year"]
    if found["month"]:
        return say(N_("month {month} of {year}"), month=int(found["month"]), year=year)
    if found["quarter"]:
        return say(N_("quarter {number} of {year}"), number=_ROMAN[int(found["quarter"]) - 1], year=year)
    halves = (N_("the first half of {year}"), N_("the second half of {year}"))
    return say(halves[int(found["half"]) - 1], year=year)


def agency(running: Running, key: str) -> str:
    """An agency's name; its id where the plan does not know it."""
    return running.agencies[key].name if key in running.agencies else key


def document(paper: Mapping[str, object] | None) -> str:
    """A document by its number and date, as far as they are known."""
    number, date = ((paper or {}).get(name) for name in ("number", "date"))
    if number and date:
        return say(N_("{number} of {day}"), number=number, day=iso_day(str(date)))
    return str(number) if number else iso_day(str(date)) if date else ""


def percent(rate: float | None) -> str:
    """A rate as national monitors print it, with one decimal; a dash where there is none."""
    if rate is None:
        return NOTHING
    text = f"{100 * rate:.1f} %"
    return text.replace(".", ",") if current().lang == "vi" else text


def standing_of(name: str) -> Toned:
    """A standing in its words and tone."""
    return Toned(label("standing", name), STANDING_TONES.get(name, ""))


def state(value: State) -> str:
    """A state in the words of its lifecycle, else in the program's."""
    own = value.label(current().lang)
    return own if own != value.name else label("state", value.name)


def step(value: Step) -> str:
    """A step in the words of its lifecycle, else in the program's."""
    own = value.label(current().lang)
    return own if own != value.trigger else label("trigger", value.trigger)


def deadline(line: Deadline) -> str:
    """When a deadline is over, for people who work on working days."""
    if line.kind == CONTINUOUS:
        return say(N_("no deadline; all the time"))
    if line.last_working_day is not None:
        return day(line.last_working_day, weekday=True)
    return say(N_("once it has happened: {event}"), event=line.event) if line.waiting else NOTHING


def due(standing: Standing) -> str:
    """What is due next, in one phrase: the last working day on time, and how far away it is."""
    if standing.due is None:
        return ""
    if standing.due.last_working_day is None:
        return deadline(standing.due) if standing.due.waiting else ""
    last = say(N_("last working day {day}"), day=deadline(standing.due))
    met = standing.standing == "in_time" and (standing.days_left or 0) < 0  # what was sent in time does not run out
    return last if met else f"{last}, {_far(standing)}"


def _far(standing: Standing) -> str:
    """How far away the end is: in working days before it, in calendar days after it."""
    left, working = standing.days_left or 0, standing.working_days_left or 0
    if left < 0:
        return counted("{count} day over", "{count} days over", -left)
    if working > 0:
        return counted("{count} working day left", "{count} working days left", working)
    if left == 0 or working == 0:
        return say(N_("today is the last day")) if left == 0 else say(N_("today"))
    return counted("{count} day left", "{count} days left", left)


def answer_by(facts: Facts, zone: ZoneInfo) -> str:
    """The last day on which a returned report may be answered and still count as on time."""
    if facts.returned_until is None:
        return ""
    return day(clock.local_date(clock.from_micros(facts.returned_until - 1, zone), zone), weekday=True)


def outlook(line: Line, zone: ZoneInfo) -> str:
    """What comes next for an assignment: until when a returned report may be answered, else what is due."""
    last = answer_by(line.facts, zone)
    if last and not line.state.final:
        return say(N_("to be answered by {day}"), day=last)
    return say(N_("all the time")) if line.duty.endless and not line.state.final else due(line.standing)


def stands(line: Line, zone: ZoneInfo) -> str:
    """Where an assignment stands: who holds it, how it counts, what comes next."""
    told = outlook(line, zone)
    return f"{line.agency_name}: {label('standing', line.standing.standing)}" + (f"; {told}" if told else "")


def lifecycle_of(running: Running, key: str, source: str, trigger: str) -> Table | None:
    """The lifecycle that an assignment, or the duty of that key, follows: the one that has such a step from there."""
    responsibility, _, rest = key.partition("/")
    period = f"@{rest.partition('/')[2]}"
    names = (f"{responsibility}{share}{when}" for when in (period, "") for share in ("", "+"))
    tables = [running.table(running.duties[name]) for name in names if name in running.duties]
    return next((one for one in tables if one.step(source, trigger)), tables[0] if tables else None)


def moved(table: Table, trigger: str, source: str, target: str) -> str:
    """A step in the words of its lifecycle: what was done, and the state it led to."""
    taken = table.step(source, trigger)
    done = step(taken) if taken else label("trigger", trigger)
    if source == target or target not in table.states:
        return done
    return f"{done} → {state(table.states[target])}"


def reason(item: Item) -> str:
    """Why something is on the worklist."""
    return filled(item.reason, item.data)


def filled(message: str, data: Mapping[str, object]) -> str:
    """A message id filled from data: days as people write them, standings in words."""
    return current().fill(message, {name: _shown(name, value) for name, value in data.items()})


def _shown(name: str, value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return iso_day(value)
    return label("standing", value) if name == "standing" and isinstance(value, str) else value


def counted(one: str, many: str, count: int) -> str:
    """A number of things: `one` for 1, `many` for others, as the language counts; both with `{count}`."""
    return current().ngettext(one, many, count).format(count=count)


def lower(text: str) -> str:
    """A label as it stands within a sentence."""
    return text[:1].lower() + text[1:]
