"""Findings: what is wrong in a text, where, and what to do."""

from __future__ import annotations

import pytest

from campaignflow.domain.findings import RULES, Finding, Rule, Severity, did_you_mean, register, rule, shown

FRUIT = Rule("test-fruit", "No fruit is called '{fruit}'.", "Use one of: {known}.", why="For these tests.")
RIPE = Rule("test-ripe", "'{fruit}' is not ripe.", "Wait.", why="For these tests.", severity=Severity.warning)


@pytest.fixture(autouse=True)
def _rules():
    """Two rules that exist for these tests only."""
    register(FRUIT, RIPE)
    yield
    for known in (FRUIT, RIPE):
        del RULES[known.code]


def test_a_finding_prints_as_file_line_column_severity_message_and_cure():
    finding = Finding.of("test-fruit", fruit="stone", known=("apple", "pear")).located("plan.yaml", 3, 7)
    assert str(finding) == "plan.yaml:3:7: error: No fruit is called 'stone'. (Use one of: apple, pear.)"


def test_a_finding_without_a_position_prints_what_is_known():
    finding = Finding.of("test-ripe", fruit="kiwi")
    assert str(finding) == "warning: 'kiwi' is not ripe. (Wait.)"
    assert str(finding.located("plan.yaml")) == "plan.yaml: warning: 'kiwi' is not ripe. (Wait.)"


def test_a_guess_comes_before_the_cure_and_no_guess_changes_nothing():
    assert Finding.of("test-fruit", fruit="aple", known=["apple"], guess="apple").cure.startswith(
        "Did you mean 'apple'? Use"
    )
    assert Finding.of("test-fruit", fruit="x", known=["apple"], guess=None).cure == "Use one of: apple."


def test_sentences_are_translated_before_they_are_filled():
    catalogue = {"'{fruit}' is not ripe.": "'{fruit}' chưa chín.", "Wait.": "Hãy đợi."}
    finding = Finding.of("test-ripe", fruit="{kiwi}")
    assert finding.message_in(catalogue.__getitem__) == "'{kiwi}' chưa chín."
    assert finding.cure_in(catalogue.__getitem__) == "Hãy đợi."


def test_a_finding_that_lacks_a_field_of_its_sentences_cannot_be_made():
    with pytest.raises(TypeError, match="known"):
        Finding.of("test-fruit", fruit="stone")


def test_a_code_cannot_be_given_to_a_second_rule_but_the_same_rule_may_come_again():
    assert register(FRUIT) == (FRUIT,)
    with pytest.raises(ValueError, match="test-fruit"):
        register(Rule("test-fruit", "Another.", "Cure.", why="For these tests."))
    assert rule("test-fruit") is FRUIT


def test_every_rule_says_what_is_wrong_what_to_do_and_why():
    import campaignflow.loading.csvtext
    import campaignflow.loading.yamltext  # noqa: F401

    assert len(RULES) > len((FRUIT, RIPE))
    for known in RULES.values():
        assert known.message.endswith((".", "}")), known.code
        assert known.cure.endswith((".", ")")), known.code
        assert known.why, known.code
        assert known.code == known.code.lower()


def test_data_is_shown_on_one_line_without_control_characters_and_cut_when_long():
    assert shown("a\nb\tc \x1b[2J \u202e") == r"a b c \x1b[2J \u202e"
    assert len(shown("x" * 10_000)) == 160
    assert shown(list(range(100))).endswith("11, …")
    assert shown({"b", "a"}) == "a, b"


def test_findings_compare_and_hash_by_what_they_say_and_where():
    one = Finding.of("test-ripe", fruit="kiwi", path=("a", 1))
    assert len({one, Finding.of("test-ripe", fruit="kiwi", path=("a", 1)), one.located("f", 1, 1)}) == 2


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("So-GDĐT", ["so-gddt", "so-ldtbxh"], "so-gddt"),
        ("bao cao", ["kế hoạch", "báo cáo"], "báo cáo"),
        ("responsibilites", ["responsibilities", "activities"], "responsibilities"),
        ("on_behalf", ["agencies", "groups"], None),
        ("x" * 1_000_000, ["x" * 999_999], None),
        ("", ["agencies"], None),
    ],
)
def test_did_you_mean_finds_the_near_word_whatever_its_case_and_diacritics(word, choices, meant):
    assert did_you_mean(word, choices) == meant
