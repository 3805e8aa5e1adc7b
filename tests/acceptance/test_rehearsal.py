"""The rehearsal of 2020: what `campaignflow demo` plays, prints and leaves, and what the campaign then says."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from campaignflow.cli.app import run
from campaignflow.cli.demo import next_steps
from campaignflow.loading.yamltext import parse_yaml
from campaignflow.services import rehearsal
from campaignflow.services.rehearsal import Ran, Script

DISTRICTS = {
    "lang-son", "trang-dinh", "binh-gia", "van-lang", "cao-loc", "van-quan", "bac-son", "huu-lung", "chi-lang",
    "loc-binh", "dinh-lap",
}  # fmt: skip
SILENT = ("to-chuc-tuan-le/binh-gia", "to-chuc-tuan-le/dinh-lap")


def command(*arguments: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Runs the program as a user does, with nobody's settings but those of the test."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGNFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "campaignflow", *arguments],
        cwd=folder, env={**plain, "COLUMNS": "80", "CAMPAIGNFLOW_LANG": "vi", **extra},
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def play(folder: Path, **extra: str) -> str:
    done = command("demo", str(folder), folder=folder.parent, **extra)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a demo left, and what it printed."""
    folder = tmp_path_factory.mktemp("rehearsal") / "campaignflow-demo"
    return folder, play(folder)


@pytest.fixture(scope="module")
def folder(stage: tuple[Path, str]) -> Path:
    return stage[0]


@pytest.fixture(scope="module")
def printed(stage: tuple[Path, str]) -> str:
    return stage[1]


@pytest.fixture(scope="module")
def ask(folder: Path) -> Callable[..., Any]:
    """Asks the rehearsed campaign for a JSON document, in this process: there is much to ask."""
    where = ("--plan", str(folder), "--database", f"sqlite:///{folder / '.campaignflow' / 'campaign.db'}")

    def asked(*arguments: str) -> Any:
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = run([*where, "--lang", "vi", *arguments, "--json"])
        assert code == 0, errors.getvalue()
        return json.loads(output.getvalue())

    return asked


@pytest.fixture(scope="module")
def status_at(ask: Callable[..., Any]) -> Callable[[str], Any]:
    """The status by what was recorded until then; each moment is asked for once."""
    known: dict[str, Any] = {}

    def at(moment: str) -> Any:
        if moment not in known:
            known[moment] = ask("status", "--as-of", moment)
        return known[moment]

    return at


def line_of(status: Mapping[str, Any], key: str) -> Any:
    return next(line for line in status["assignments"] if line["key"] == key)


def overdue(status: Mapping[str, Any]) -> set[str]:
    return {line["key"] for line in status["assignments"] if line["standing"] == "overdue"}


# --- what the campaign says


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        ("2020-09-21T17:00", "drafting"),
        ("2020-09-30T17:00", "drafting"),
        ("2020-10-01T00:00", "opening"),
        ("2020-10-01T12:00", "opening"),
        ("2020-10-02T00:00", "running"),
        ("2020-10-07T23:59", "running"),
        ("2020-10-08T00:00", "summarizing"),
        ("2020-10-30T10:00", "summarizing"),
    ],
)
def test_the_plan_is_in_the_phase_that_the_clock_gives_it(status_at: Any, moment: str, phase: str) -> None:
    status = status_at(moment)
    assert status["plan"]["phase"] == phase
    assert status["totals"]["assignments"] == 41


def test_clause_iii_4_gives_eleven_assignments_and_section_iv_the_two_dates(status_at: Any) -> None:
    lines = status_at("2020-10-08T08:00")["assignments"]
    districts = [line for line in lines if line["responsibility"] == "to-chuc-tuan-le"]
    assert {line["agency"] for line in districts} == DISTRICTS
    assert {line["due"]["last_moment"] for line in districts} == {"2020-10-25T00:00:00+07:00"}
    assert {line["due"]["last_working_day"] for line in districts} == {"2020-10-23"}
    assert line_of({"assignments": lines}, "tong-hop/so-gddt")["due"]["last_moment"] == "2020-10-30T00:00:00+07:00"
    assert line_of({"assignments": lines}, "tong-hop/so-gddt")["due"]["last_working_day"] == "2020-10-29"


def test_nothing_is_overdue_on_23_october_and_the_missing_reports_are_when_the_25th_begins(status_at: Any) -> None:
    assert overdue(status_at("2020-10-23T17:00")) == set()
    assert overdue(status_at("2020-10-24T23:59:59")) == set()
    late = overdue(status_at("2020-10-25T00:00"))
    assert {key for key in late if key.startswith("to-chuc")} == {*SILENT, "to-chuc-tuan-le/huu-lung"}
    assert {key for key in late if key.startswith("huong-ung")} == {
        "huong-ung/so-xay-dung", "huong-ung/so-gtvt", "huong-ung/thanh-tra",
    }  # fmt: skip


