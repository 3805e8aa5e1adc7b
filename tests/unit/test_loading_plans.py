"""Reading a plan's files: everything that is wrong is found in one run, each with its file, line, column and cure."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import campaignflow
from campaignflow.domain.findings import Finding, Severity
from campaignflow.errors import CampaignflowError
from campaignflow.loading.errors import PlanRefused, PlanUnreadable
from campaignflow.loading.files import is_plain
from campaignflow.loading.plans import Reading, load_plan, read_plan
from campaignflow.loading.reading import DEFAULT
from tests.conftest import lack
from tests.support.small_plan import GONE, ISSUED, small, write

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020" / "plan.yaml"
CONTACTS = "id,agency,role,name,email,phone,from,until\n"


def read(folder: Path, data: Any, **beside: str) -> Reading:
    return read_plan(write(folder, data, **beside))


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def only(reading: Reading) -> Finding:
    assert len(reading.findings) == 1, list(map(str, reading.findings))
    return reading.findings[0]


def under(finding: Finding) -> str:
    """What stands in the file where a finding points."""
    lines = Path(finding.file).read_text("utf-8").splitlines()
    return lines[(finding.line or 0) - 1][(finding.column or 0) - 1 :]


# --- the real plan


def test_the_plan_of_2020_has_no_error():
    reading = read_plan(EXAMPLE)
    assert [str(finding) for finding in reading.errors] == []
    assert reading.ok
    assert codes(reading) == ["deadline-not-worked"]


# --- what is read


def test_a_sound_plan_is_read_with_its_files(tmp_path: Path):
    data = small(("plan.source", "ban-goc.txt"), ("contacts", "lien-he.csv"), ("rosters", ["them.csv"]))
    path = write(
        tmp_path,
        data,
        **{"ban-goc__txt": ISSUED, "lien-he__csv": CONTACTS + "c1,huyen-c,clerk,,a@c.example,,,\n"},
        them__csv="id,name,kind,xa\nhuyen-c,Huyện C,district,12\n",
    )
    loaded = load_plan(path)
    assert loaded.plan.agencies["huyen-c"].kind == "district"
    assert [contact.email for contact in loaded.contacts] == ["a@c.example"]
    assert [Path(name).name for name in loaded.files] == ["plan.yaml", "them.csv", "lien-he.csv", "ban-goc.txt"]
    assert loaded.tables.keys() == {"organize", "consolidate", "task"}
    assert loaded.calendar.is_working(loaded.plan.roster_day)


def test_load_plan_is_public_and_takes_a_path_as_text(tmp_path: Path):
    path = write(tmp_path, small())
    assert campaignflow.load_plan(str(path)).plan.plan.id == "doc-sach"


def test_a_plan_with_errors_is_refused_with_all_of_its_findings(tmp_path: Path):
    path = write(tmp_path, small(("plan.tittle", "x"), ("plan.issuer", "tinhh")))
    with pytest.raises(PlanRefused) as refused:
        load_plan(path)
    assert [finding.code for finding in refused.value.findings] == ["unknown-agency", "unknown-key"]
    assert isinstance(refused.value, CampaignflowError)
    assert "has 2 errors" in refused.value.text()


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_plan_that_is_no_file_is_unreadable(tmp_path: Path, name: str):
    with pytest.raises(PlanUnreadable):
        read_plan(tmp_path / name)


def test_an_own_lifecycle_is_compiled_beside_the_shipped_ones(tmp_path: Path):
    own = {
        "initial": "mo",
        "states": {"mo": {"phase": "running"}, "xong": {"phase": "completed", "final": "true"}},
        "transitions": [{"trigger": "done", "from": "mo", "to": "xong", "by": "assignee"}],
    }
    edits = [("lifecycles.rieng", own), ("responsibilities.tuyen-truyen.lifecycle", "rieng")]
    reading = read(tmp_path, small(*edits))
    assert codes(reading) == []
    assert reading.tables["rieng"].initial == "mo"


# --- typing


TYPING: list[tuple[tuple[str, Any], str, str]] = [
    (("plan.tittle", "x"), "unknown-key", '"tittle"'),
    (("plan.title", GONE), "missing-key", "{"),
    (("plan.date", "1/10/2026"), "bad-date", '"1/10/2026"'),
    (("plan.date", "2026-02-30"), "bad-date", '"2026-02-30"'),
    (("plan.timezone", "Asia/Hanoi"), "unknown-time-zone", '"Asia/Hanoi"'),
    (("plan.signed.form", "KT"), "unknown-word", '"KT"'),
    (("plan", "x"), "mapping-expected", '"x"'),
    (("agencies.so.external", "yes"), "bad-boolean", '"yes"'),
    (("agencies.so.nmae", "Sở"), "unknown-key", '"nmae"'),
    (("agencies.So-A", {"name": "Sở"}), "bad-id", '"So-A"'),
    (("agencies.so", "Sở"), "mapping-expected", '"Sở"'),
    (("groups.cac-huyen.select", {}), "selector-empty", "{"),
    (("groups.cac-huyen.select", GONE), "group-without-members", "{"),
    (("groups.cac-huyen.unnamed", "true"), "group-unnamed-with-members", "{"),
    (("calendar", {"holidays": "Vietnam"}), "bad-country", '"Vietnam"'),
    (("calendar", {"working_days": ["mon", "tu"]}), "bad-weekday", '"tu"'),
    (("responsibilities.to-chuc.role", "leads"), "unknown-word", '"leads"'),
    (("responsibilities.to-chuc.due.opening", {}), "deadline-without-kind", "{"),
    (("responsibilities.to-chuc.due.opening.by", "2026-11-02"), "deadline-with-two-kinds", "{"),
    (("responsibilities.to-chuc.due.opening", {"during": "mùa thu"}), "bad-window", '"mùa thu"'),
    (("responsibilities.to-chuc.due.opening", {"during": {"from": "2026", "to": "2025"}}), "window-reversed", "{"),
    (("responsibilities.to-chuc.due.opening", {"none": "false"}), "none-must-be-true", "{"),
    (("responsibilities.to-chuc.title", ["a"]), "not-text", "["),
    (("responsibilities.to-chuc.title", "a\nb"), "line-break", '"a'),
    (("responsibilities.to-chuc.title", ""), "empty-text", '""'),
    (("responsibilities.to-chuc.with", [{"agency": "so", "complete": "own"}]), "unknown-key", '"complete"'),
    (("responsibilities.to-chuc.parts.0.rôle", "fund"), "unknown-key", '"rôle"'),
    (("responsibilities.tong-hop.takes.days", "02"), "bad-number", '"02"'),
    (("responsibilities.tong-hop.takes.days", "99999"), "number-out-of-range", '"99999"'),
    (("reminders.1.every", "daily"), "bad-rhythm", '"daily"'),
    (("reminders.1.when", "overdu"), "bad-when", '"overdu"'),
    (("reminders.1.to", "clark"), "unknown-word", '"clark"'),
    (("forms.mau.attachments", {"types": [".pdf"]}), "bad-file-type", '".pdf"'),
    (("clauses.1.id", "I/1"), "bad-clause-id", '"I/1"'),
    (("lifecycles.rieng", {"initial": "a", "states": {}, "transitions": []}), "too-few-entries", "{"),
    (("for_", "x"), "unknown-key", '"for_"'),
]


@pytest.mark.parametrize(("edit", "code", "there"), TYPING)
def test_what_cannot_be_typed_is_pointed_at(tmp_path: Path, edit: tuple[str, Any], code: str, there: str):
    reading = read(tmp_path, small(edit))
    found = [finding for finding in reading.errors if finding.code == code]
    assert len(found) == 1, list(map(str, reading.findings))
    assert under(found[0]).startswith(there)
    assert found[0].cure
    assert reading.plan is None


def test_no_wording_of_pydantic_is_shown(tmp_path: Path):
    shown = " ".join(one.message + one.cure for edit, _, _ in TYPING for one in read(tmp_path, small(edit)).findings)
    for wording in ("Input should be", "pydantic", "Field required", "Extra inputs", "valid dictionary", "type="):
        assert wording not in shown


def test_a_misspelt_key_is_told_with_the_one_that_was_probably_meant(tmp_path: Path):
    finding = only(read(tmp_path, small(("responsibilities.to-chuc.activitis", ["doc-sach"]))))
    assert finding.data["guess"] is None  # `activities` is there already
    again = [("responsibilities.to-chuc.activities", GONE), ("responsibilities.to-chuc.activitis", ["doc-sach"])]
    finding = next(one for one in read(tmp_path, small(*again)).findings if one.code == "unknown-key")
    assert finding.data["guess"] == "activities"


def test_a_misspelt_key_deep_in_a_list_of_short_forms_is_told_with_its_neighbours(tmp_path: Path):
    edit = ("responsibilities.tong-hop.consolidates", ["to-chuc", {"responsability": "to-chuc"}])
    finding = next(one for one in read(tmp_path, small(edit)).findings if one.code == "unknown-key")
    assert finding.data["guess"] == "responsibility"


def test_a_value_that_is_none_of_several_things_is_told_once(tmp_path: Path):
    finding = only(read(tmp_path, small(("plan.date", "hôm nay"))))
    assert finding.code == "bad-date"


def test_errors_of_reading_typing_and_rules_come_in_one_run(tmp_path: Path):
    edits = [
        ("plan.colour", "red"),
        ("responsibilities.to-chuc.report", "bao-caoo"),
        ("reports.bao-cao.clause", "I.9"),
        ("activities.doc-sach.words", "hát"),
        ("clauses.0.kind", "begin"),
        ("clauses.+", {"id": "I.1", "kind": "heading"}),
        ("responsibilities.to-chuc.due.running", {"by": "2026-10-30"}),
    ]
    reading = read(tmp_path, small(*edits))
    assert set(codes(reading)) == {
        "unknown-key", "unknown-report", "unknown-clause", "words-not-found", "unknown-word", "duplicate-id",
        "deadline-order",
    }  # fmt: skip
    again = next(finding for finding in reading.findings if finding.code == "duplicate-id")
    assert under(again).startswith('"I.1"')
    assert [finding.line for finding in reading.findings] == sorted(one.line or 0 for one in reading.findings)


def test_what_names_an_entry_that_could_not_be_typed_is_not_unknown(tmp_path: Path):
    assert codes(read(tmp_path, small(("agencies.so.external", "yes")))) == ["bad-boolean"]
    assert codes(read(tmp_path, small(("reports.bao-cao.counted_by", "x")))) == ["unknown-word"]


def test_unknown_ids_are_told_even_when_nothing_can_be_typed(tmp_path: Path):
    reading = read(tmp_path, small(("plan.title", GONE), ("responsibilities.to-chuc.report", "bao-caoo")))
    assert set(codes(reading)) == {"missing-key", "unknown-report"}


def test_another_version_of_the_schema_is_the_only_thing_said(tmp_path: Path):
    finding = only(read(tmp_path, small(("campaignflow", "2"), ("plan.new_key", "x"))))
    assert finding.code == "schema-version"
    assert under(finding).startswith('"2"')


def test_text_that_is_no_yaml_is_refused_where_it_breaks(tmp_path: Path):
    finding = only(read(tmp_path, "plan: {id: [a\nclauses: x\n"))
    assert finding.code == "yaml-syntax"


def test_findings_are_capped_and_errors_are_kept_before_warnings(tmp_path: Path):
    edits: list[tuple[str, Any]] = [(f"agencies.x{n}", {"name": "X", "under": "không"}) for n in range(300)]
    edits += [(f"groups.g{n}", {"words": "Sở", "unnamed": "true"}) for n in range(300)]
    findings = read(tmp_path, small(*edits)).findings
    assert len(findings) == DEFAULT.findings + 1
    assert findings[-1].code == "too-many-findings"
    assert {finding.severity for finding in findings} == {Severity.error}


# --- rosters and contacts


ROSTER = "id,name,kind,under,until\n"


def test_a_roster_is_typed_like_the_plan_and_pointed_at_by_cell(tmp_path: Path):
    rows = ROSTER + "huyen-c,Huyện C,district,tinhh,\nhuyen-d,,district,,\nhuyen-e,Huyện E,district,,31/12/2026\n"
    reading = read(tmp_path, small(("rosters", [{"file": "roster.csv"}])), roster__csv=rows)
    places = {(finding.code, Path(finding.file).name, finding.line, finding.column) for finding in reading.findings}
    assert places == {
        ("unknown-agency", "roster.csv", 2, 26),
        ("missing-key", "roster.csv", 3, 1),
        ("bad-date", "roster.csv", 4, 27),
    }


def test_an_agency_that_is_in_the_plan_and_in_a_roster_is_there_twice(tmp_path: Path):
    reading = read(tmp_path, small(("rosters", "roster.csv")), roster__csv=ROSTER + "so,Sở,department,,\n")
    finding = only(reading)
    assert (finding.code, Path(finding.file).name, finding.line) == ("duplicate-id", "roster.csv", 2)


def test_a_roster_may_carry_the_numbers_that_the_plan_names_and_no_other_column(tmp_path: Path):
    data = small(("rosters", "roster.csv"))
    known = read(tmp_path, data, roster__csv="id,name,kind,xa\nhuyen-c,Huyện C,district,7\n")
    assert known.plan and known.plan.agencies["huyen-c"].__pydantic_extra__ == {"xa": 7}
    unknown = read(tmp_path, data, roster__csv="id,name,kind,thon\nhuyen-c,Huyện C,district,7\n")
    assert codes(unknown) == ["csv-column-unknown"]


def test_units_of_a_roster_that_could_not_be_read_are_not_called_unknown(tmp_path: Path):
    data = small(("rosters", "roster.csv"), ("responsibilities.to-chuc.for", ["huyen-c"]))
    reading = read(tmp_path, data, roster__csv="id,name,kind\nhuyen-c,Huyện C,district,7\n")
    assert codes(reading) == ["csv-cells"]


def test_a_roster_beside_the_plan_is_read_only_when_it_is_named(tmp_path: Path):
    assert codes(read(tmp_path, small(), roster__csv="no table")) == []


def test_contacts_are_typed_and_checked_by_row(tmp_path: Path):
    rows = CONTACTS + "c1,so,clerk,,a@so.example,,,\nc2,soo,head,,,,,\nc3,so,chief,,,,,\nc1,huyen-a,clerk,,,,,\n"
    reading = read(tmp_path, small(("contacts", {"file": "contacts.csv"})), contacts__csv=rows)
    places = {(finding.code, finding.line, finding.column) for finding in reading.findings}
    assert places == {("unknown-agency", 3, 4), ("unknown-word", 4, 7), ("duplicate-id", 5, 1)}


def test_contacts_are_checked_also_when_the_plan_cannot_be_typed(tmp_path: Path):
    data = small(("contacts", "contacts.csv"), ("plan.colour", "red"))
    reading = read(tmp_path, data, contacts__csv=CONTACTS + "c1,soo,clerk,,,,,\n")
    assert codes(reading) == ["unknown-key", "unknown-agency"]


@pytest.mark.parametrize(
    "address",
    [
        "a@so.example\nBcc: b@so.example",
        "a@so.example\r\nBcc: b@so.example",
        "a@so.example, b@so.example",
        "a@so.example;b@so.example",
        "An <a@so.example>",
        "a@so.example\u2028Bcc: b",
        "a\u202e@so.example",
        "а@so.example",  # the first letter is Cyrillic
        "a@sο.example",  # an omicron
        "a b@so.example",
        "a@b@so.example",
        "a@so",
        "a@-so.example",
        "a..b@so.example",
        "@so.example",
        '"a b"@so.example',
        "a@[127.0.0.1]",
        "x" * 65 + "@so.example",
        "a@" + "so." * 90 + "example",
    ],
)
def test_a_mail_address_that_could_be_read_as_anything_else_is_refused(tmp_path: Path, address: str):
    """A1: what stands in the register goes into headers of mails; one plain address or none."""
    cell = '"' + address.replace('"', '""') + '"'
    data = small(("contacts", "contacts.csv"))
    reading = read(tmp_path, data, contacts__csv=f"{CONTACTS}c1,so,clerk,,{cell},,,\n")
    refused = {"bad-email", "line-break", "bad-character", "control-character"}
    assert refused & set(codes(reading))
    assert reading.contacts == ()


@pytest.mark.parametrize("name", ["An\nBcc: x", "An\u202e", "An\u0000"])
def test_a_name_that_would_break_a_header_is_refused(tmp_path: Path, name: str):
    """A1: names go into headers of mails too."""
    data = small(("contacts", "contacts.csv"))
    assert read(tmp_path, data, contacts__csv=f'{CONTACTS}c1,so,clerk,"{name}",,,,\n').contacts == ()


# --- files beside the plan


HOSTILE = ["../secret.csv", "/etc/passwd", "a/b.csv", "..", ".", ".env", "C:\\x.csv", "a\\b", "x\u0000", "~x", "-x",
           "x\ny", " x.csv", "x" * 300, "\u202ex.csv"]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\u0000" not in name])
@pytest.mark.parametrize("where", ["contacts", "rosters", "plan.source"])
def test_a_plan_names_only_plain_files_beside_it(tmp_path: Path, where: str, name: str):
    """A11: no way out of the plan's folder by a name."""
    (tmp_path / "secret.csv").write_text("id,name\nx,Secret\n")
    folder = tmp_path / "plan"
    folder.mkdir()
    value = [{"file": name}] if where == "rosters" else {"file": name}
    reading = read(folder, small((where, value)))
    assert {"file-name", "control-character", "line-break"} & set(codes(reading))
    assert len(reading.files) == 1


