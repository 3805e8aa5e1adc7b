"""Every place of a plan that names something else by its id, and the check that it is there.

The table of places is data, and the check runs over plain data (mappings, lists, text): so it also works for a text
that could not be typed, and one run names the unknown ids together with everything else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from campaignflow.domain.findings import Finding, Path, Rule, did_you_mean, register
from campaignflow.domain.periods import parse_period

SUPERIOR: Final = "superior"
"""Where an agency may stand as a receiver: the agency above each one that owes the duty."""
SUBORDINATES: Final = "subordinates"
"""Likewise: the agencies below it."""
OPENED: Final = "opened"
"""The event that is the opening of an assignment of a duty on demand."""

ID_RULES: Final = register(
    Rule(
        "unknown-agency",
        "There is no agency '{id}'.",
        "Define it under `agencies` or in the roster, or correct the id.",
        why="A duty of nobody would be done by nobody.",
    ),
    Rule(
        "unknown-agency-or-group",
        "There is no agency or group '{id}'.",
        "Define it under `agencies`, in the roster or under `groups`, or correct the id.",
        why="A duty of nobody would be done by nobody.",
    ),
    Rule(
        "unknown-group",
        "There is no group '{id}'.",
        "Define it under `groups`, or correct the id.",
        why="What the plan brings into being in each member of a group would be brought into being nowhere.",
    ),
    Rule(
        "unknown-body-or-agency",
        "There is no body or agency '{id}'.",
        "Define it under `bodies`, under `agencies` or in the roster, or correct the id.",
        why="What a duty establishes, or acts by, must be known to the plan.",
    ),
    Rule(
        "unknown-activity",
        "There is no activity '{id}'.",
        "Define it under `activities`, or correct the id.",
        why="A duty can only hold what the plan describes.",
    ),
    Rule(
        "unknown-report",
        "There is no report '{id}'.",
        "Define it under `reports`, or correct the id.",
        why="A duty would owe a report without receiver and deadline.",
    ),
    Rule(
        "unknown-form",
        "There is no form '{id}'.",
        "Define it under `forms`, or correct the id.",
        why="Nobody could fill in the report.",
    ),
    Rule(
        "unknown-responsibility",
        "There is no responsibility '{id}'.",
        "Define it under `responsibilities`, or correct the id.",
        why="What is reported, inspected or consolidated must be somebody's duty.",
    ),
    Rule(
        "unknown-event",
        "There is no event '{id}'.",
        "Define it under `events`, or correct the id.",
        why="A deadline that counts from an unknown event would never begin.",
    ),
    Rule(
        "unknown-stage",
        "There is no stage '{id}'.",
        "Define it under `plan.stages`, or correct the id.",
        why="A duty cannot belong to a stage of which nobody knows the days.",
    ),
    Rule(
        "unknown-lifecycle",
        "There is no lifecycle '{id}'.",
        "Use one of: {known}; or define it under `lifecycles`.",
        why="Without a lifecycle a duty has no state.",
    ),
    Rule(
        "unknown-legal-basis",
        "There is no legal basis '{id}'.",
        "Define it under `legal_basis`, or correct the id.",
        why="A document that a duty rests on is cited in every letter about it.",
    ),
    Rule(
        "unknown-anomaly",
        "There is no anomaly '{id}'.",
        "Define it under `anomalies`, or correct the id.",
        why="A remark that points nowhere explains nothing.",
    ),
    Rule(
        "unknown-clause",
        "There is no clause '{id}'.",
        "Write the clause under `clauses`, or correct the id.",
        why="Everything a plan asks for must be found in its text.",
    ),
    Rule(
        "unknown-indicator",
        "No form has an indicator '{id}'.",
        "Define it under `indicators` of a form, or correct the id.",
        why="What an activity counts must be asked for in a report.",
    ),
    Rule(
        "unknown-kind",
        "No agency is of the kind '{id}'.",
        "Use one of: {known}; or give an agency this kind.",
        why="A region nobody belongs to would make an empty table.",
    ),
)

_DEADLINES: Final = (
    "activities.*.on", "activities.*.during", "reports.*.due",
    "responsibilities.*.due.*", "responsibilities.*.expected.*", "responsibilities.*.parts[].milestone",
)  # fmt: skip
_IN_A_DEADLINE: Final = (("clause", "clause"), ("within.after", "event"), ("after", "event"), ("set_by", "agency"))

_PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("plan.issuer", "agency"),
    ("plan.coordinator", "agency"),
    ("plan.region_kind", "kind"),
    ("plan.theme.clause", "clause"),
    ("plan.period.clause", "clause"),
    ("plan.stages.*.clause", "clause"),
    ("plan.promulgated_by.clause", "clause"),
    ("plan.executors.clause", "clause"),
    ("plan.executors.agencies[]", "agency-or-group"),
    ("legal_basis[].clause", "clause"),
    ("legal_basis[].anomaly", "anomaly"),
    ("anomalies[].clause", "clause"),
    ("agencies.*.under", "agency"),
    ("agencies.*.succeeded_by", "agency"),
    ("agencies.*.standing", "agency"),
    ("groups.*.members[]", "agency"),
    ("groups.*.except[]", "agency"),
    ("groups.*.select.under", "agency"),
    ("groups.*.select.within", "agency"),
    ("groups.*.clause", "clause"),
    ("bodies.*.per", "group"),
    ("bodies.*.established_by", "responsibility"),
    ("bodies.*.clause", "clause"),
    ("events.*.when.completed", "responsibility"),
    ("events.*.clause", "clause"),
    ("activities.*.clause", "clause"),
    ("activities.*.also[]", "clause"),
    ("activities.*.by[]", "agency-or-group"),
    ("activities.*.after", "event"),
    ("activities.*.counts[]", "indicator"),
    ("migrate_states.[key]", "lifecycle"),
    ("reports.*.clause", "clause"),
    ("reports.*.also[]", "clause"),
    ("reports.*.to[]", "agency"),
    ("reports.*.via", "agency"),
    ("reports.*.form", "form"),
    ("reports.*.revise_within.set_by", "agency"),
    ("responsibilities.*.clause", "clause"),
    ("responsibilities.*.also[]", "clause"),
    ("responsibilities.*.assigned_to[]", "agency-or-group"),
    ("responsibilities.*.every.clause", "clause"),
    ("responsibilities.*.every.ending", "event"),
    ("responsibilities.*.continuous.clause", "clause"),
    ("responsibilities.*.on_demand.clause", "clause"),
    ("responsibilities.*.on_demand.event", "event"),
    ("responsibilities.*.after[]", "responsibility"),
    ("responsibilities.*.after[].responsibility", "responsibility"),
    ("responsibilities.*.after[].event", "event"),
    ("responsibilities.*.follows", "responsibility"),
    ("responsibilities.*.lifecycle", "lifecycle"),
    ("responsibilities.*.for[]", "agency-or-group"),
    ("responsibilities.*.with[]", "agency-or-group"),
    ("responsibilities.*.with[].agency", "agency-or-group"),
    ("responsibilities.*.directs[]", "agency-or-group"),
    ("responsibilities.*.guides[]", "agency-or-group"),
    ("responsibilities.*.chases[]", "agency-or-group"),
    ("responsibilities.*.inspects.responsibilities[]", "responsibility"),
    ("responsibilities.*.inspects.others[]", "agency-or-group"),
    ("responsibilities.*.consolidates[]", "responsibility"),
    ("responsibilities.*.consolidates[].responsibility", "responsibility"),
    ("responsibilities.*.takes.set_by", "agency"),
    ("responsibilities.*.report", "report"),
    ("responsibilities.*.reported_in", "responsibility"),
    ("responsibilities.*.activities[]", "activity"),
    ("responsibilities.*.parts[].under", "legal-basis"),
    ("responsibilities.*.parts[].funds[]", "activity"),
    ("responsibilities.*.own_plan.clause", "clause"),
    ("responsibilities.*.establishes", "body-or-agency"),
    ("responsibilities.*.gives.to[]", "agency-or-group"),
    ("responsibilities.*.gives.clause", "clause"),
    ("responsibilities.*.through", "body-or-agency"),
    ("responsibilities.*.carried_out_by[]", "agency-or-group"),
    ("responsibilities.*.stage", "stage"),
    ("responsibilities.*.serves[]", "responsibility"),
    ("responsibilities.*.under[]", "legal-basis"),
    ("forms.*.clause", "clause"),
    ("forms.*.indicators.*.clause", "clause"),
    ("forms.*.indicators.*.under", "legal-basis"),
    ("forms.*.lists.*.clause", "clause"),
    ("reminders[].of_agency", "agency"),
    ("distribution[].to[]", "agency-or-group"),
)  # fmt: skip

PLACES: Final[tuple[tuple[str, str], ...]] = (
    *_PLACES,
    *((f"{line}.{key}", kind) for line in _DEADLINES for key, kind in _IN_A_DEADLINE),
)
"""Where ids stand, and of what.