@pytest.mark.parametrize("day", ["01T12:00", "02T00:00", "02T08:00", "05T15:00", "08T08:00", "19T09:00", "24T23:00"])
def test_a_district_that_pressed_nothing_is_never_overdue_for_its_ceremony(status_at: Any, day: str) -> None:
    for key in SILENT:
        line = line_of(status_at(f"2020-10-{day}"), key)
        assert line["standing"] in ("in_time", "due_soon")
        assert ("opening" in line["presumed"]) == (day > "02")


def test_who_confirmed_its_opening_is_presumed_nothing_of_it(status_at: Any) -> None:
    status = status_at("2020-10-08T08:00")
    confirmed = {"lang-son", "cao-loc", "loc-binh", "chi-lang", "van-lang", "trang-dinh"}
    for agency in DISTRICTS:
        assert ("opening" in line_of(status, f"to-chuc-tuan-le/{agency}")["presumed"]) == (agency not in confirmed)


def test_a_plan_registered_late_is_presumed_no_longer(status_at: Any) -> None:
    key = "to-chuc-tuan-le/van-quan"
    assert "drafting" in line_of(status_at("2020-10-02T08:00"), key)["presumed"]
    assert "drafting" not in line_of(status_at("2020-10-08T08:00"), key)["presumed"]


def test_a_paper_report_of_the_23rd_entered_on_the_26th_was_on_time(status_at: Any) -> None:
    key = "to-chuc-tuan-le/huu-lung"
    standings = [line_of(status_at(f"2020-10-26T{time}"), key)["standing"] for time in ("08:00", "08:30", "10:00")]
    assert standings == ["overdue", "in_time", "done_on_time"]


def test_a_promise_moves_no_deadline(status_at: Any) -> None:
    key = "to-chuc-tuan-le/dinh-lap"
    standings = [line_of(status_at(moment), key)["standing"] for moment in ("2020-10-26T17:00", "2020-10-30T10:00")]
    assert standings == ["overdue", "done_late"]


def test_a_returned_report_that_is_answered_within_a_working_day_was_on_time(status_at: Any) -> None:
    key = "to-chuc-tuan-le/van-lang"
    returned = line_of(status_at("2020-10-26T17:00"), key)
    assert (returned["state"], returned["standing"]) == ("returned", "in_time")
    assert line_of(status_at("2020-10-27T11:00"), key)["standing"] == "done_on_time"


def test_one_report_completes_both_duties_of_an_agency(status_at: Any) -> None:
    before, after = status_at("2020-10-26T10:00"), status_at("2020-10-26T10:20")
    for key in ("trien-lam/so-vhttdl", "chi-dao-gdnn/so-ldtbxh"):
        assert (line_of(before, key)["phase"], line_of(after, key)["phase"]) == ("running", "completed")


def test_the_press_is_invited_and_never_late(status_at: Any) -> None:
    status = status_at("2020-10-30T10:00")
    assert line_of(status, "dua-tin/dai-ptth")["phase"] == "completed"
    assert line_of(status, "dua-tin/bao-lang-son")["phase"] == "running"
    assert {line_of(status, f"dua-tin/{one}")["standing"] for one in ("dai-ptth", "bao-lang-son")} == {"no_deadline"}


def test_a_nil_report_is_a_report_and_a_missing_one_is_not(status_at: Any, ask: Callable[..., Any]) -> None:
    status = status_at("2020-10-30T10:00")
    assert line_of(status, "huong-ung/so-ngoai-vu")["standing"] == "done_on_time"
    assert line_of(status, "huong-ung/thanh-tra")["standing"] == "overdue"
    events = ask("history", "huong-ung/so-ngoai-vu")["events"]
    assert "Không có hoạt động riêng trong Tuần lễ" in [event["reason"] for event in events]


