"""Rules about the plan's own text: what it says is found in it, and all that it asks for is taken up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeAlias

from campaignflow.domain.findings import Finding, Path, Rule, register
from campaignflow.domain.plan import STATES_A_DUTY
from campaignflow.domain.plan_facts import Check, Facts
from campaignflow.domain.text_match import collapsed, differences

TEXT_RULES: Final = register(
    Rule(
        "words-not-found",
        "The words '{words}' are not in the text of clause {clause}.",
        "Quote the clause letter by letter, or name the clause they stand in.",
        why="What the plan is said to ask for must be found in the plan, in its own words.",
    ),
    Rule(
        "words-elsewhere",
        "The words '{words}' stand in clause {found}, not in {clause}.",
        "Name {found} under `clause` or `also`, or quote the clause.",
        why="What the plan is said to ask for must be found in the plan, in its own words.",
    ),
    Rule(
        "words-nowhere",
        "The words '{words}' are nowhere in the plan's text.",
        "Quote the text letter by letter.",
        why="What a plan is said to speak of must be found in it, in its own words.",
    ),
    Rule(
        "clause-not-covered",
        "No activity, report or responsibility takes up clause {clause}, which asks for something.",
        "Name it under `clause` or `also` of what carries it out; or give it another `kind`, if it asks for nothing.",
        why="A sentence of the plan that nobody took up is a duty forgotten.",
    ),
    Rule(
        "source-differs",
        "The plan has '{ours}' where line {line} of the document as issued has '{theirs}'.",
        "Give the text back as it was issued; note what is odd in it under `anomalies`.",
        why="The plan's text is evidence: every sentence of the document stands in it, and nothing else.",
    ),
)

_MOST_DIFFERENCES: Final = 50

Quotation: TypeAlias = tuple[Path, str, tuple[str, ...]]
"""Words of the plan: where they are quoted, the words, and the clauses that may hold them."""


def words_in_their_clause(facts: Facts) -> Iterator[Finding]:
    """Quoted words stand in one of the clauses that are named with them."""
    for path, words, clauses in _quotations(facts):
        known = [clause for clause in clauses if clause in facts.texts]
        wanted = collapsed(words)
        if not known or any(wanted in facts.texts[clause] for clause in known):
            continue
        elsewhere = next((name for name, text in facts.texts.items() if wanted in text), None)
        if elsewhere is None:
            yield Finding.of("words-not-found", path=path, words=words, clause=known)
        else:
            yield Finding.of("words-elsewhere", path=path, words=words, clause=known, found=elsewhere)


def _quotations(facts: Facts) -> Iterator[Quotation]:
    """Every quotation: where it stands, its words, and the clauses that may hold them."""
    header = facts.plan.plan
    if header.theme:
        yield ("plan", "theme", "words"), header.theme.words, (header.theme.clause,)
    for index, anomaly in enumerate(facts.plan.anomalies):
        yield ("anomalies", index, "words"), anomaly.words, (anomaly.clause,)
    for key, activity in facts.plan.activities.items():
        yield ("activities", key, "words"), activity.words, (activity.clause, *activity.also)
    yield from _of_duties(facts)
    for line in facts.lines:
        if line.text.stated and not line.text.set_by:
            yield (*line.path, "stated"), line.text.stated, line.clauses
    yield from ((path, words, (clause,)) for path, words, clause in _of_the_text(facts) if words and clause)


def _of_duties(facts: Facts) -> Iterator[Quotation]:
    for key, duty in facts.plan.responsibilities.items():
        path, clauses = ("responsibilities", key), (duty.clause, *duty.also)
        if duty.words:
            yield (*path, "words"), duty.words, clauses
        for index, part in enumerate(duty.parts):
            yield (*path, "parts", index, "words"), part.words, clauses
        for name, rhythm in (("every", duty.every), ("continuous", duty.continuous), ("on_demand", duty.on_demand)):
            if rhythm and rhythm.stated:
                places = (rhythm.clause,) if rhythm.clause else clauses
                yield (*path, name, "stated"), rhythm.stated, places


def _of_the_text(facts: Facts) -> Iterator[tuple[Path, str | None, str | None]]:
    """Words that need not name their clause: where they stand, the words, and the clause if they name one."""
    header, plan = facts.plan.plan, facts.plan
    if header.period:
        yield ("plan", "period", "stated"), header.period.stated, header.period.clause
    for name, stage in header.stages.items():
        yield ("plan", "stages", name, "words"), stage.words, stage.clause
    if header.promulgated_by:
        yield ("plan", "promulgated_by", "stated"), header.promulgated_by.stated, header.promulgated_by.clause
    if header.executors:
        yield ("plan", "executors", "words"), header.executors.words, header.executors.clause
    for section in ("groups", "bodies"):
        yield from (((section, key, "words"), entry.words, None) for key, entry in getattr(plan, section).items())
    for key, event in plan.events.items():
        yield ("events", key, "words"), event.words, event.clause


def words_in_the_text(facts: Facts) -> Iterator[Finding]:
    """Words that name no clause stand somewhere in the text: those of groups, bodies, events and the header."""
    for path, words, clause in _of_the_text(facts) if facts.texts else ():
        wanted = collapsed(words or "")
        if clause is None and not any(wanted in text for text in facts.texts.values()):
            yield Finding.of("words-nowhere", path=path, words=wanted)


def clauses_taken_up(facts: Facts) -> Iterator[Finding]:
    """A clause that states an activity, a duty or a report is taken up by something. A heading is not one."""
    used = set(_taken_up(facts.plain))
    for index, clause in enumerate(facts.plan.clauses):
        if clause.kind in STATES_A_DUTY and clause.text and clause.id not in used:
            yield Finding.of("clause-not-covered", path=("clauses", index, "id"), clause=clause.id)


_TAKE_UP: Final = ("activities", "reports", "responsibilities", "groups", "bodies", "events")
_OF_THE_HEADER: Final = ("executors", "promulgated_by", "stages")


def _taken_up(plain: Mapping[str, Any]) -> Iterator[str]:
    """The clauses that activities, reports, responsibilities and what they speak of name, at whatever depth."""
    header = plain.get("plan")
    queue: list[Any] = [plain.get(section) for section in _TAKE_UP]
    queue += [header.get(key) for key in _OF_THE_HEADER] if isinstance(header, Mapping) else []
    while queue:
        node = queue.pop()
        if isinstance(node, Mapping):
            yield from _ids(node.get("clause"))
            yield from _ids(node.get("also"))
            queue.extend(node.values())
        elif isinstance(node, list):
            queue.extend(node)


def _ids(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return (one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def text_as_issued(facts: Facts) -> Iterator[Finding]:
    """Clauses, distribution list and signature give the document back, where it is at hand."""
    if facts.source is None or not facts.plan.clauses:
        return
    for found in islice(differences(facts.plan, facts.source), _MOST_DIFFERENCES):
        yield Finding.of("source-differs", path=found.path, ours=found.ours, theirs=found.theirs, line=found.line)


PART_CHECKS: Final[tuple[Check, ...]] = (words_in_their_clause, words_in_the_text)
"""Rules that also hold for the sound part of a plan."""

WHOLE_CHECKS: Final[tuple[Check, ...]] = (clauses_taken_up, text_as_issued)
"""Rules that need the whole of it."""