`*` is every value of a mapping, `[key]` every key of it, `[]` every entry of a list or the one value without.
"""


def _no_event(ending: str) -> bool:
    return ending == "open" or parse_period(ending) is not None


_OTHER: Final[Mapping[str, Callable[[str], bool]]] = {
    "reports.*.to[]": frozenset({SUPERIOR}).__contains__,
    "responsibilities.*.gives.to[]": frozenset({SUPERIOR, SUBORDINATES}).__contains__,
    "responsibilities.*.every.ending": _no_event,
}
"""Where an id stands, something else may stand too: whether a text is that."""

_COMPARISONS: Final = 200_000
"""With how many known ids unknown ones are compared in one run to guess what was meant: comparing is slow."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An id that stands somewhere in a plan."""

    path: Path
    kind: str
    id: str


def together(*parts: Collection[str]) -> Collection[str]:
    """Several sets of ids as one, of which nothing is copied; each id once, in the order of the parts.

    >>> list(together({"a": 1, "b": 2}, {"b": 3, "c": 4}))
    ['a', 'b', 'c']
    """
    return _Together(parts)


@dataclass(frozen=True, slots=True)
class _Together(Collection[str]):
    parts: Sequence[Collection[str]]

    def __contains__(self, key: object) -> bool:
        return any(key in part for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(chain.from_iterable(self.parts)))

    def __len__(self) -> int:
        return sum(map(len, self.parts))


