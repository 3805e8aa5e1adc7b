"""YAML text read as plain data in which every scalar is text and has a position."""

from __future__ import annotations

import gc
import time

import pytest
import yaml

from campaignflow.loading.positions import Position
from campaignflow.loading.yamltext import Limits, Mapping, Sequence, locate, parse_yaml

SAMPLE = """\
# a comment
plan: {id: tuan-le, on: 0205}
agencies:
  so-gddt:
    name: Sở Giáo dục
    under:
  khac: {name: "x"}
steps:
  - 18:00
  - [a, b]
"""


def read(text, **limits):
    return parse_yaml(text, file="plan.yaml", limits=Limits(**limits))


def data_of(text):
    parsed = read(text)
    assert parsed.ok, list(map(str, parsed.findings))
    return parsed.data


def codes(text, **limits):
    return [finding.code for finding in read(text, **limits).findings]


def only(text, **limits):
    """The one finding of a text, as (code, line, column)."""
    (found,) = read(text, **limits).findings
    assert found.file == "plan.yaml"
    assert str(found).startswith(f"plan.yaml:{found.line}:{found.column}: error: ")
    return found.code, found.line, found.column


# --- text stays text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scalar",
    ["on", "no", "0205", "18:00", "2026-13-15", "2020-10-25", "1e3", "0x1F", "~", "null", "1_000", ".inf", "=", "<<x"],
)
def test_every_scalar_is_the_text_that_was_written(scalar):
    """A5: odd scalars, which YAML 1.1 types or fails on, are text."""
    assert data_of(f"{scalar}: {scalar}\nlist: [{scalar}]") == {scalar: scalar, "list": [scalar]}


def test_a_value_left_empty_is_the_empty_text():
    assert data_of("a:\nb: ''\nc: {d: }\ne: [x, '']") == {"a": "", "b": "", "c": {"d": ""}, "e": ["x", ""]}


def test_block_scalars_quotes_and_line_ends_of_any_system_are_read():
    text = "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: 'it''s'\nd: \"t\\u1ead\\n\"\n"
    expected = {"a": "x\ny\n", "b": "x y", "c": "it's", "d": "tậ\n"}
    assert data_of(text) == expected
    assert data_of(text.replace("\n", "\r\n")) == expected
    assert data_of(text.replace("\n", "\r")) == expected


def test_text_is_composed_to_one_unicode_form_in_keys_and_values():
    assert data_of("tuần: Sở Giáo") == {"tuần": "Sở Giáo"}
    assert only("a\u0301: 1\ná: 2") == ("duplicate-key", 2, 1)


def test_a_byte_order_mark_and_version_directives_are_passed_over():
    assert data_of(b"\xef\xbb\xbfa: 1") == {"a": "1"}
    assert data_of("%YAML 1.1\n---\na: 1\n...\n") == {"a": "1"}
    assert data_of("%YAML 1.2\n---\na: 1") == {"a": "1"}


def test_default_tags_and_anchors_are_read():
    text = "a: !!str 1\nb: ! x\nc: !!seq [&k key]\nd: !!map {*k : v}\ne: &e [1, &f 2]\ng: [*e, *f]\n"
    assert data_of(text) == {
        "a": "1",
        "b": "x",
        "c": ["key"],
        "d": {"key": "v"},
        "e": ["1", "2"],
        "g": [["1", "2"], "2"],
    }


def test_what_was_read_equals_what_an_untyped_yaml_loader_reads():
    assert data_of(SAMPLE) == yaml.load(SAMPLE, Loader=yaml.BaseLoader)


def test_the_parser_without_libyaml_reads_the_same_at_the_same_positions(monkeypatch):
    fast = data_of(SAMPLE)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = data_of(SAMPLE)
    assert slow == fast
    assert slow["agencies"]["so-gddt"].marks == fast["agencies"]["so-gddt"].marks
    assert codes("a: [") == ["yaml-syntax"]


def test_the_garbage_collector_is_left_as_it_was():
    parse_yaml(SAMPLE, file="x")
    assert gc.isenabled()
    gc.disable()
    try:
        parse_yaml("a: [", file="x")
        assert not gc.isenabled()
    finally:
        gc.enable()


# --- positions --------------------------------------------------------------------------------------------------------


def test_keys_values_and_items_know_where_they_stand():
    data = data_of(SAMPLE)
    assert data.key_at("agencies") == (3, 1)
    assert data.value_at("agencies") == data["agencies"].start == (4, 3)
    unit = data["agencies"]["so-gddt"]
    assert (unit.key_at("name"), unit.value_at("name")) == ((5, 5), (5, 11))
    assert unit.value_at("under").line == 6
    assert (data["plan"].start, data["plan"].value_at("on")) == ((2, 7), (2, 25))
    assert (data["steps"].start, data["steps"].at(0), data["steps"].at(1)) == ((9, 3), (9, 5), (10, 5))
    assert data["steps"][1].at(1) == (10, 9)


