"""The process: which commands there are, in which language it speaks, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from campaignflow._version import __version__
from campaignflow.cli.base import Option
from campaignflow.cli.context import Invocation
from campaignflow.cli.errors import discard, report
from campaignflow.cli.lazy import Entry, LazyGroup, Section
from campaignflow.cli.options import GLOBAL_OPTIONS
from campaignflow.cli.output import prepare, print_text, terminal_width
from campaignflow.i18n import N_, say, speaking

PROGRAM = "campaignflow"
"""The name the program calls itself by, whatever it was started as."""

COMPLETION_VARIABLE = "_CAMPAIGNFLOW_COMPLETE"
"""The variable by which a shell asks for completions."""

_CLI = "campaignflow.cli"

SECTIONS = (
    Section(N_("Plan"), (
        Entry("init", f"{_CLI}.plans:init", N_("Start a plan in a new folder.")),
        Entry("import", f"{_CLI}.workbooks:import_", N_("Make or change a plan from a workbook.")),
        Entry("check", f"{_CLI}.plans:check", N_("Find everything that is wrong with a plan.")),
        Entry("apply", f"{_CLI}.plans:apply", N_("Make the plan's text the running revision.")),
    )),
    Section(N_("Where it stands"), (
        Entry("status", f"{_CLI}.status:status", N_("Show where everything stands.")),
        Entry("worklist", f"{_CLI}.status:worklist", N_("Show what the coordinator should do now.")),
        Entry("show", f"{_CLI}.status:show", N_("Show one assignment whole.")),
    )),
    Section(N_("Steps"), (
        Entry("advance", f"{_CLI}.steps:advance", N_("Take one step, or the same step for many.")),
        Entry("part", f"{_CLI}.steps:part", N_("Tick a point of a duty.")),
        Entry("event", f"{_CLI}.steps:event", N_("Record that an outside event happened.")),
        Entry("open", f"{_CLI}.changes:open_", N_("Open a duty on demand for an agency.")),
        Entry("exempt", f"{_CLI}.steps:exempt", N_("Exempt an assignment, with the reason.")),
        Entry("extend", f"{_CLI}.changes:extend", N_("Give one assignment a later last day.")),
        Entry("undo", f"{_CLI}.changes:undo", N_("Take back the last step, with the reason.")),
    )),
    Section(N_("Documents and reports"), (
        Entry("submit", f"{_CLI}.steps:submit", N_("Record a report or a document that was sent.")),
        Entry("return", f"{_CLI}.steps:return_", N_("Return a report, with the reason.")),
        Entry("accept", f"{_CLI}.steps:accept", N_("Accept a report.")),
    )),
    Section(N_("People"), (
        Entry("acknowledge", f"{_CLI}.steps:acknowledge", N_("Record that an agency knows, and what it promised.")),
        Entry("delegate", f"{_CLI}.changes:delegate", N_("Let another agency act between two days.")),
        Entry("confirm", f"{_CLI}.steps:confirm", N_("Confirm a group that the plan does not list.")),
        Entry("contacts", f"{_CLI}.contacts:contacts", N_("Keep the register of contacts.")),
    )),
    Section(N_("Proof"), (
        Entry("history", f"{_CLI}.journal:history", N_("Show what happened, and when it was recorded.")),
        Entry("verify", f"{_CLI}.journal:verify", N_("Prove that the journal was not changed.")),
        Entry("export", f"{_CLI}.journal:export", N_("Write everything as open files.")),
        Entry("close", f"{_CLI}.changes:close", N_("Close the campaign, and archive it.")),
    )),
    Section(N_("Keeping"), (
        Entry("backup", f"{_CLI}.keeping:backup", N_("Write the database into one file while others work.")),
        Entry("restore", f"{_CLI}.keeping:restore", N_("Put a backup in place, marked as a copy.")),
        Entry("copy", f"{_CLI}.keeping:copy", N_("Copy campaigns into another database.")),
        Entry("doctor", f"{_CLI}.doctor:doctor", N_("Find what is wrong with this installation.")),
    )),
    Section(N_("To begin"), (
        Entry("demo", f"{_CLI}.demo:demo", N_("Rehearse the campaign of 2020 in a folder to look at.")),
        Entry("completion", f"{_CLI}.completion:completion", N_("Print the completion script of your shell.")),
    )),
)  # fmt: skip
"""Every command, in the order of the help. Names are part of the interface that people script against."""


def _print_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        print_text(f"{PROGRAM} {__version__}", sys.stdout)
        ctx.exit()


_VERSION = Option(
    ["--version", "show_version"], is_flag=True, is_eager=True, expose_value=False,
    help=N_("Show the version and exit."), callback=_print_version,
)  # fmt: skip

app = LazyGroup(
    PROGRAM,
    sections=SECTIONS,
    params=[*GLOBAL_OPTIONS, _VERSION],
    help=N_("Runs a public campaign from its plan: duties, deadlines, reports, and the proof of what happened."),
    examples=(
        "campaignflow init tuan-le-2025",
        "campaignflow status --overdue",
        "campaignflow COMMAND --help",
    ),
)
"""The root command."""


def run(arguments: Sequence[str]) -> int:
    """Runs the command line on `arguments` (without the program's name) and gives the exit code.

    Whatever goes wrong is told on standard error by `cli.errors`; no exception leaves this function.
    """
    invocation = Invocation.of(arguments, os.environ)
    for stream in (sys.stdout, sys.stderr):
        prepare(stream, os.environ)
    with speaking(invocation.lang):
        try:
            code = _serve(arguments, invocation)
            if sys.stdout is not None:
                sys.stdout.flush()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except BaseException as error:  # noqa: BLE001 -- the edge of the process: an interrupt too becomes words
            code = report(error, invocation)
            if isinstance(error, OSError):
                discard_unwritable()
        return code


def _serve(arguments: Sequence[str], invocation: Invocation) -> int:
    refuse_bytes(arguments)
    asked = os.environ.get(COMPLETION_VARIABLE)
    if asked:
        from click.shell_completion import shell_complete

        return shell_complete(app, {"obj": invocation}, PROGRAM, COMPLETION_VARIABLE, asked)
    width = min(terminal_width(sys.stdout, os.environ), 80)
    try:
        with app.make_context(PROGRAM, list(arguments), obj=invocation, terminal_width=width) as ctx:
            app.invoke(ctx)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    return 0


def refuse_bytes(arguments: Sequence[str]) -> None:
    """Refuses an argument whose bytes are no text: it could be neither shown nor recorded.

    Raises:
        click.UsageError: there is one.
    """
    for argument in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in argument):
            shown = argument.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            raise click.UsageError(say(N_("{argument} is no text in UTF-8."), argument=repr(shown)))


def discard_unwritable() -> None:
    """After a failed write, lets what standard output still holds go nowhere if it cannot be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        discard(sys.stdout)
