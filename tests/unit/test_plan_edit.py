"""Changes put into a plan's text: what changes is where it belongs, and every other line is what it was."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaignflow.domain.plan_parts import RowChange
from campaignflow.domain.plan_patch import Items, New, PatchBuilder, Put, Rename, Take, Within, patched
from campaignflow.loading.csv_edit import splice_rows
from campaignflow.loading.plan_edit import NotSpliced, splice
from campaignflow.loading.yaml_write import entry, scalar
from campaignflow.loading.yamltext import parse_yaml

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020" / "plan.yaml"
TEXT = """\
# a plan
plan: {id: x, title: "Một, hai"}   # its header

agencies:
  so: {name: Sở, under: tinh}      # the lead
  # the districts
  a:
    name: Huyện A  # first
    kind: district

  b: {name: 'Huyện B',
      kind: district}
groups:
  g:
    members:
      - a   # one
      - b
    words: >-
      một lời
      dài
empty:
list: [a, {id: b, x: 1}, c]
"""


def at(path: str, change):
    builder = PatchBuilder()
    builder.change([int(step) if step.isdecimal() else step for step in path.split(".")], change)
    return builder.patch()


def into(path: str, *new: New):
    builder = PatchBuilder()
    for one in new:
        builder.add(path.split("."), one)
    return builder.patch()


def difference(change, text=TEXT):
    """The lines that go, and those that come."""
    made = splice(text, change, file="plan.yaml")
    lines = list(difflib.ndiff(text.splitlines(keepends=True), made.splitlines(keepends=True)))
    return [line[2:].rstrip("\n") for line in lines if line[0] == "-"], [
        line[2:].rstrip("\n") for line in lines if line[0] == "+"
    ]


@pytest.mark.parametrize(
    ("path", "change", "gone", "come"),
    [
        ("agencies.so.name", Put("Sở Y tế"), "  so: {name: Sở, under: tinh}      # the lead",
         "  so: {name: Sở Y tế, under: tinh}      # the lead"),
        ("agencies.so.name", Put("Sở: A, B"), "  so: {name: Sở, under: tinh}      # the lead",
         '  so: {name: "Sở: A, B", under: tinh}      # the lead'),
        ("agencies.b.name", Put("Huyện Bình"), "  b: {name: 'Huyện B',", "  b: {name: 'Huyện Bình',"),
        ("agencies.a.name", Put("Huyện # A"), "    name: Huyện A  # first", '    name: "Huyện # A"  # first'),
        ("plan.title", Put("Ba"), 'plan: {id: x, title: "Một, hai"}   # its header',
         'plan: {id: x, title: "Ba"}   # its header'),
        ("agencies.so.under", Take(), "  so: {name: Sở, under: tinh}      # the lead",
         "  so: {name: Sở}      # the lead"),
        ("agencies.so.name", Take(), "  so: {name: Sở, under: tinh}      # the lead",
         "  so: {under: tinh}      # the lead"),
        ("agencies.so.under", Rename("kind", "sở"), "  so: {name: Sở, under: tinh}      # the lead",
         "  so: {name: Sở, kind: sở}      # the lead"),
        ("list", Items((0, 2, "d")), "list: [a, {id: b, x: 1}, c]", "list: [a, c, d]"),
        ("list", Items((2, "d", 1)), "list: [a, {id: b, x: 1}, c]", "list: [c, d, {id: b, x: 1}]"),
        ("list", Items((1,)), "list: [a, {id: b, x: 1}, c]", "list: [{id: b, x: 1}]"),
        ("list.1.x", Put("2"), "list: [a, {id: b, x: 1}, c]", "list: [a, {id: b, x: 2}, c]"),
        ("empty", Put("no more"), "empty:", "empty: no more"),
        ("empty.deeper", Put("x"), "empty:", "empty: {deeper: x}"),
    ],
)  # fmt: skip
def test_a_change_changes_its_own_line_and_no_other(path, change, gone, come):
    assert difference(at(path, change)) == ([gone], [come])


@pytest.mark.parametrize(
    ("change", "come"),
    [
        (into("agencies", New("c", {"name": "Huyện C"}, after="so")), ["  c: {name: Huyện C}"]),
        (into("agencies", New("c", {"name": "C"}), New("d", {"name": "D"})), ["  c: {name: C}", "  d: {name: D}"]),
        (at("agencies.a.until", Put("2025-06-30")), ["    until: 2025-06-30"]),
        (at("groups.g.members", Items((0, 1, "so"))), ["      - so"]),
        (at("groups.g.select", Put({"kind": "district"})), ["    select: {kind: district}"]),
        (into("reports", New("r", {"title": "Báo cáo", "to": "so"})), ["reports: {r: {title: Báo cáo, to: so}}"]),
    ],
)
def test_what_comes_takes_lines_of_its_own_in_the_manner_of_its_neighbours(change, come):
    assert difference(change) == ([], come)


def test_what_comes_stands_behind_its_neighbour_before_the_comment_of_the_next():
    made = splice(TEXT, into("agencies", New("c", {"name": "C"}, after="so")), file="plan.yaml")
    lines = made.splitlines()
    assert lines[lines.index("  c: {name: C}") - 1].endswith("# the lead")
    assert lines[lines.index("  c: {name: C}") + 1] == "  # the districts"


def test_an_entry_of_several_lines_goes_whole_and_leaves_the_comment_above():
    assert difference(at("agencies.a", Take())) == (
        ["  a:", "    name: Huyện A  # first", "    kind: district"], [],
    )  # fmt: skip


def test_what_loses_all_it_has_goes_itself():
    assert difference(at("plan", Within({"id": Take(), "title": Take()})))[1] == []
    assert "plan:" not in splice(TEXT, at("plan", Within({"id": Take(), "title": Take()})), file="plan.yaml")


def test_a_folded_text_is_folded_again_and_indented_as_it_was():
    gone, come = difference(at("groups.g.words", Put("ba bốn " * 30 + "năm")))
    assert gone == ["      một lời", "      dài"]
    assert len(come) == 2
    assert all(line.startswith(("      ba bốn", "      bốn")) for line in come)


def test_line_ends_of_another_system_stay_and_are_used():
    text = TEXT.replace("\n", "\r\n")
    made = splice(text, into("agencies", New("c", {"name": "C"})), file="plan.yaml")
    assert made.count("\r\n") == made.count("\n") == text.count("\n") + 1


def test_a_last_line_without_its_end_gets_one_only_when_something_follows():
    text = "a:\n  x: {n: 1}"
    assert splice(text, into("a", New("y", {"n": "2"})), file="p") == "a:\n  x: {n: 1}\n  y: {n: 2}"


def test_nothing_changes_nothing():
    assert splice(TEXT, Within(), file="plan.yaml") is TEXT


@pytest.mark.parametrize(
    "text",
    ["a: &x {n: '1'}\nb: *x\n", "a: {n: &x 1}\nb: {m: *x}\n", "b: &x {n: 1}\na: *x\n"],
    ids=["inside an anchor", "an anchor", "an alias"],
)
def test_a_text_that_would_change_elsewhere_too_is_refused_with_its_place(text):
    with pytest.raises(NotSpliced) as refused:
        splice(text, Within({"a": Within({"n": Put("2")})}), file="plan.yaml")
    assert str(refused.value).startswith("plan.yaml:")


@settings(max_examples=25)
@given(st.data())
def test_any_scalar_of_the_real_plan_can_be_changed_alone(data):
    """Whatever text goes into whatever place, only lines of that value change, and the plan says the rest as before."""
    text = EXAMPLE.read_text("utf-8")
    parsed = read(text)
    path = data.draw(st.sampled_from(list(scalars(parsed, ()))))
    value = data.draw(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12))
    value = read(f"k: {scalar(value, flow=True, like=chr(34))}")["k"]
    builder = PatchBuilder()
    builder.change(path, Put(value))
    made = splice(text, builder.patch(), file="plan.yaml")
    assert read(made) == patched(parsed, builder.patch())
    old, new = text.splitlines(), made.splitlines()
    blocks = [op for op in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if op[0] != "equal"]
    assert len(blocks) <= 1


def read(text):
    parsed = parse_yaml(text, file="plan.yaml")
    assert parsed.data is not None, parsed.findings
    return parsed.data


def scalars(node, path):
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for step, value in items:
        if isinstance(value, str):
            yield (*path, step)
        else:
            yield from scalars(value, (*path, step))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"))))
def test_a_scalar_that_is_written_is_read_back(value):
    """A5: text that looks like structure, a number or nothing stays the text it is, in flow and in block."""
    normal = read(f"k: {scalar(value, flow=True, like=chr(34))}")["k"]
    for written in (f"k: [{scalar(normal, flow=True)}]", f"k: {scalar(normal, flow=False)}", entry("k", normal, "")):
        found = read(written)["k"]
        assert (found[0] if isinstance(found, list) else found) == normal, written


# --- tables

ROWS = 'id;name;under\na;"Huyện; A";tinh\n\nb;Huyện B;tinh\n'


def rows_after(change, text=ROWS):
    return splice_rows(text, change, file="roster.csv", required=("id", "name"), optional=("under", "kind"))


def test_a_changed_cell_writes_its_row_anew_and_leaves_the_others():
    assert rows_after(RowChange(cells={"b": {"name": "Huyện C"}})) == ROWS.replace("Huyện B", "Huyện C")


def test_new_rows_stand_behind_their_neighbours_or_at_the_end():
    change = RowChange(added=(({"id": "c", "name": "C"}, "a"), ({"id": "d", "name": "D"}, None)))
    assert rows_after(change) == 'id;name;under\na;"Huyện; A";tinh\n\nc;C;\nb;Huyện B;tinh\nd;D;\n'


def test_rows_that_go_take_their_lines_with_them():
    assert rows_after(RowChange(taken=frozenset({"b"}))) == 'id;name;under\na;"Huyện; A";tinh\n\n'


def test_a_column_that_the_table_lacks_is_added_to_every_row():
    made = rows_after(RowChange(cells={"b": {"kind": "district"}}))
    assert made == 'id;name;under;kind\na;"Huyện; A";tinh;\nb;Huyện B;tinh;district\n'


def test_the_line_end_that_the_last_row_lacks_is_put_before_a_new_one():
    made = rows_after(RowChange(added=(({"id": "c", "name": "C"}, None),)), ROWS.rstrip("\n"))
    assert made.endswith("b;Huyện B;tinh\nc;C;\n")
