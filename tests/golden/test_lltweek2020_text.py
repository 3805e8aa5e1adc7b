"""The plan of 2020 as text: what the example holds is what was issued, sentence for sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from campaignflow.domain.plan import Clause, Plan
from campaignflow.loading.plans import read_plan
from campaignflow.loading.yamltext import parse_yaml

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020"


@cache
def the_plan() -> Plan:
    parsed = parse_yaml((EXAMPLE / "plan.yaml").read_bytes(), file="plan.yaml")
    assert parsed.ok, parsed.findings
    return Plan.model_validate(parsed.data)


def collapsed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def issued() -> str:
    """The source without markup (only ** occurs) and without the accidents of its white space."""
    return collapsed((EXAMPLE / "plan-2020.txt").read_text(encoding="utf-8").replace("**", " "))


def given_back(plan: Plan, clauses: tuple[Clause, ...]) -> str:
    """The text as the plan file holds it: its clauses, its distribution list and its signature."""
    pieces = [part for clause in clauses for part in (clause.label, clause.title, clause.text) if part]
    pieces += ["Nơi nhận:", *(f"- {line.words}" for line in plan.distribution)]
    signed = plan.plan.signed
    assert signed is not None and signed.form and signed.for_
    pieces += [f"{signed.form} {signed.for_.upper()}", signed.position.upper(), signed.name]
    return collapsed(" ".join(pieces))


def sentences_of(clause: Clause) -> Iterator[str]:
    """The title, then the text in pieces that end with a full stop, a semicolon or a colon."""
    if clause.title:
        yield clause.title
    yield from (piece for piece in re.split(r"(?<=[.;:])\s+", clause.text or "") if piece)


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
    plan = the_plan()
    assert given_back(plan, plan.clauses) == issued()


def test_the_text_falls_into_thirty_clauses_and_fifty_four_sentences() -> None:
    assert len(the_plan().clauses) == 30
    assert len(every_sentence()) == 54


@pytest.mark.parametrize(
    ("clause_id", "sentence"), every_sentence(), ids=[f"{n}-{clause}" for n, (clause, _) in enumerate(every_sentence())]
)
def test_a_sentence_struck_out_of_a_clause_is_missed(clause_id: str, sentence: str) -> None:
    plan = the_plan()
    damaged = [without(one, sentence) if one.id == clause_id else one for one in plan.clauses]
    kept = tuple(one for one in damaged if one is not None)
    assert given_back(plan, kept) != issued()


@pytest.mark.parametrize("number", range(len(the_plan().distribution)))
def test_a_line_struck_out_of_the_distribution_list_is_missed(number: int) -> None:
    plan = the_plan()
    shorter = plan.distribution[:number] + plan.distribution[number + 1 :]
    assert given_back(plan.model_copy(update={"distribution": shorter}), plan.clauses) != issued()


def test_two_clauses_that_changed_places_are_noticed() -> None:
    plan = the_plan()
    first, second, *rest = plan.clauses
    assert given_back(plan, (second, first, *rest)) != issued()


def test_the_plan_checks_clean_but_for_the_warning_that_its_first_date_follows_a_saturday() -> None:
    reading = read_plan(EXAMPLE / "plan.yaml")
    assert [(str(finding.severity), finding.message) for finding in reading.findings] == [
        ("warning", "The last day, 2020-10-24, is no working day; the last working day before it is 2020-10-23.")
    ]
    assert reading.plan == the_plan()


@pytest.mark.parametrize("clause_id", ["II.3.3-2", "III.5", "IV"])
def test_check_says_where_the_clauses_no_longer_give_the_source(tmp_path: Path, clause_id: str) -> None:
    """A clause cut short in the file itself is refused by `check`, and the finding names the place."""
    text = (EXAMPLE / "plan.yaml").read_text(encoding="utf-8")
    start = text.index(f"- {{id: {clause_id}, ")
    end = text.index('"}', start)
    for name in ("plan-2020.txt", "contacts.csv"):
        (tmp_path / name).write_bytes((EXAMPLE / name).read_bytes())
    (tmp_path / "plan.yaml").write_text(text[: end - 12] + text[end:], encoding="utf-8")
    findings = read_plan(tmp_path / "plan.yaml").findings
    assert "source-differs" in {finding.code for finding in findings}


def test_every_anomaly_is_said_and_the_odd_words_stand_unrepaired() -> None:
    plan, source = the_plan(), issued()
    assert {anomaly.id for anomaly in plan.anomalies} >= {"so-cong-van", "thieu-so-ngay", "han-vo-dong", "huyen-uy"}
    for anomaly in plan.anomalies:
        clause = plan.clause(anomaly.clause)
        assert clause is not None and collapsed(anomaly.words) in collapsed(clause.whole)
    assert "3589/BGDĐT-GDĐT" in source and "GDTX" not in source
    assert plan.legal_basis[0].number == "3589/BGDĐT-GDĐT"


def test_both_deadlines_of_section_iv_stand_in_the_reports() -> None:
    reports = the_plan().reports
    stated = {key: (str(report.due.before), report.due.stated) for key, report in reports.items() if report.due}
    assert stated == {
        "ket-qua": ("2020-10-25", "trước ngày 25 tháng 10 năm 2020"),
        "bao-cao-tong-hop": ("2020-10-30", "trước ngày 30 tháng 10 năm 2020"),
    }


def _rows(name: str) -> list[list[str]]:
    """The rows of the table in a README that says where each clause went."""
    text = (EXAMPLE / name).read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if re.search(r"`(loai|mo-dau|[IV]+)", row[0])]


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_readme_says_of_every_clause_where_it_went(name: str) -> None:
    clauses = {clause for row in _rows(name) for clause in re.findall(r"`([^`]+)`", row[0])}
    assert clauses == {clause.id for clause in the_plan().clauses}


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_elements_that_the_readme_names_are_in_the_plan_and_none_is_left_out(name: str) -> None:
    plan = the_plan()
    named = {path for row in _rows(name) for path in re.findall(r"`([a-z_]+\.[a-z0-9_-]+)`", row[-1])}
    there = {f"{block}.{key}" for block in ("responsibilities", "activities", "reports", "events")
             for key in getattr(plan, block)} | {f"legal_basis.{basis.id}" for basis in plan.legal_basis}  # fmt: skip
    assert {path for path in named if not path.startswith("plan.")} == there
    assert all(hasattr(plan.plan, path.removeprefix("plan.")) for path in named if path.startswith("plan."))


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_the_readme_lists_every_anomaly(name: str) -> None:
    text = (EXAMPLE / name).read_text(encoding="utf-8")
    assert [one.id for one in the_plan().anomalies if f"| `{one.id}` | `{one.clause}` |" not in text] == []
