"""Rules about the plan's own text: what it says is found in it, and all that it asks for is taken up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

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
        why="A group is what the plan calls by these words.",
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


def _quotations(facts: Facts) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    """Every quotation: where it stands, its words, and the clauses that may hold them."""
    header = facts.plan.plan
    if header.theme:
        yield ("plan", "theme", "words"), header.theme.words, (header.theme.clause,)
    if header.period and header.period.stated and header.period.clause:
        yield ("plan", "period", "stated"), header.period.stated, (header.period.clause,)
    for index, anomaly in enumerate(facts.plan.anomalies):
        yield ("anomalies", index, "words"), anomaly.words, (anomaly.clause,)
    for key, activity in facts.plan.activities.items():
        yield ("activities", key, "words"), activity.words, (activity.clause, *activity.also)
    yield from _of_duties(facts)
    for line in facts.lines:
        if line.text.stated and not line.text.set_by:
            yield (*line.path, "stated"), line.text.stated, line.clauses


def _of_duties(facts: Facts) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    for key, duty in facts.plan.responsibilities.items():
        clauses = (duty.clause, *duty.also)
        if duty.words:
            yield ("responsibilities", key, "words"), duty.words, clauses
        for index, part in enumerate(duty.parts):
            yield ("responsibilities", key, "parts", index, "words"), part.words, clauses


def words_in_the_text(facts: Facts) -> Iterator[Finding]:
    """The words of groups and events stand somewhere in the text."""
    sections = (("groups", facts.plan.groups), ("events", facts.plan.events))
    for section, entries in sections:
        for key, entry in entries.items():
            wanted = collapsed(entry.words or "")
            if facts.texts and not any(wanted in text for text in facts.texts.values()):
                yield Finding.of("words-nowhere", path=(section, key, "words"), words=wanted)


def clauses_taken_up(facts: Facts) -> Iterator[Finding]:
    """A clause that states an activity, a duty or a report is taken up by something. A heading is not one."""
    used = set(_taken_up(facts.plain))
    for index, clause in enumerate(facts.plan.clauses):
        if clause.kind in STATES_A_DUTY and clause.text and clause.id not in used:
            yield Finding.of("clause-not-covered", path=("clauses", index, "id"), clause=clause.id)


def _taken_up(plain: Mapping[str, Any]) -> Iterator[str]:
    """The clauses that activities, reports and responsibilities name, at whatever depth."""
    queue: list[Any] = [plain.get(section, {}) for section in ("activities", "reports", "responsibilities")]
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