def test_the_consolidated_report_is_accepted_by_its_dispatch_and_what_comes_after_is_a_supplement(
    status_at: Any, folder: Path
) -> None:
    status = status_at("2020-10-29T10:00")
    assert line_of(status, "tong-hop/so-gddt")["standing"] == "done_on_time"
    assert line_of(status, "tong-hop/hoi-khuyen-hoc")["phase"] == "completed"
    bodies = [
        json.loads(json.loads(line)["body"])
        for line in (folder / "export" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    accepted = [body for body in bodies if body.get("actor") == "dispatch"]
    assert [body["key"] for body in accepted] == ["tong-hop/so-gddt"]
    assert [body["key"] for body in bodies if body.get("data", {}).get("supplement")] == ["huong-ung/so-gtvt"]


def test_at_the_end_four_were_late_one_is_missing_and_the_rates_say_so(status_at: Any) -> None:
    status = status_at("2020-10-30T10:00")
    standing = {name: count for name, count in status["totals"]["by_standing"].items() if count}
    assert standing == {"done_on_time": 26, "done_late": 4, "overdue": 1, "no_deadline": 10}
    assert status["rates"] == {"on_time_of_done": pytest.approx(26 / 30), "overdue_of_all": pytest.approx(1 / 31)}


def test_the_contact_of_cao_loc_changed_and_the_plan_did_not(ask: Callable[..., Any], status_at: Any) -> None:
    contacts = {row["id"]: row for row in ask("contacts", "list", "cao-loc", "--all")["contacts"]}
    assert contacts["c05"]["until"] == "2020-10-11"
    assert contacts["c06"]["from"] == "2020-10-12"
    assert status_at("2020-10-30T10:00")["plan"]["revision"] == 1


def test_the_journal_of_the_rehearsal_verifies_to_the_head_it_printed(ask: Callable[..., Any], printed: str) -> None:
    verdict = ask("verify")
    assert verdict["ok"] is True
    assert printed.rstrip().endswith(f"--expect {verdict['head']}")


# --- what it prints and leaves


def test_the_named_days_are_shown_with_their_status(printed: str) -> None:
    days = printed.split("\n── ")[1:]
    shown = [day.split()[2] for day in days if "$ campaignflow status\n" in day]
    assert shown == [
        "21/09/2020", "30/09/2020", "02/10/2020", "08/10/2020", "23/10/2020", "26/10/2020", "30/10/2020",
    ]  # fmt: skip


def test_what_is_printed_fits_eighty_columns(printed: str) -> None:
    too_long = [line for line in printed.splitlines() if len(line) > 80]
    assert [line for line in too_long if not re.fullmatch(r" +--expect [0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_note_of_the_script_is_in_both_languages(lang: str) -> None:
    script = the_script()
    assert script.title[lang] and script.about[lang]
    assert [cue.command for cue in script.cues if cue.note and not cue.note.get(lang)] == []


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where a stranger's database would be, and what a demo printed in English among a stranger's settings."""
    folder = tmp_path_factory.mktemp("abroad")
    told = play(
        folder / "demo", CAMPAIGNFLOW_NOW="2031-01-01", CAMPAIGNFLOW_ACTOR="cao-loc",
        CAMPAIGNFLOW_DATABASE=f"sqlite:///{folder / 'other.db'}", CAMPAIGNFLOW_LANG="en",
    )  # fmt: skip
    return folder / "other.db", told


def test_it_speaks_english_when_asked(abroad: tuple[Path, str]) -> None:
    told = abroad[1]
    assert "Hữu Lũng's paper report was sent on the 23rd" in told
    assert "What to try next:" in told


def test_it_leaves_a_folder_to_look_at(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= {
        "plan.yaml", "plan-2020.txt", "contacts.csv", "rehearsal.yaml", "rehearsal.log", "status-2020-10-26.json",
        "export", ".campaignflow", "README.md", "README.vi.md",
    }  # fmt: skip
    assert (folder / ".campaignflow" / "campaign.db").is_file()
    kept = json.loads((folder / "status-2020-10-26.json").read_text(encoding="utf-8"))
    assert kept["as_of"].startswith("2020-10-26T17:00")
    assert kept["totals"]["by_standing"]["overdue"] == 5
    with (folder / "export" / "assignments.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 41


def test_the_log_has_every_command_with_its_clock(folder: Path) -> None:
    log = (folder / "rehearsal.log").read_text(encoding="utf-8")
    assert log.count("\n$ campaignflow --now ") + 1 == len(the_script().cues)


def test_what_it_says_to_try_next_works(folder: Path, printed: str, tmp_path: Path) -> None:
    """Each suggestion is printed, and does something in the folder."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    flat = " ".join(printed.replace("\\\n", " ").split())
    steps = next_steps(copy, re.findall(r"[0-9a-f]{64}", printed)[-1])
    assert len(steps) >= 4
    for _, words in steps[1:]:
        assert rehearsal.typed_line(words) in flat
        done = command(*words[1:], folder=copy)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_it_says_how_to_find_the_command_where_the_shell_does_not(tmp_path: Path) -> None:
    """A newcomer who typed `make demo` has the command in a folder that is not on the path."""
    program = tmp_path / "bin" / "campaignflow"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom campaignflow.__main__ import main\nsys.exit(main())\n", encoding="utf-8"
    )
    program.chmod(0o755)
    environ = {**os.environ, "PATH": "/usr/bin:/bin", "CAMPAIGNFLOW_LANG": "en"}
    done = subprocess.run(
        [str(program), "demo", "here"], cwd=tmp_path, env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert 'export PATH="$PWD/bin:$PATH"' in done.stdout


def test_with_json_it_prints_one_document(tmp_path: Path) -> None:
    done = command("demo", "here", "--json", folder=tmp_path)
    document = json.loads(done.stdout)
    assert document["folder"] == "here"
    assert "plan.yaml" in document["files"]
    assert re.fullmatch(r"[0-9a-f]{64}", document["head"])


# --- the folder


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = command("demo", str(tmp_path), "--json", folder=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"]["code"] == "demo-folder-taken"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_demo_is_made_anew_and_a_file_put_beside_it_stays(
    folder: Path, printed: str, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    (again / "notes.txt").write_text("mine", encoding="utf-8")
    (again / "plan.yaml").write_text("spoilt", encoding="utf-8")
    told = play(again)
    assert told.rstrip()[-64:] == printed.rstrip()[-64:], "the journal came to another head"
    assert (again / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (again / "plan.yaml").read_bytes() == (folder / "plan.yaml").read_bytes()


def test_nobodys_settings_reach_into_a_rehearsal(abroad: tuple[Path, str], printed: str) -> None:
    """A clock, an actor and a database of the environment are the user's own; the script has its own."""
    stranger, told = abroad
    assert not stranger.exists()
    assert told.rstrip()[-64:] == printed.rstrip()[-64:], "the journal came to another head"


# --- the script


def the_script() -> Script:
    parsed = parse_yaml((rehearsal.example_path() / rehearsal.SCRIPT).read_bytes(), file=rehearsal.SCRIPT)
    assert parsed.data is not None and parsed.ok
    return rehearsal.read_script(parsed.data)


def a_script(*entries: Mapping[str, Any]) -> Script:
    return rehearsal.read_script({"entries": list(entries)})


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        ({"at": "2020-10-01", "do": "verify", "sees": "status"}, "unknown words: sees"),
        ({"at": "yesterday", "do": "verify"}, "Invalid isoformat"),
        ({"at": "2020-10-01T08:00+07:00", "do": "verify"}, "without an offset"),
        ({"at": "2020-10-01", "do": 'return x --reason "open'}, "No closing quotation"),
        ({"at": "2020-10-01", "do": "verify", "shows": "all"}, "`shows` is one of"),
        ({"at": "2020-10-01", "note": {"vi": "…"}}, "neither does nor shows"),
        ({"at": "2020-10-01", "shows": "status", "keep": "../status.json"}, "plain file name"),
        ({"at": "2020-10-01", "shows": "status", "keep": "a/status.json"}, "plain file name"),
    ],
)
def test_an_entry_that_cannot_be_played_is_refused_with_its_number(entry: Mapping[str, Any], detail: str) -> None:
    with pytest.raises(rehearsal.ScriptBroken, match=re.escape(detail)) as caught:
        a_script({"at": "2020-09-30", "do": "check"}, entry)
    assert caught.value.data["number"] == 2


def test_entries_stand_in_the_order_of_time() -> None:
    with pytest.raises(rehearsal.ScriptBroken, match="earlier than the entry before"):
        a_script({"at": "2020-10-02", "do": "check"}, {"at": "2020-10-01", "do": "check"})


@pytest.mark.parametrize(
    ("refused", "code", "stops"), [("", 1, True), ("", 0, False), ("true", 1, False), ("true", 0, True)]
)
def test_playing_stops_where_a_command_does_not_do_what_the_script_expects(
    refused: str, code: int, stops: bool
) -> None:
    script = a_script({"at": "2020-10-01T08:00", "as": "cao-loc", "do": "accept x", "refused": refused})
    asked: list[Sequence[str]] = []

    def run(arguments: Sequence[str]) -> Ran:
        asked.append(arguments)
        return Ran(code=code, output="", errors="why")

    if stops:
        with pytest.raises(rehearsal.RehearsalStopped, match="--as cao-loc accept x"):
            list(rehearsal.play(script, run))
    else:
        assert len(list(rehearsal.play(script, run))) == 1
    assert asked == [("--now", "2020-10-01T08:00", "--as", "cao-loc", "accept", "x")]


@pytest.mark.parametrize("kind", ["installed", "checkout"])
def test_the_example_is_found_in_the_package_and_in_the_checkout(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src" / "campaignflow"
    home = (package if kind == "installed" else tmp_path) / "examples" / "lltweek2020"
    home.mkdir(parents=True)
    monkeypatch.setattr(rehearsal, "__file__", str(package / "services" / "rehearsal.py"))
    with pytest.raises(rehearsal.ExampleMissing):
        rehearsal.example_path()
    (home / rehearsal.SCRIPT).write_text("entries: []", encoding="utf-8")
    assert rehearsal.example_path() == home