@dataclass(slots=True)
class Ids:
    """The ids that a plan defines, by kind; of the agencies that are bodies, those that are known."""

    known: Mapping[str, Collection[str]]
    #: Whether a text may be the id of the body of one agency, where it is not known which agencies have one.
    body: Callable[[str], bool]
    _left: int = field(default=_COMPARISONS, init=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], lifecycles: Collection[str], made: Collection[str] | None = None) -> Ids:
        """The ids defined by a plan as plain data.

        Args:
            data: the plan as plain data.
            lifecycles: names of the shipped lifecycles.
            made: the ids of the agencies that are bodies; None where they are not known.
        """
        bodies, groups = _keys(data, "bodies"), _keys(data, "groups")
        written = data.get("agencies")
        written = written if isinstance(written, Mapping) else {}
        agencies = together(written, made or ())
        known: dict[str, Collection[str]] = {
            "agency": agencies,
            "group": groups,
            "agency-or-group": together(agencies, groups, bodies),
            "body-or-agency": together(bodies, agencies),
            "activity": _keys(data, "activities"),
            "report": _keys(data, "reports"),
            "form": _keys(data, "forms"),
            "responsibility": _keys(data, "responsibilities"),
            "event": {**_keys(data, "events"), OPENED: None},
            "stage": _keys(data.get("plan"), "stages"),
            "lifecycle": {**dict.fromkeys(lifecycles), **_keys(data, "lifecycles")},
            "legal-basis": _named(data, "legal_basis[].id"),
            "anomaly": _named(data, "anomalies[].id"),
            "clause": _named(data, "clauses[].id"),
            "indicator": dict.fromkeys(str(path[-1]) for path, _ in _walk(data, "forms.*.indicators.*")),
            "kind": {"agency": None, **_named(data, "agencies.*.kind")},
        }
        return cls(known, lambda name: made is None and _is_of_a_body(name, bodies, written))

    def has(self, kind: str, name: str) -> bool:
        """Whether an id of this kind is defined."""
        return name in self.known[kind] or (kind in _OF_AGENCIES and self.body(name))

    def guess(self, kind: str, unknown: str) -> str | None:
        """What was probably meant; None also when this run has guessed enough."""
        self._left -= len(self.known[kind])
        return did_you_mean(unknown, self.known[kind]) if self._left >= 0 else None


