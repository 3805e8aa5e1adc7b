"""The command as a process: exit codes, streams, errors, languages, completion."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from campaignflow._version import __version__
from campaignflow.cli.output import plain
from tests.conftest import lack

BARE = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "HOME")}

# A command line like ours with commands that fail as ours might.
FAILING = """
import sys
from campaignflow.cli import app
from campaignflow.cli.lazy import Entry
from campaignflow.cli.options import Writing, argument, command, option, pass_context, writing_options
from campaignflow.errors import CampaignflowError

class Sealed(CampaignflowError):
    code = "sealed"
    message = "There is no plan at {path}."
    if "guess" in sys.argv:
        message = "There is no assignment `{path}`{hint}."
    cure = "Check the path given with --plan."

@command("refuse", "Refuses.")
@pass_context
def refuse(context):
    raise Sealed(path="h\\u1ed9p\\x1b[2J")

@command("crash", "Crashes.")
@pass_context
def crash(context):
    raise RuntimeError("the roof fell in")

@command("interrupt", "Is interrupted.")
@pass_context
def interrupt(context):
    raise KeyboardInterrupt

@command("ask", "Asks.")
@pass_context
def ask(context):
    import click
    click.confirm("?", abort=True)

@command("guess", "Knows a near word.")
@pass_context
def guess(context):
    raise Sealed(path="x", hint=" (did you mean `status`?)")

@command("open", "Opens the campaign.")
@pass_context
def open_(context):
    with context.campaign() as campaign:
        context.echo(f"{campaign.zone}")

@command("lines", "Prints much.")
@pass_context
def lines(context):
    for number in range(100_000):
        context.echo(f"{number}")

@command("tell", "Tells what it was told.")
@argument("words", nargs=-1)
@writing_options
@pass_context
def tell(context, words, writing):
    told = {"plan": str(context.plan), "database": context.database, "campaign": context.campaign_id,
            "now": context.now, "actor": context.actor, "lang": context.lang, "width": context.width,
            "color": context.style.color, "words": words, "sent": writing.sent, "attach": len(writing.attach)}
    context.note("note")
    context.answer(told, "như chữ")

for made in (refuse, guess, open_, crash, interrupt, ask, lines, tell):
    app.app.entries[made.name] = Entry(made.name, "", "")
    app.app.commands[made.name] = made