def test_a_plain_name_is_plain_on_every_system():
    """A11: what is harmless here may be a path elsewhere."""
    assert not any(is_plain(name) for name in HOSTILE)
    assert is_plain("Danh sách đơn vị 2026.csv")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    """A11: a link is a way out too."""
    (tmp_path / "secret.csv").write_text("id,name\nx,Secret\n")
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "roster.csv").symlink_to(tmp_path / "secret.csv")
    assert codes(read(folder, small(("rosters", "roster.csv")))) == ["file-outside"]


def test_a_link_within_the_folder_is_followed(tmp_path: Path):
    (tmp_path / "units.csv").write_text("id,name,kind\nhuyen-c,Huyện C,district\n")
    (tmp_path / "roster.csv").symlink_to(tmp_path / "units.csv")
    assert codes(read(tmp_path, small(("rosters", "roster.csv")))) == []


def test_a_pipe_or_a_folder_is_not_waited_for(tmp_path: Path):
    """A11: a name must not make the program hang."""
    if not hasattr(os, "mkfifo"):
        lack("needs named pipes, which this system lacks")
    os.mkfifo(tmp_path / "roster.csv")
    assert codes(read(tmp_path, small(("rosters", "roster.csv")))) == ["file-unreadable"]
    (tmp_path / "contacts.csv").mkdir()
    assert codes(read(tmp_path, small(("contacts", "contacts.csv")))) == ["file-unreadable"]


