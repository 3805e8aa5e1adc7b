"""Every place of a plan that names something else by its id, and the check that it is there.

The table of places is data, and the check runs over plain data (mappings, lists, text): so it also works for a text
that could not be typed, and one run names the unknown ids together with everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from campaignflow.domain.findings import Finding, Path, Rule, did_you_mean, register

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
    "responsibilities.*.due.*", "responsibilities.*.expected.*",
)  # fmt: skip
_IN_A_DEADLINE: Final = (("clause", "clause"), ("within.after", "event"), ("after", "event"), ("set_by", "agency"))

_PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("plan.issuer", "agency"),
    ("plan.coordinator", "agency"),
    ("plan.region_kind", "kind"),
    ("plan.theme.clause", "clause"),
    ("plan.period.clause", "clause"),
    ("legal_basis[].clause", "clause"),
    ("legal_basis[].anomaly", "anomaly"),
    ("anomalies[].clause", "clause"),
    ("agencies.*.under", "agency"),
    ("agencies.*.succeeded_by", "agency"),
    ("groups.*.members[]", "agency"),
    ("groups.*.except[]", "agency"),
    ("groups.*.select.under", "agency"),
    ("groups.*.select.within", "agency"),
    ("activities.*.clause", "clause"),
    ("activities.*.also[]", "clause"),
    ("activities.*.by[]", "agency-or-group"),
    ("activities.*.after", "event"),
    ("activities.*.counts[]", "indicator"),
    ("reports.*.clause", "clause"),
    ("reports.*.also[]", "clause"),
    ("reports.*.to[]", "agency"),
    ("reports.*.form", "form"),
    ("reports.*.revise_within.set_by", "agency"),
    ("responsibilities.*.clause", "clause"),
    ("responsibilities.*.also[]", "clause"),
    ("responsibilities.*.assigned_to[]", "agency-or-group"),
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
"""Where ids stand, and of what. `*` is every key of a mapping, `[]` every entry of a list or the one value without."""

_COMPARISONS: Final = 200_000
"""With how many known ids unknown ones are compared in one run to guess what was meant: comparing is slow."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An id that stands somewhere in a plan."""

    path: Path
    kind: str
    id: str


@dataclass(slots=True)
class Ids:
    """The ids that a plan defines, by kind."""

    known: Mapping[str, Collection[str]]
    _left: int = field(default=_COMPARISONS, init=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], lifecycles: Collection[str]) -> Ids:
        """The ids defined by a plan as plain data, besides those of the shipped `lifecycles`."""
        agencies, groups = _keys(data, "agencies"), _keys(data, "groups")
        return cls(
            {
                "agency": agencies,
                "agency-or-group": agencies | groups,
                "activity": _keys(data, "activities"),
                "report": _keys(data, "reports"),
                "form": _keys(data, "forms"),
                "responsibility": _keys(data, "responsibilities"),
                "event": _keys(data, "events"),
                "lifecycle": {**dict.fromkeys(lifecycles), **_keys(data, "lifecycles")},
                "legal-basis": _named(data, "legal_basis[].id"),
                "anomaly": _named(data, "anomalies[].id"),
                "clause": _named(data, "clauses[].id"),
                "indicator": dict.fromkeys(str(path[-1]) for path, _ in _walk(data, "forms.*.indicators.*")),
                "kind": {"agency": None, **_named(data, "agencies.*.kind")},
            }
        )

    def guess(self, kind: str, unknown: str) -> str | None:
        """What was probably meant; None also when this run has guessed enough."""
        self._left -= len(self.known[kind])
        return did_you_mean(unknown, self.known[kind]) if self._left >= 0 else None


def references(data: Mapping[str, Any]) -> Iterator[Reference]:
    """Every reference of a plan as plain data, in the order of `PLACES`."""
    for pattern, kind in PLACES:
        for path, value in _walk(data, pattern):
            if isinstance(value, str):
                yield Reference(path, kind, value)


def unknown_ids(
    data: Mapping[str, Any], lifecycles: Collection[str], *, unsure: Collection[str] = ()
) -> Iterator[Finding]:
    """Findings for ids that nothing defines.

    Args:
        data: the plan as plain data, as written or as dumped.
        lifecycles: names of the shipped lifecycles.
        unsure: kinds of which not all ids are known, since something could not be read.
    """
    ids = Ids.of(data, lifecycles)
    for found in references(data):
        if found.kind not in unsure and found.id not in ids.known[found.kind]:
            guess, known = ids.guess(found.kind, found.id), list(ids.known[found.kind])
            yield Finding.of(f"unknown-{found.kind}", path=found.path, id=found.id, guess=guess, known=known)


def _keys(data: Mapping[str, Any], section: str) -> dict[str, None]:
    value = data.get(section)
    return dict.fromkeys(value) if isinstance(value, Mapping) else {}


def _named(data: Mapping[str, Any], pattern: str) -> dict[str, None]:
    return dict.fromkeys(value for _, value in _walk(data, pattern) if isinstance(value, str))


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
        if step == "*":
            yield from (((key,), value) for key, value in node.items())
        elif step in node:
            yield (step,), node[step]
