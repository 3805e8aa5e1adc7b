"""Any text, and any damaged plan, is read or refused with a position: never an exception, never an endless read."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.yamltext import Mapping, Sequence, locate, parse_yaml

SMALL = """\
campaignflow: 1
plan: {id: tuần-lễ, period: {from: 2020-10-01, to: 2020-10-07}, stated: "từ ngày 01/10"}
agencies: &all
  so-gddt: {name: Sở Giáo dục và Đào tạo, under: ubnd}
  ubnd: {name: Ủy ban nhân dân tỉnh}
clauses:
  - id: II.1
    text: >
      Chuyển đổi số
      thúc đẩy
again: *all
"""
EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020" / "plan.yaml"
PLAN = EXAMPLE.read_bytes() if EXAMPLE.exists() else SMALL.encode()
#: Pieces that mean something to YAML or CSV, and some that break text.
PIECES = [
    b": ", b"- ", b"? ", b"[", b"]", b"{", b"}", b",", b"&a ", b"*a", b"!!int ", b"!", b"%TAG ! x\n", b"---\n",
    b"...\n",
    b"<<: ", b"'", b'"', b"|\n", b">-\n", b"#", b"\t", b"\r", b"\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\\u0000",
    b"\xe2\x80\xa8", b"\xc2\x85", b"2026-13-15", b";", b'""', b"@", b"`",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The plan with stretches cut out, repeated, or overwritten by pieces."""
    text = PLAN
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 400)))
        put = draw(
            st.one_of(st.just(b""), st.sampled_from(PIECES), st.binary(max_size=8), st.just(text[start:end] * 2))
        )
        text = text[:start] + put + text[end:]
    return text


def check(text: str | bytes) -> None:
    started = time.perf_counter()
    parsed = parse_yaml(text, file="plan.yaml")
    assert time.perf_counter() - started < 5
    assert parsed.data is not None or parsed.findings
    for found in parsed.findings:
        assert str(found).startswith(f"plan.yaml:{found.line}:{found.column}: error: ")
        assert "\n" not in str(found)
    if parsed.data is not None:
        check_positions(parsed.data, parsed.data, (), len(text) + 2)


def check_positions(root: Mapping, node: object, path: tuple[str | int, ...], lines: int) -> None:
    """Everything is text, a mapping or a list, and stands somewhere in the text."""
    at = locate(root, path)
    assert 1 <= at.line <= lines
    assert at.column >= 1
    if isinstance(node, Mapping):
        assert len(node.marks) == 2 * len(node)
        for key in list(node)[:20]:
            check_positions(root, node[key], (*path, key), lines)
    elif isinstance(node, Sequence):
        assert len(node.marks) == len(node)
        for index, item in enumerate(node[:20]):
            check_positions(root, item, (*path, index), lines)
    else:
        assert type(node) is str


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_are_read_or_refused_with_a_position(text):
    """A5: no bytes make the reader raise."""
    check(text)


@given(damaged())
def test_any_damaged_plan_is_read_or_refused_with_a_position(text):
    """A5: a plan with anything cut, doubled or overwritten is accepted, or refused with file, line and column."""
    check(text)


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.sampled_from("abcđê:-#'"), min_size=1, max_size=4), inner, max_size=4),
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=3), VALUES, min_size=1, max_size=4))
def test_what_a_yaml_writer_writes_comes_back_as_the_same_text(data):
    text = unicodedata.normalize("NFC", yaml.safe_dump(data, allow_unicode=True))
    expected = yaml.load(text, Loader=yaml.BaseLoader)
    parsed = parse_yaml(text, file="plan.yaml")
    if parsed.ok:
        assert parsed.data == expected
    else:
        # Only a key that two spellings share, or one that YAML writes as a merge key, may be refused.
        assert {found.code for found in parsed.findings} <= {"duplicate-key", "merge-key"}


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_make_a_table_or_findings_with_positions(tail):
    """A5: no bytes make the reader of tables raise."""
    for text in (tail, (b"id,name\n" + tail) if isinstance(tail, bytes) else "id,name\n" + tail):
        table = read_csv(text, file="roster.csv", required=("id", "name"), optional=("kind",))
        assert table.columns or table.findings
        for found in table.findings:
            assert found.line is not None
            assert found.column is not None
        for row in range(len(table.rows)):
            assert table.at(row, "id") <= table.at(row, "name")