def test_a_file_that_is_missing_is_told_where_it_is_named(tmp_path: Path):
    finding = only(read(tmp_path, small(("contacts", {"file": "contacts.csv"}))))
    assert finding.code == "file-missing"
    assert under(finding).startswith('"contacts.csv"')


def test_a_missing_source_is_a_warning(tmp_path: Path):
    finding = only(read(tmp_path, small(("plan.source", {"file": "ban-goc.txt"}))))
    assert (finding.code, finding.severity) == ("source-missing", Severity.warning)


def test_a_source_is_compared_with_the_plan(tmp_path: Path):
    data = small(("plan.source", "ban-goc.txt"))
    assert codes(read(tmp_path, data, **{"ban-goc__txt": ISSUED})) == []
    lost = ISSUED.replace("2. Sở tổng hợp, báo cáo Tỉnh trước ngày 21/11/2026.", "")
    finding = only(read(tmp_path, data, **{"ban-goc__txt": lost}))
    assert finding.code == "source-differs"
    assert under(finding).startswith('"2."')


# --- calendars


def test_a_country_without_a_table_of_holidays_is_told(tmp_path: Path):
    finding = only(read(tmp_path, small(("calendar", {"holidays": "QQ"}))))
    assert finding.code == "unknown-country"
    assert under(finding).startswith('"QQ"')


def test_a_week_without_a_working_day_is_told(tmp_path: Path):
    assert codes(read(tmp_path, small(("calendar", {"working_days": []})))) == ["no-working-day"]