def test_columns_count_characters_not_bytes_and_positions_hold_for_every_key():
    data = data_of("Sở: {Giáo: dục}\n" + "".join(f"k{n}: v\n" for n in range(50)))
    assert data["Sở"].key_at("Giáo") == (1, 6)
    assert [data.key_at(f"k{n}").line for n in range(50)] == list(range(2, 52))


def test_what_does_not_exist_has_no_position_of_its_own():
    data = data_of(SAMPLE)
    with pytest.raises(KeyError):
        data.key_at("nothing")
    with pytest.raises(IndexError):
        data["steps"].at(2)


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ((), (2, 1)),
        (("plan", "id"), (2, 12)),
        (("plan", "missing"), (2, 7)),
        (("steps", 1, 0), (10, 6)),
        (("steps", 9), (9, 3)),
        (("agencies", "so-gddt", "name", "deeper", 3), (5, 11)),
        (("agencies", "so-gddt", "[key]"), (4, 3)),
        (("agencies", "branch-of-a-union", "khac"), (7, 9)),
    ],
)
def test_a_path_leads_to_the_deepest_known_position(path, at):
    assert locate(data_of(SAMPLE), path) == at


def test_a_path_can_mean_the_key():
    assert locate(data_of(SAMPLE), ("agencies", "khac"), key=True) == (7, 3)
    assert locate(data_of(SAMPLE), ("steps", 0), key=True) == (9, 5)


def test_an_alias_is_where_it_stands_and_its_content_where_it_was_written():
    data = data_of("a: &x {k: v}\nb: *x")
    assert data.value_at("b") == (2, 4)
    assert locate(data, ("b", "k")) == (1, 11)


def test_what_was_read_is_a_dict_and_a_list():
    data = data_of(SAMPLE)
    assert isinstance(data, Mapping)
    assert isinstance(data["steps"], Sequence)
    assert data.start == Position(2, 1)


# --- refused, with a position -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        # bytes and characters
        (b"a: x\nb: \xff\xfe", ("not-utf8", 2, 4)),
        (b"\xff\xfea\x00:\x00", ("not-utf8", 1, 1)),
        ("a: Sở".encode("utf-16"), ("not-utf8", 1, 1)),
        ("tuần: ".encode() + b"\xe1\xba", ("not-utf8", 1, 7)),
        (b"a: x\x00y", ("control-character", 1, 5)),
        ("a: 1\r\nb: \x1b[2J", ("control-character", 2, 4)),
        ("a: b\u202ec", ("control-character", 1, 5)),
        ("a: \ud800", ("control-character", 1, 4)),
        ("a: b\ufeff", ("control-character", 1, 5)),
        ('a: "x\\0y"', ("control-character", 1, 4)),
        ('a: ["\\u202E"]', ("control-character", 1, 5)),
        # syntax
        ("a: b: c", ("yaml-syntax", 1, 5)),
        ("a:\n\tb: c", ("yaml-syntax", 2, 1)),
        ("a: 1\nb: 'open\nc: 2\n", ("yaml-syntax", 2, 4)),
        ("a: [1, 2\n", ("yaml-syntax", 1, 4)),
        ("a: }", ("yaml-syntax", 1, 4)),
        ("a: @x", ("yaml-syntax", 1, 4)),
        ("a: 1\n  b: 2", ("yaml-syntax", 2, 4)),
        ("%YAML 2.0\n---\na: 1", ("yaml-syntax", 1, 1)),
        # one mapping
        ("", ("empty-document", 1, 1)),
        ("# nothing\n", ("empty-document", 1, 1)),
        ("---\n", ("empty-document", 2, 1)),
        ("- a", ("not-a-mapping", 1, 1)),
        ("\n  text", ("not-a-mapping", 2, 3)),
        ("a: 1\n---\nb: 2", ("several-documents", 2, 1)),
        # keys
        ("a: 1\nb: 2\na: 3", ("duplicate-key", 3, 1)),
        ("x: {a: 1, a: 2}", ("duplicate-key", 1, 11)),
        ("? [a]\n: b", ("key-not-text", 1, 3)),
        ("a: {{ name }}", ("key-not-text", 1, 5)),
        ("a: &x {b: c}\n*x : d", ("key-not-text", 2, 1)),
        ("a: &x {b: c}\nd: {<<: *x}", ("merge-key", 2, 5)),
        # tags
        ("a: !!int ''", ("tag-refused", 1, 4)),
        ("a: !!python/object/apply:os.system [id]", ("tag-refused", 1, 4)),
        ("a: !!str {b: c}", ("tag-refused", 1, 4)),
        ("a: [!x y]", ("tag-refused", 1, 5)),
        ("%TAG ! tag:x.example:\n---\na: 1", ("tag-directive", 1, 1)),
        # aliases
        ("a: *b", ("alias-unknown", 1, 4)),
        ("a: &a [1, *a]", ("alias-recursive", 1, 11)),
        ("a: &a {b: {c: *a}}", ("alias-recursive", 1, 15)),
    ],
)
def test_what_is_refused_is_refused_with_its_position(text, refused):
    """A5: bad bytes, syntax, keys, tags and aliases end in a finding with file, line and column."""
    assert only(text) == refused