app.app.entries["lost"] = Entry("lost", "campaignflow.cli.no_such_module:lost", "")
sys.exit(app.run(sys.argv[1:]))
"""


def run(*words: str, script: str = "", cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    start = ["-c", script] if script else ["-m", "campaignflow"]
    return subprocess.run(
        [sys.executable, *start, *words],
        capture_output=True, encoding="utf-8", env={**BARE, **environ}, stdin=subprocess.DEVNULL, cwd=cwd, timeout=60,
    )  # fmt: skip


def fail(*words: str, **environ: Any) -> subprocess.CompletedProcess[str]:
    return run(*words, script=FAILING, **environ)


def test_the_version_is_one_line_and_that_of_the_package(root):
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"campaignflow {__version__}\n", "")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    dynamic = project.get("tool", {}).get("hatch", {}).get("version", {}).get("path")
    assert project["project"].get("version", __version__) == __version__ or dynamic == "src/campaignflow/_version.py"


def test_the_version_is_answered_without_importing_click():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "campaignflow", "--version"],
        capture_output=True,
        text=True,
        env=BARE,
    )
    assert "click" not in done.stderr
    assert run("--lang", "en", "--version").stdout == f"campaignflow {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize(("lang", "said"), [("vi", "Cách dùng:"), ("en", "Usage:")])
def test_help_is_on_standard_output_in_both_languages(flag, lang, said):
    done = run(flag, "--lang", lang)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(said)
    for name in ("init", "check", "apply", "status", "worklist", "show", "advance", "part", "event", "submit", "return",
                 "accept", "acknowledge", "exempt", "confirm", "contacts", "history", "verify", "export", "demo",
                 "completion"):  # fmt: skip
        assert f"\n  {name} " in done.stdout


def test_vietnamese_help_has_no_english_words_of_ours_or_of_click():
    said = run("completion", "-h", "--lang", "vi").stdout
    assert "Tùy chọn" in said
    assert "Tham số" in said
    for english in ("Usage", "Options", "Show this", "default", "env var", "Examples"):
        assert english not in said


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_fits_the_terminal(columns):
    said = run("-h", COLUMNS=columns).stdout
    assert max(map(len, said.splitlines())) <= min(int(columns), 80)


def test_without_a_command_the_help_goes_to_standard_error_and_it_is_wrong_usage():
    done = run("--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Missing command." in done.stderr
    bare = run()
    assert (bare.returncode, bare.stdout) == (2, "")
    assert "status" in bare.stderr


@pytest.mark.parametrize(("lang", "hint"), [("vi", "Có phải ý bạn là: 'status'?"), ("en", "Did you mean 'status'?")])
def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(lang, hint):
    done = run("stattus", "--lang", lang)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr


def test_a_misspelt_option_is_answered_with_the_one_that_was_meant():
    done = run("completion", "bash", "--databse", "x", "--lang", "en")
    assert done.returncode == 2
    assert "'--database'" in done.stderr


def test_wrong_usage_is_told_as_json_too_and_nothing_is_on_standard_output():
    done = run("stattus", "--json", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr) == {
        "error": {
            "code": "no-such-command",
            "message": "No such command 'stattus'. Did you mean 'status'?",
            "cure": "Try 'campaignflow --help' for help.",
        }
    }


@pytest.mark.parametrize(
    "words",
    [
        ("--now", "yesterday"),
        ("--now", "2020-13-15"),
        ("--now", "23/10/2020"),
        ("--database", "mysql://x"),
        ("--lang", "fr"),
    ],
)
def test_a_value_that_cannot_be_meant_is_wrong_usage_before_and_after_the_command(words):
    assert run(*words, "completion", "bash").returncode == 2
    assert run("completion", "bash", *words).returncode == 2


def test_a_variable_with_a_wrong_value_is_named():
    done = run("completion", "bash", CAMPAIGNFLOW_NOW="yesterday", CAMPAIGNFLOW_LANG="en")
    assert done.returncode == 2
    assert "CAMPAIGNFLOW_NOW" in done.stderr


@pytest.mark.parametrize(
    ("environ", "first"),
    [
        ({}, "Lỗi: "),
        ({"LANG": "en_US.UTF-8"}, "Error: "),
        ({"LANG": "vi_VN.UTF-8", "CAMPAIGNFLOW_LANG": "en"}, "Error: "),
    ],
)
def test_the_language_comes_from_the_variables_and_is_vietnamese_otherwise(environ, first):
    assert run("stattus", **environ).stderr.startswith(first)


def test_a_refusal_says_what_is_wrong_and_what_to_do_without_control_characters():
    done = fail("refuse", "--lang", "vi")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Lỗi: Không có kế hoạch tại hộp [2J.\nKiểm tra lại đường dẫn đã nêu ở --plan.\n"


def test_a_refusal_as_json_has_its_code_its_message_and_its_cure():
    done = fail("refuse", "--json", "--lang", "en")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads(done.stderr)["error"] == {
        "code": "sealed",
        "message": "There is no plan at hộp\x1b[2J.",
        "cure": "Check the path given with --plan.",
    }


def test_what_was_probably_meant_is_said_in_the_users_language():
    assert "`x` (có phải ý bạn là `status`?)." in fail("guess", "--lang", "vi").stderr
    assert "`x` (did you mean `status`?)." in fail("guess", "--lang", "en").stderr


def test_without_a_plan_and_a_database_the_refusal_says_how_to_get_one(tmp_path):
    lost = run("open", "--json", script=FAILING, cwd=Path("/"))
    assert (lost.returncode, json.loads(lost.stderr)["error"]["code"]) == (1, "no-plan")
    gone = run("open", "--json", "--plan", "gone.yaml", script=FAILING, cwd=tmp_path)
    assert (gone.returncode, json.loads(gone.stderr)["error"]["code"]) == (1, "plan-not-found")


def test_the_campaign_is_opened_with_what_the_options_say(tmp_path):
    done = run("open", "--database", f"sqlite:///{tmp_path}/c.db", "--now", "2020-10-23", script=FAILING, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Asia/Ho_Chi_Minh\n", "")


def test_a_fault_of_the_program_is_one_line_and_its_cure_and_never_a_traceback():
    done = fail("crash", "--lang", "en")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 2
    assert "RuntimeError: the roof fell in" in done.stderr
    assert "CAMPAIGNFLOW_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr


def test_debugging_shows_the_traceback():
    assert "Traceback" in fail("crash", CAMPAIGNFLOW_DEBUG="1").stderr
    assert "Traceback" in fail("--debug", "crash").stderr
    assert json.loads(fail("crash", "--json").stderr)["error"]["code"] == "internal"


def test_a_command_whose_module_is_not_there_is_told_as_a_broken_installation():
    done = fail("lost", "--json")
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"]["code"] == "command-unavailable"


def test_an_interrupt_ends_with_130_and_no_traceback():
    done = fail("interrupt")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_a_question_that_nobody_answers_is_a_refusal():
    done = fail("ask", "--json")
    assert done.returncode == 1
    assert json.loads(done.stderr.splitlines()[-1])["error"]["code"] == "unanswered"


def test_a_reader_that_stops_reading_is_no_error_and_nothing_is_said():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        for words in (["lines"], ["refuse"]):
            done = subprocess.run(
                [sys.executable, "-c", FAILING, *words], stdout=gone, stderr=subprocess.PIPE, text=True, env=BARE
            )
            assert "Traceback" not in done.stderr
            assert "Exception ignored" not in done.stderr
            assert done.returncode == (141 if words == ["lines"] else 1)
            assert bool(done.stderr) is (words == ["refuse"])


def test_a_full_disk_under_standard_output_is_told_and_is_no_success():
    if not Path("/dev/full").exists():
        lack("needs /dev/full, which this machine lacks")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "campaignflow", "completion", "bash"],
            stdout=full, stderr=subprocess.PIPE, encoding="utf-8", env={**BARE, "CAMPAIGNFLOW_LANG": "en"},
        )  # fmt: skip
    assert done.returncode == 1
    assert os.strerror(errno.ENOSPC) in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    "environ",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "0"}],
)
def test_into_a_pipe_vietnamese_is_utf_8_whatever_the_locale(environ):
    assert "Cách dùng:" in run("-h", **environ).stdout
    assert run("stattus", **environ).stderr.startswith("Lỗi: ")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_where_letters_cannot_be_encoded_they_lose_their_marks_and_nothing_fails(encoding):
    environ = {**BARE, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-m", "campaignflow", "-h"], capture_output=True, env=environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert plain(done.stdout.decode(encoding)).startswith("Cach dung: campaignflow")
    done = subprocess.run([sys.executable, "-c", FAILING, "refuse"], capture_output=True, env=environ)
    assert (done.returncode, plain(done.stderr.decode(encoding))[:20]) == (1, "Loi: Khong co ke hoa")


def test_standard_streams_that_are_closed_are_no_fault():
    ours = [sys.executable, "-m", "campaignflow", "-h"]
    script = f"import os, subprocess, sys; os.close(1); os.close(2); sys.exit(subprocess.call({ours!r}))"
    assert subprocess.run([sys.executable, "-c", script], env=BARE).returncode == 0


def test_global_options_are_taken_before_and_after_the_command_and_the_later_wins(tmp_path):
    (tmp_path / "plan.yaml").touch()
    words = ["--plan", str(tmp_path), "--campaign", "lltweek", "--now", "2020-10-23", "--as", "cao-loc", "--json"]
    before, after = fail(*words, "tell"), fail("tell", *words)
    assert before.stdout == after.stdout
    told = json.loads(after.stdout)
    assert told["plan"] == str(tmp_path / "plan.yaml")
    assert told["database"] == f"sqlite:///{tmp_path}/.campaignflow/campaign.db"
    assert (told["campaign"], told["now"], told["actor"]) == ("lltweek", "2020-10-23", "cao-loc")
    assert json.loads(fail("--as", "a", "tell", "--as", "b", "--json").stdout)["actor"] == "b"
    assert after.stderr == "note\n"


def test_the_command_line_wins_over_the_variables_wherever_it_stands():
    environ = {"CAMPAIGNFLOW_ACTOR": "env", "CAMPAIGNFLOW_DATABASE": "sqlite:///env.db"}
    told = json.loads(fail("--as", "given", "tell", "--json", **environ).stdout)
    assert (told["actor"], told["database"]) == ("given", "sqlite:///env.db")
    assert json.loads(fail("tell", "--json", **environ).stdout)["actor"] == "env"


def test_the_plan_is_found_above_the_folder_one_stands_in(tmp_path):
    (tmp_path / "plan.yaml").touch()
    below = tmp_path / "báo cáo" / "2020"
    below.mkdir(parents=True)
    told = json.loads(run("tell", "--json", script=FAILING, cwd=below).stdout)
    assert told["plan"] == str(tmp_path / "plan.yaml")
    assert json.loads(run("tell", "--json", script=FAILING, cwd=Path("/")).stdout)["database"] is None


def test_the_writing_options_reach_the_command_as_one_value(tmp_path):
    (tmp_path / "a.pdf").touch()
    attached = ["--attach", str(tmp_path / "a.pdf"), "--attach", str(tmp_path / "a.pdf")]
    told = json.loads(fail("tell", "--json", "--sent", "2020-10-23T17:00+07:00", *attached, "x", "y").stdout)
    assert (told["sent"], told["attach"], told["words"]) == ("2020-10-23T17:00+07:00", 2, ["x", "y"])
    assert fail("tell", "--attach", str(tmp_path / "none")).returncode == 2


def test_text_stays_text_and_colour_follows_the_variables():
    assert fail("tell").stdout == "như chữ\n"
    assert json.loads(fail("tell", "--json", FORCE_COLOR="1").stdout)["color"] is True
    assert json.loads(fail("tell", "--json", FORCE_COLOR="1", NO_COLOR="1").stdout)["color"] is False
    assert json.loads(fail("tell", "--json", "--no-color", FORCE_COLOR="1").stdout)["color"] is False
    assert "\x1b" in fail("refuse", FORCE_COLOR="1").stderr
    assert "\x1b" not in fail("refuse", "--no-color", FORCE_COLOR="1").stderr


def test_words_after_two_hyphens_are_no_options():
    done = fail("tell", "--", "--json")
    assert (done.returncode, done.stdout) == (0, "như chữ\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_of_each_shell_is_printed(shell):
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_CAMPAIGNFLOW_COMPLETE" in done.stdout


def test_a_shell_is_offered_commands_and_options():
    asked: dict[str, Any] = {
        "_CAMPAIGNFLOW_COMPLETE": "bash_complete",
        "COMP_WORDS": "campaignflow st",
        "COMP_CWORD": "1",
    }
    assert run(**asked).stdout.split() == ["plain,status"]
    asked = {**asked, "COMP_WORDS": "campaignflow completion --dat", "COMP_CWORD": "2"}
    assert run(**asked).stdout.split() == ["plain,--database"]


def test_listing_the_commands_imports_none_of_them_and_nothing_heavy():
    script = (
        "import sys\nfrom campaignflow.cli.app import run\nrun(['-h'])\n"
        "heavy = {'pydantic', 'transitions', 'holidays', 'yaml', 'pluggy', 'rich', 'sqlite3'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = run(script=script)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_argument_that_is_no_text_is_wrong_usage(tmp_path: Path) -> None:
    if os.name != "posix":
        lack("needs arguments that are bytes, which this system lacks")
    command = [os.fsencode(sys.executable), b"-m", b"campaignflow", b"--lang", b"en", b"show", b"h\xff/x"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "is no text in UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
