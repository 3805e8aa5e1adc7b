"""The plan of 2013 as text: what the plan file holds is what was issued, sentence for sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from campaignflow.domain.plan import Clause, Plan
from campaignflow.domain.text_match import collapsed, differences, source_words
from campaignflow.loading.plans import Reading, read_plan
from campaignflow.loading.yamltext import parse_yaml

FOLDER = Path(__file__).parents[1] / "plans" / "bcdqg1237"


@cache
def the_plan() -> Plan:
    parsed = parse_yaml((FOLDER / "plan.yaml").read_bytes(), file="plan.yaml")
    assert parsed.ok, parsed.findings
    return Plan.model_validate(parsed.data)


@cache
def the_reading() -> Reading:
    return read_plan(FOLDER / "plan.yaml")


@cache
def issued() -> str:
    return (FOLDER / "ke-hoach-252.txt").read_text(encoding="utf-8")


def sentences_of(clause: Clause) -> Iterator[str]:
    """The title, then the text in pieces that end with a full stop, a semicolon, a colon or a line."""
    if clause.title:
        yield clause.title
    yield from (piece for piece in re.split(r"(?<=[.;:])\s+|\n", clause.text or "") if piece)


def every_sentence() -> list[tuple[str, str]]:
    return [(clause.id, sentence) for clause in the_plan().clauses for sentence in sentences_of(clause)]


def without(clause: Clause, sentence: str) -> Clause | None:
    """The clause with a sentence struck out; None if nothing is left of it."""
    title = None if clause.title == sentence else clause.title
    text = clause.text if title != clause.title else (clause.text or "").replace(sentence, "", 1).strip() or None
    if title is None and text is None:
        return None
    return clause.model_copy(update={"title": title, "text": text})


def test_the_source_is_given_back_by_clauses_distribution_and_signature() -> None:
    assert differences(the_plan(), issued()) == []


def test_the_text_falls_into_128_clauses_and_273_sentences() -> None:
    assert (len(the_plan().clauses), len(every_sentence())) == (128, 273)


@pytest.mark.parametrize(
    ("clause_id", "sentence"), every_sentence(), ids=[f"{n}-{clause}" for n, (clause, _) in enumerate(every_sentence())]
)
def test_a_sentence_struck_out_of_a_clause_is_missed(clause_id: str, sentence: str) -> None:
    plan = the_plan()
    damaged = [without(one, sentence) if one.id == clause_id else one for one in plan.clauses]
    kept = tuple(one for one in damaged if one is not None)
    assert differences(plan.model_copy(update={"clauses": kept}), issued())


@pytest.mark.parametrize("number", range(len(the_plan().distribution)))
def test_a_line_struck_out_of_the_distribution_list_is_missed(number: int) -> None:
    plan = the_plan()
    shorter = plan.distribution[:number] + plan.distribution[number + 1 :]
    assert differences(plan.model_copy(update={"distribution": shorter}), issued())


def test_clauses_stand_in_the_order_of_the_document() -> None:
    """Every clause is found in the source behind the one before it, its number in front of it."""
    text, at = " ".join(word.text for word in source_words(issued())), 0
    for clause in the_plan().clauses:
        first = next(sentences_of(clause)).removeprefix("- ")
        mark = f"{clause.label} {collapsed(first)}" if clause.label and clause.label != "-" else collapsed(first)
        found = text.find(mark, at)
        assert found >= 0, f"{clause.id} is not found behind the clause before it"
        at = found + len(mark)


def test_the_plan_checks_clean() -> None:
    """Neither an error nor a warning: what is our reading is said as `assumed`, what is odd as an anomaly."""
    reading = the_reading()
    assert [(str(found.severity), found.code, found.path) for found in reading.findings] == []
    assert reading.plan is not None


def test_the_numbers_of_the_document_are_kept_where_they_are_odd() -> None:
    """Section V counts 1, 2, 4, and f) follows e)."""
    assert [one.label for one in the_plan().clauses if re.fullmatch(r"B\.V\.\d", one.id)] == ["1.", "2.", "4."]
    letters = [one.label for one in the_plan().clauses if re.fullmatch(r"B\.V\.1\.\w", one.id)]
    assert letters == ["a)", "b)", "c)", "d)", "đ)", "e)", "f)"]


def test_each_letter_a_is_a_clause_of_its_own_level() -> None:
    """`a)` stands under "Nội dung, biện pháp" and again under "Cơ quan chủ trì": two clauses with two texts."""
    plan = the_plan()
    for section in ("B.I", "B.III", "B.V", "B.VI", "B.VII", "B.VIII", "B.IX"):
        content, leads = plan.clause(f"{section}.1.a"), plan.clause(f"{section}.2.a")
        assert content is not None and leads is not None
        assert "Cơ quan chủ trì" in leads.whole and "Cơ quan chủ trì" not in content.whole


def test_every_anomaly_is_said_and_the_odd_words_stand_unrepaired() -> None:
    plan = the_plan()
    assert {one.id for one in plan.anomalies} >= {"ten-mat-tran", "danh-so-v", "hai-thoi-gian", "thieu-ngoac"}
    for anomaly in plan.anomalies:
        clause = plan.clause(anomaly.clause)
        assert clause is not None and collapsed(anomaly.words) in collapsed(clause.whole)
    assert "Mặt trận Tổ quốc Việt Quốc gia" in issued()


def test_there_are_seven_military_regions_and_sixty_three_provinces_with_a_committee_each() -> None:
    plan = the_reading().plan
    assert plan is not None
    assert [len(plan.resolve((group,))) for group in ("quan-khu", "tinh", "bcd-quan-khu", "bcd-tinh")] == [7, 63, 7, 63]
    assert plan.units["bcd-tinh.lang-son"].name == "Ban Chỉ đạo 1237 Tỉnh Lạng Sơn"


def test_the_provinces_that_ended_in_2025_all_name_one_that_goes_on() -> None:
    plan = the_reading().plan
    assert plan is not None
    ended = {key: one for key, one in plan.agencies.items() if one.until}
    assert len(ended) == 29
    assert all(one.succeeded_by and plan.agencies[one.succeeded_by].until is None for one in ended.values())


def _rows() -> list[list[str]]:
    """The rows of the table in the README that says where each clause went."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Where each clause went")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]


def test_the_readme_says_of_every_clause_where_it_went() -> None:
    """A name with … stands for everything below it; headings need not be there."""
    told = [(name, "…" in row[0]) for row in _rows() for name in re.findall(r"`([^`]+)`", row[0])]
    ids = {clause.id for clause in the_plan().clauses}
    assert {name for name, _ in told} <= ids
    covered = {one for one in ids for name, below in told if one == name or (below and one.startswith(f"{name}."))}
    assert [one.id for one in the_plan().clauses if one.id not in covered and one.kind != "heading"] == []


def test_the_elements_that_the_readme_names_are_in_the_plan_and_none_is_left_out() -> None:
    plan = the_plan()
    named = {path for row in _rows() for path in re.findall(r"`([a-z_]+\.[a-z0-9_-]+)`", row[-1])}
    blocks = ("responsibilities", "activities", "reports", "events", "bodies")
    there = {f"{block}.{key}" for block in blocks for key in getattr(plan, block)}
    there |= {f"legal_basis.{basis.id}" for basis in plan.legal_basis}
    assert {path for path in named if not path.startswith("plan.")} == there
    assert all(hasattr(plan.plan, path.removeprefix("plan.")) for path in named if path.startswith("plan."))


def test_the_readme_lists_every_anomaly() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [one.id for one in the_plan().anomalies if f"| `{one.id}` | `{one.clause}` |" not in text] == []