def test_a_tag_that_is_no_text_is_refused():
    """A5: an escape that libyaml lets through and Python cannot decode is no traceback."""
    assert codes("a: !%ED%A0%80 x") == ["yaml-syntax"]


def test_an_error_of_syntax_says_where_what_is_wrong_began():
    (found,) = read("a: 1\nb: {c: 1,\nd: [2\n}").findings
    assert "flow sequence, which begins in line 3" in found.message


def test_what_reading_can_pass_over_is_gathered_and_the_rest_is_read():
    parsed = read("a: 1\na: {b: 2}\nc: !x 3\n? [q]\n: {r: s}\n<<: 4\n'<<': 5\nd: *none\n")
    assert [found.code for found in parsed.findings] == [
        "duplicate-key", "tag-refused", "key-not-text", "merge-key", "alias-unknown",
    ]  # fmt: skip
    assert parsed.data == {"a": "1", "c": "3", "<<": "5", "d": ""}
    assert parsed.data.value_at("d") == (8, 4)
    assert not parsed.ok


def test_what_cannot_be_read_to_its_end_gives_no_data_and_keeps_the_findings_before():
    parsed = read("a: 1\na: 2\nb: [")
    assert parsed.data is None
    assert [found.code for found in parsed.findings] == ["duplicate-key", "yaml-syntax"]


# --- caps -------------------------------------------------------------------------------------------------------------


def bomb(levels):
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    return first + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, levels))


def test_aliases_that_multiply_are_refused():
    """A5: a billion laughs is refused where the cap is passed, without being written out."""
    started = time.perf_counter()
    assert codes(bomb(40)) == ["alias-bomb"]
    assert time.perf_counter() - started < 1


def test_the_cap_on_aliases_counts_every_value_they_would_add():
    text = "a: &a [x, y]\nb: &b [*a, *a]\nc: *b"
    assert codes(text, expansion=13) == []
    assert codes(text, expansion=12) == ["alias-bomb"]


def test_the_cap_on_depth_is_exact():
    """A5: depth."""
    assert codes("a: " + "[" * 63 + "]" * 63) == []
    assert only("a: " + "[" * 64 + "]" * 64) == ("too-deep", 1, 67)


def test_depth_counts_what_aliases_repeat():
    """A5: levels hidden behind aliases count as if they were written out."""
    assert codes("a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 23 + "*a" + "]" * 23) == []
    assert codes("a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 24 + "*a" + "]" * 24) == ["too-deep"]


def test_the_caps_on_size_values_and_findings_hold():
    assert only("a: 1\nb: 2", size=8) == ("too-large", 1, 1)
    assert codes("a: [" + "x, " * 50 + "x]", nodes=50) == ["too-many-values"]
    assert codes("a: 1\n" * 50, findings=3) == ["duplicate-key"] * 3 + ["too-many-findings"]


LONG = 300_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * LONG, "{" * LONG, "- " * LONG, "? " * LONG, "a: " * LONG, "{a: " * LONG, "a: [" + "*a," * LONG,
        "\n".join(" " * n + "a:" for n in range(1000)), "a: " + "!" * LONG, "%" * LONG, "%a b\n" * LONG,
        'a: "' + "x\n" * LONG, "a: '" + " \n" * LONG, "a: |\n" + " \n" * LONG, "\n" * LONG, "#" * LONG, "\t" * LONG,
        "x" * LONG + ": 1", "a: 1\n" * LONG, "---\n" * LONG, "a: {" + "?," * LONG, ":" * LONG, '{"a":' * LONG,
        'a: "' + "\\x41" * LONG + '"', "".join(f"%TAG !a{n}! tag:\n" for n in range(20_000)) + "---\na: 1",
        "a: &" + "a" * LONG + " x", "&a " * LONG, "a: >\n" + "\n" * LONG, "a: [[a, " * 60 + "b" * LONG,
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(text):
    """A5: deep, long and repeated constructs end soon, in data or in findings with positions."""
    started = time.perf_counter()
    parsed = parse_yaml(text, file="plan.yaml")
    assert time.perf_counter() - started < 5
    assert parsed.ok or all(found.line and found.column for found in parsed.findings)
