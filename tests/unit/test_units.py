"""Rosters typed all at once: the same agencies as row by row, and nothing but sound rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from campaignflow.domain.agencies import Agency
from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.plans import read_plan
from campaignflow.loading.units import Units, type_rows

COLUMNS = ("kind", "level", "under", "external", "listed", "from", "until", "succeeded_by", "standing", "communes")
CELLS = {
    "id": ("a", "b-1", "c.2", "A", "", "x y"),
    "name": ("Xã Đông", "Phường Nam", "Trường số 1", "", "x" * 1001, "tab\there"),
    "kind": ("commune", "school", "", "Xã"),
    "level": ("", "district", "-"),
    "under": ("", "a", "b-1", "a/b"),
    "external": ("", "true", "false", "yes"),
    "listed": ("", "false", "no"),
    "from": ("", "2020-01-31", "2020-02-30"),
    "until": ("", "2025-06-30", "3025-06-30"),
    "succeeded_by": ("", "a", "@"),
    "standing": ("", "c.2", "!"),
    "communes": ("", "7", "0", "07"),
}


def table(rows: list[dict[str, str]], columns: tuple[str, ...], quoting: Any = csv.QUOTE_MINIMAL):
    out = io.StringIO()
    writer = csv.DictWriter(out, ("id", "name", *columns), extrasaction="ignore", lineterminator="\n", quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return read_csv(out.getvalue(), file="roster.csv", required=("id", "name"), optional=COLUMNS)


def one_by_one(rows: list[dict[str, str]]) -> dict[str, Agency]:
    found = {}
    for row in rows:
        told = {name: cell for name, cell in row.items() if cell and name != "id"}
        found[row["id"]] = Agency.model_validate(told, by_alias=True, by_name=False)
    return found


def row(columns: tuple[str, ...], sound: bool) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(CELLS[name][:3] if sound else CELLS[name]) for name in ("id", "name", *columns)}
    ).filter(lambda one: any(one.values()))  # a line with nothing in it is no row


def sounds(columns: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(row(columns, sound=True), min_size=1, max_size=3, unique_by=lambda one: one["id"])


some_columns = st.sets(st.sampled_from(COLUMNS)).map(lambda names: tuple(name for name in COLUMNS if name in names))


@given(st.data(), some_columns)
def test_rows_typed_at_once_are_the_agencies_that_each_row_makes_by_itself(data, columns):
    rows = data.draw(st.lists(row(columns, sound=False), min_size=1, max_size=3, unique_by=lambda one: one["id"]))
    typed = type_rows(table(rows, columns))
    try:
        expected = one_by_one(rows)
    except ValidationError:
        assert typed is None
        return
    if typed is None:  # a row may be sound and be read by itself all the same, as one with an id that is refused later
        assert any(one["id"] in ("A", "", "x y") for one in rows)
        return
    assert typed == expected
    for key, agency in typed.items():
        assert agency.model_dump(mode="json", by_alias=True, exclude_unset=True) == expected[key].model_dump(
            mode="json", by_alias=True, exclude_unset=True
        )
        assert list(agency.model_dump()) == list(expected[key].model_dump())
        assert agency.model_fields_set == expected[key].model_fields_set
        assert agency.model_copy(update={"name": "Khác"}).name == "Khác"


@given(st.data(), some_columns)
def test_a_table_without_quotes_is_read_like_one_in_which_every_cell_is_quoted(data, columns):
    rows = data.draw(sounds(columns))
    plain, quoted = table(rows, columns), table(rows, columns, csv.QUOTE_ALL)
    assert plain.findings == quoted.findings == []
    assert plain.rows == quoted.rows
    assert [plain.cells[0], plain.column("id")[0]] == [tuple(quoted.cells[0]), rows[0]["id"]]
    assert [plain.at(index, "name").line for index in range(len(rows))] == [
        quoted.at(index, "name").line for index in range(len(rows))
    ]


def test_units_are_what_the_plan_writes_and_then_the_rows_but_none_that_was_there_before():
    units = Units({"so": {"name": "Sở", "kind": "department"}})
    again = units.take(
        read_csv(
            "id,name,under\nso,Sở,\nxa,Xã,so\nxa,Xã nữa,\nthon,Thôn,xa\n", file="r.csv",
            required=("id", "name"), optional=("under",),
        )
    )  # fmt: skip
    assert again == [("so", 0), ("xa", 2)]
    assert dict(units) == {
        "so": {"name": "Sở", "kind": "department"},
        "xa": {"name": "Xã", "under": "so"},
        "thon": {"name": "Thôn", "under": "xa"},
    }
    assert (len(units), "xa" in units, "khac" in units) == (3, True, False)
    assert list(units.distinct("under")) == ["so", "xa"]
    assert units.place("so") is None and units.place("khac") is None
    assert units.typed() is None


PLAN = """\
campaignflow: 1
plan: {id: p, title: T, issuer: so, coordinator: so, period: {from: 2024-01-01, to: 2024-02-01}}
agencies: {so: {name: Sở, kind: department}}
rosters: [roster.csv]
groups: {xa: {words: các xã, select: {kind: commune}}}
responsibilities:
  lam: {clause: "1", title: Làm, role: direct, assigned_to: xa}
clauses: [{id: "1", kind: duty, text: các xã làm}]
"""


def reading(folder: Path, rows: str):
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "roster.csv").write_text("id,name,kind,under,until\n" + rows, encoding="utf-8")
    return read_plan(folder / "plan.yaml")


def test_a_sound_roster_gives_the_plan_that_the_same_agencies_in_its_text_give(tmp_path: Path):
    found = reading(tmp_path, "a,Xã A,commune,so,\nb,Xã B,commune,so,2030-01-01\n")
    text = PLAN.replace("rosters: [roster.csv]\n", "").replace(
        "agencies: {so: {name: Sở, kind: department}}",
        "agencies: {so: {name: Sở, kind: department}, a: {name: Xã A, kind: commune, under: so}, "
        "b: {name: Xã B, kind: commune, under: so, until: 2030-01-01}}",
    )
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    written = read_plan(tmp_path / "plan.yaml")
    assert found.plan is not None and written.plan is not None
    assert found.plan.agencies == written.plan.agencies
    assert list(found.plan.agencies) == ["so", "a", "b"]
    assert [one.code for one in found.findings] == [one.code for one in written.findings] == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a,Xã A,commune,so,\nb,Xã B,commune,khong,\n", [("unknown-agency", 3, 16)]),
        ("a,Xã A,commune,b,\nb,Xã B,commune,a,\n", [("under-cycle", 2, 16)]),
        ("a,Xã A,commune,so,\nb,Xã B,commune,so,2023-01-01\n", [("agency-unused", 3, 1), ("agency-gone", 3, 19)]),
        ("a,Xã A,commune,so,\nb,,commune,so,\n", [("missing-key", 3, 1)]),
        ("a,Xã A,commune,so,\na,Xã B,commune,so,\n", [("duplicate-id", 3, 1)]),
    ],
)
def test_what_is_wrong_in_a_roster_is_found_at_its_cell(tmp_path: Path, rows, expected):
    found = reading(tmp_path, rows).findings
    assert [(one.code, one.line, one.column) for one in found] == expected
    assert {Path(one.file).name for one in found} == {"roster.csv"}