_OF_AGENCIES: Final = frozenset({"agency", "agency-or-group", "body-or-agency"})


def _is_of_a_body(name: str, bodies: Collection[str], agencies: Collection[str]) -> bool:
    """Whether a text is made of the ids of a body and of an agency; either may have dots of its own."""
    dots = [place for place, char in enumerate(name[:_LONGEST_BODY]) if char == "."]
    return any(name[:dot] in bodies and name[dot + 1 :] in agencies for dot in dots)


_LONGEST_BODY: Final = 130
"""How long the id of a body of an agency can be: those of both and a dot."""


class Columns(Mapping[str, Any]):
    """Entries of a plan as plain data that are kept in columns: what stands under a key is known without them."""

    @abstractmethod
    def distinct(self, key: str) -> Collection[str]:
        """Every text that stands under a key of some entry, each once, in the order of the entries."""


def references(data: Mapping[str, Any], kinds: Collection[str] | None = None) -> Iterator[Reference]:
    """Every reference of a plan as plain data, in the order of `PLACES`; with `kinds` only those to such things."""
    for pattern, kind in PLACES:
        if kinds is None or kind in kinds:
            for path, value in _walk(data, pattern):
                if _names_something(pattern, value):
                    yield Reference(path, kind, value)


def names(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """By kind: every id that a plan as plain data names somewhere."""
    found: dict[str, set[str]] = {}
    for pattern, kind in PLACES:
        found.setdefault(kind, set()).update(_named_at(data, pattern))
    return found


def _names_something(pattern: str, value: Any) -> bool:
    other = _OTHER.get(pattern)
    return isinstance(value, str) and not (other and other(value))


def _named_at(data: Mapping[str, Any], pattern: str) -> Collection[str]:
    """What references at a pattern name, each once."""
    section, _, rest = pattern.partition(".*.")
    entries = data.get(section)
    if isinstance(entries, Columns) and "." not in rest:
        return entries.distinct(rest)
    return dict.fromkeys(value for _, value in _walk(data, pattern) if _names_something(pattern, value))


def unknown_ids(
    data: Mapping[str, Any],
    lifecycles: Collection[str],
    *,
    made: Collection[str] | None = None,
    unsure: Collection[str] = (),
) -> Iterator[Finding]:
    """Findings for ids that nothing defines.

    Args:
        data: the plan as plain data, as written or as dumped.
        lifecycles: names of the shipped lifecycles.
        made: the ids of the agencies that are bodies of the plan's making; None where they are not known.
        unsure: kinds of which not all ids are known, since something could not be read.
    """
    ids = Ids.of(data, lifecycles, made)
    for pattern, kind in PLACES:
        unknown = {one for one in _named_at(data, pattern) if not ids.has(kind, one)} if kind not in unsure else ()
        for path, name in _walk(data, pattern) if unknown else ():
            if isinstance(name, str) and name in unknown:
                guess, known = ids.guess(kind, name), list(ids.known[kind])
                yield Finding.of(f"unknown-{kind}", path=path, id=name, guess=guess, known=known)


def _keys(data: Any, section: str) -> dict[str, None]:
    value = data.get(section) if isinstance(data, Mapping) else None
    return dict.fromkeys(value) if isinstance(value, Mapping) else {}


def _named(data: Mapping[str, Any], pattern: str) -> dict[str, None]:
    return dict.fromkeys(_named_at(data, pattern))


def _walk(data: Any, pattern: str) -> Iterator[tuple[Path, Any]]:
    """The values at a pattern of `PLACES`, each with its path."""
    steps = pattern.replace("[]", ".[]").split(".")
    found: list[tuple[Path, Any]] = [((), data)]
    for step in steps:
        found = [(path + more, value) for path, node in found for more, value in _step(node, step)]
    yield from found


def _step(node: Any, step: str) -> Iterator[tuple[Path, Any]]:
    if step == "[]":
        if isinstance(node, Sequence) and not isinstance(node, str):
            yield from (((index,), value) for index, value in enumerate(node))
        else:
            yield (), node
    elif isinstance(node, Mapping):
        if step == "[key]":
            yield from (((key, "[key]"), key) for key in node)
        elif step == "*":
            yield from (((key,), value) for key, value in node.items())
        elif step in node:
            yield (step,), node[step]
