"""The plan of Hồ Chí Minh City as text: what the folder holds is what was issued, sentence for sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from campaignflow.domain.plan import Clause, Plan
from campaignflow.domain.text_match import collapsed, differences, plan_words, source_words
from campaignflow.loading.plans import Reading, read_plan

FOLDER = Path(__file__).parents[1] / "plans" / "hcmc3210"


@cache
def reading() -> Reading:
    return read_plan(FOLDER / "plan.yaml")


def the_plan() -> Plan:
    plan = reading().plan
    assert plan is not None, reading().findings
    return plan


@cache
def issued() -> str:
    return (FOLDER / "3210-qd-ubnd-2014.txt").read_text(encoding="utf-8")


def sentences_of(clause: Clause) -> Iterator[str]:
    """The title, then the text in pieces that end with a full stop, a semicolon or a colon."""
    if clause.title:
        yield clause.title
    yield from (piece for piece in re.split(r"(?<=[.;:])\s+", clause.text or "") if piece)


def given_back(plan: Plan) -> list[str]:
    """The words of the document as the plan file holds them, without markup and white space."""
    return [word.text for word in plan_words(plan)]


@cache
def words_issued() -> list[str]:
    return [word.text for word in source_words(issued())]


def struck_out(plan: Plan, clause: Clause, sentence: str) -> Plan:
    """The plan without a sentence of one of its clauses."""
    title = None if clause.title == sentence else clause.title
    text = clause.text if title != clause.title else (clause.text or "").replace(sentence, "", 1).strip() or None
    shorter = clause.model_copy(update={"title": title, "text": text})
    return plan.model_copy(update={"clauses": tuple(shorter if one is clause else one for one in plan.clauses)})


def test_the_document_is_given_back_by_clauses_distribution_and_signature() -> None:
    assert differences(the_plan(), issued()) == []
    assert given_back(the_plan()) == words_issued()


def test_the_text_falls_into_ninety_eight_clauses() -> None:
    assert len(the_plan().clauses) == 98


def test_every_sentence_that_is_struck_out_is_missed() -> None:
    plan = the_plan()
    sentences = [(clause, sentence) for clause in plan.clauses for sentence in sentences_of(clause)]
    unnoticed = [
        (clause.id, sentence)
        for clause, sentence in sentences
        if given_back(struck_out(plan, clause, sentence)) == words_issued()
    ]
    assert len(sentences) > 130
    assert unnoticed == []


@pytest.mark.parametrize("number", range(12))
def test_a_line_struck_out_of_the_distribution_list_is_missed(number: int) -> None:
    plan = the_plan()
    assert len(plan.distribution) == 12
    shorter = plan.distribution[:number] + plan.distribution[number + 1 :]
    assert given_back(plan.model_copy(update={"distribution": shorter})) != words_issued()


def test_the_plan_checks_clean_but_for_two_dates_that_follow_a_sunday() -> None:
    found = reading().findings
    assert {(str(finding.severity), finding.code, finding.path[1]) for finding in found} == {
        ("warning", "deadline-not-worked", "b3"),
        ("warning", "deadline-not-worked", "bao-cao-xa"),
    }


def test_every_anomaly_is_said_and_the_odd_words_stand_unrepaired() -> None:
    plan, source = the_plan(), collapsed(issued())
    for anomaly in plan.anomalies:
        clause = plan.clause(anomaly.clause)
        assert clause is not None and collapsed(anomaly.words) in collapsed(clause.whole)
    assert "98/2013/TT-BXD" in source and "98/2013/TT-BTC" in source


def test_the_plan_names_every_agency_that_the_decision_tells_to_carry_it_out() -> None:
    plan = the_plan()
    executors = plan.plan.executors
    assert executors is not None and executors.agencies == (
        "van-phong-ubnd", "so-ldtbxh", "so-xd", "so-tc", "so-khdt", "quan-huyen", "mttq",
    )  # fmt: skip
    first = plan.distribution[0]
    assert (first.words, first.to) == ("Như Điều 3;", executors.agencies)


def _rows(text: str) -> list[list[str]]:
    """The rows of the table in the README that says where each clause went."""
    part = text.partition("## Where each clause went")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0].startswith("`")]


def test_the_readme_says_of_every_clause_where_it_went() -> None:
    rows = _rows((FOLDER / "README.md").read_text(encoding="utf-8"))
    told = {clause for row in rows for clause in re.findall(r"`([^`]+)`", row[0])}
    assert told == {clause.id for clause in the_plan().clauses}


def test_the_elements_that_the_readme_names_are_in_the_plan_and_none_is_left_out() -> None:
    rows, plan = _rows((FOLDER / "README.md").read_text(encoding="utf-8")), the_plan()
    named = {path for row in rows for path in re.findall(r"`([a-z_]+\.[a-z0-9_-]+)`", row[-1])}
    there = {
        f"{block}.{key}"
        for block in ("responsibilities", "reports", "events", "bodies")
        for key in getattr(plan, block)
    } | {f"legal_basis.{basis.id}" for basis in plan.legal_basis}
    assert {path for path in named if not path.startswith(("plan.", "forms."))} == there


def test_the_readme_lists_every_anomaly() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [one.id for one in the_plan().anomalies if f"| `{one.id}` | `{one.clause}` |" not in text] == []
