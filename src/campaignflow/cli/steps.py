"""The commands that write a step: `advance`, `submit`, `return`, `accept`, `exempt`, and entries that move nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import completing, words
from campaignflow.cli.context import Context
from campaignflow.cli.documents import day_of, saying
from campaignflow.cli.options import DATE, Writing, argument, command, option, pass_context, writing_options
from campaignflow.cli.output import wrap
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.domain.journal import Event
    from campaignflow.services.running import Running
    from campaignflow.services.steps import StepTaken


class NothingSelected(CampaignflowError):
    """A selection fits no assignment."""

    code = "nothing-selected"
    message = "No assignment fits {selection}."
    cure = "See what there is with `campaignflow status`."


# --- steps


@command(
    "advance",
    N_(
        "Take one step of one assignment: the TRIGGER that `campaignflow show KEY` names.\n\n"
        "With --select the same step of every assignment that fits: of all of them, or, if one cannot take it, of "
        "none. With --sheet the steps of a sheet, each with its document and dates: likewise all or none."
    ),
    examples=(
        "campaignflow advance to-chuc-tuan-le/cao-loc register --number 152/KH-UBND --date 2020-09-28",
        "campaignflow advance --select responsibility=huong-ung --select state=submitted accept",
        "campaignflow advance --write-sheet cac-buoc.xlsx",
        "campaignflow advance --sheet cac-buoc.xlsx --dry-run",
    ),
)
@argument("words_", nargs=-1, required=False, metavar="[KEY] [TRIGGER]", shell_complete=completing.triggers)
@option(
    "--select", multiple=True, metavar="FIELD=VALUE",
    help=N_("Every assignment with this value; may be given again. Fields: agency, responsibility, role, region, "
            "phase, state, standing."),
)  # fmt: skip
@option("--reason", metavar="TEXT", help=N_("Why; some steps need it."))
@option("--yes", is_flag=True, help=N_("Do not ask before taking a step of many."))
@option(
    "--sheet",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_(
        "Take the steps of this workbook or CSV file. Columns: key, trigger, number, date, sent, at, reason, "
        "note, on_behalf_of, nil."
    ),
)
@option(
    "--write-sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write a workbook for --sheet: a row for each open assignment, its steps to choose from."),
)
@option("--dry-run", is_flag=True, help=N_("With --sheet: only show what it would do."))
@writing_options
@pass_context
def advance(
    context: Context, words_: tuple[str, ...], select: tuple[str, ...], reason: str | None, yes: bool,
    sheet: Path | None, write_sheet: Path | None, dry_run: bool, writing: Writing,
) -> None:  # fmt: skip
    """Takes a step, the same step of many, or the steps of a sheet."""
    if sheet or write_sheet:
        if (sheet and write_sheet) or words_ or select or reason or writing != Writing():
            raise click.UsageError(say(N_("--sheet and --write-sheet stand alone: the sheet says what is to be done.")))
        _of_sheet(context, sheet, write_sheet, dry_run=dry_run)
        return
    if dry_run:
        raise click.UsageError(say(N_("--dry-run goes with --sheet FILE.")))
    if len(words_) != (1 if select else 2):
        raise click.UsageError(say(N_("Give KEY and TRIGGER, or --select FIELD=VALUE and TRIGGER.")))
    if not select:
        key, trigger = words_
        _take(context, key, trigger, writing, reason=reason)
        return
    with context.campaign() as campaign:
        keys = _selected(campaign, select)
        if not yes:
            _ask(context, keys, words_[0])
        said = saying(context, campaign, writing, reason=reason)
        taken = campaign.advance_many(keys, words_[0], **said)
        running = campaign.running()
    context.answer(
        {"steps": [shapes.step_document(step) for step in taken]},
        lambda: _wrapped(context, *(_told(running, step) for step in taken)),
    )


def _of_sheet(context: Context, sheet: Path | None, write_sheet: Path | None, *, dry_run: bool) -> None:
    """Takes the steps of a sheet, or writes one."""
    from campaignflow.cli import step_sheets

    def tell(campaign: Campaign, taken: Sequence[StepTaken]) -> str:
        running = campaign.running()
        return _wrapped(context, *(_told(running, step) for step in taken))

    if sheet is not None:
        step_sheets.take_sheet(context, sheet, tell, dry_run=dry_run)
    elif write_sheet is not None:
        step_sheets.write_sheet(context, write_sheet)


@command(
    "submit",
    N_(
        "Record a report that was sent, with its document, or that there is nothing to report (--nil).\n\n"
        "What counts as sent is --sent, else --at, else now. A bare date counts to its end."
    ),
    examples=(
        "campaignflow submit to-chuc-tuan-le/huu-lung --sent 2020-10-23 --number 98/BC-UBND --document bao-cao.pdf",
        'campaignflow submit huong-ung/thanh-tra --nil --reason "Không tổ chức hoạt động riêng"',
    ),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option(
    "--document", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help=N_("The report itself, to be kept."),
)  # fmt: skip
@option("--nil", is_flag=True, help=N_("There is nothing to report; says why with --reason."))
@option("--reason", metavar="TEXT", help=N_("Why it is nil, or what was corrected."))
@writing_options
@pass_context
def submit(context: Context, key: str, document: Path | None, nil: bool, reason: str | None, writing: Writing) -> None:
    """Records a report."""
    if nil and not reason:
        raise click.UsageError(say(N_("A nil report needs its reason: --reason TEXT.")))
    _take(context, key, "submit", writing, reason=reason, nil=nil, files=(document,) if document else ())


@command(
    "return",
    N_("Return a report, with the reason in the words that the agency should read."),
    examples=('campaignflow return to-chuc-tuan-le/bac-son --reason "Số liệu mục 2 chưa khớp"',),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option("--reason", metavar="TEXT", required=True, help=N_("What must be put right."))
@writing_options
@pass_context
def return_(context: Context, key: str, reason: str, writing: Writing) -> None:
    """Returns a report."""
    _take(context, key, "return", writing, reason=reason)


@command(
    "accept", N_("Accept a report."), examples=("campaignflow accept to-chuc-tuan-le/cao-loc",),
)  # fmt: skip
@argument("key", metavar="KEY", shell_complete=completing.keys)
@writing_options
@pass_context
def accept(context: Context, key: str, writing: Writing) -> None:
    """Accepts a report."""
    _take(context, key, "accept", writing)


@command(
    "exempt",
    N_("Exempt an assignment, with the reason: it counts neither as done nor as late."),
    examples=('campaignflow exempt huong-ung/so-ngoai-vu --reason "Theo Công văn số 12/UBND"',),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option("--reason", metavar="TEXT", required=True, help=N_("Why it is exempted."))
@writing_options
@pass_context
def exempt(context: Context, key: str, reason: str, writing: Writing) -> None:
    """Exempts an assignment."""
    _take(context, key, "exempt", writing, reason=reason)


def _take(
    context: Context, key: str, trigger: str, writing: Writing, *, reason: str | None = None, nil: bool = False,
    files: Iterable[Path] = (),
) -> None:  # fmt: skip
    """Takes one step and tells what it did."""
    with context.campaign() as campaign:
        said = saying(context, campaign, writing, reason=reason, files=files)
        step = campaign.advance(key, trigger, nil=nil, **said)
        line, running = campaign.show(key).line, campaign.running()
    context.answer(
        shapes.step_document(step), lambda: _wrapped(context, _told(running, step), words.stands(line, running.zone))
    )


def _told(running: Running, step: StepTaken) -> str:
    table = words.lifecycle_of(running, step.key, step.source, step.trigger)
    assert table is not None, "a step was taken by it"
    moved = words.moved(table, step.trigger, step.source, step.target)
    return say(N_("{key}: {moved} (event {sequence})"), key=step.key, moved=moved, sequence=step.sequence)


def _selected(campaign: Campaign, selection: Sequence[str]) -> list[str]:
    """The keys of the assignments that fit every FIELD=VALUE.

    Raises:
        UsageError: a field is none that can be selected by.
        NothingSelected: none fits.
    """
    from campaignflow.services.selecting import FIELDS

    wanted = [(field, value) for field, _, value in (one.partition("=") for one in selection)]
    for field, _ in wanted:
        if field not in FIELDS:
            fields = ", ".join(FIELDS)
            raise click.UsageError(say(N_("--select takes FIELD=VALUE; the fields are {fields}."), fields=fields))
    keys = campaign.select(wanted)
    if not keys:
        raise NothingSelected(selection=", ".join(selection))
    return keys


def _ask(context: Context, keys: Sequence[str], trigger: str) -> None:
    """On a terminal, asks before a step of many is taken: there is no undoing them all at once."""
    if not sys.stdin.isatty():
        return
    context.note("\n".join(keys))
    count = words.counted("{count} assignment", "{count} assignments", len(keys))
    question = say(N_("Take the step `{trigger}` of {count}?"), trigger=trigger, count=count)
    if not click.confirm(question, err=True):
        context.note(say(N_("Nothing was done.")))
        context.exit(1)


# --- entries that move nothing


@command(
    "part",
    N_("Tick a point of a duty; with --undo take the tick back."),
    examples=("campaignflow part to-chuc-tuan-le/cao-loc kinh-phi",),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@argument("part", metavar="PART", shell_complete=completing.parts)
@option("--undo", is_flag=True, help=N_("Take the tick back."))
@option("--reason", metavar="TEXT", help=N_("Why."))
@writing_options
@pass_context
def part(context: Context, key: str, part: str, undo: bool, reason: str | None, writing: Writing) -> None:
    """Ticks a point."""
    with context.campaign() as campaign:
        said = saying(context, campaign, writing, reason=reason)
        event = campaign.tick_part(key, part, ticked=not undo, **said)
        state = campaign.show(key).line.facts.state
    done = N_("{key}: the tick of {part} is taken back (event {sequence})")
    ticked = N_("{key}: {part} is ticked (event {sequence})")
    _entered(context, event, say(done if undo else ticked, key=key, part=part, sequence=event.sequence), state)


@command(
    "acknowledge",
    N_(
        "Record that an agency knows of its duty, and the day it promises.\n\n"
        "A promise quiets reminders until its day; it moves no deadline, and what is late stays late."
    ),
    examples=("campaignflow acknowledge to-chuc-tuan-le/dinh-lap --promised 2020-10-27",),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option("--promised", type=DATE, metavar="DATE", help=N_("The day by which it promises to deliver."))
@option("--reason", metavar="TEXT", help=N_("What it says about it."))
@writing_options
@pass_context
def acknowledge(context: Context, key: str, promised: str | None, reason: str | None, writing: Writing) -> None:
    """Records an acknowledgement."""
    with context.campaign() as campaign:
        said = saying(context, campaign, writing, reason=reason)
        event = campaign.acknowledge(key, promised=day_of(promised), **said)
        state = campaign.show(key).line.facts.state
    day = words.iso_day(promised)
    with_promise = N_("{key}: acknowledged, promised for {day} (event {sequence})")
    without = N_("{key}: acknowledged (event {sequence})")
    text = say(with_promise if promised else without, key=key, day=day, sequence=event.sequence)
    _entered(context, event, text, state)


@command(
    "event",
    N_(
        "Record that an outside event of the plan happened, such as a letter received.\n\n"
        "Deadlines that wait for it are worked out from the day it happened."
    ),
    examples=("campaignflow event nhan-cong-van --at 2020-09-21",),
)
@argument("event_id", metavar="ID", shell_complete=completing.events)
@option("--reason", metavar="TEXT", help=N_("How it is known."))
@writing_options
@pass_context
def event(context: Context, event_id: str, reason: str | None, writing: Writing) -> None:
    """Records an outside event."""
    with context.campaign() as campaign:
        made = campaign.occur(event_id, **saying(context, campaign, writing, reason=reason))
        happened = words.stored_moment(made.happened, campaign.zone)
    text = N_("{event} happened on {moment} (event {sequence} of the journal)")
    _entered(context, made, say(text, event=event_id, moment=happened, sequence=made.sequence))


@command(
    "confirm",
    N_(
        "Confirm a group whose members the plan does not list, so that they may be written to.\n\n"
        "`campaignflow worklist` names the groups that wait for it."
    ),
    examples=("campaignflow confirm cac-so-ban-nganh",),
)
@argument("group", metavar="GROUP", shell_complete=completing.groups)
@option("--reason", metavar="TEXT", help=N_("What it rests on."))
@writing_options
@pass_context
def confirm(context: Context, group: str, reason: str | None, writing: Writing) -> None:
    """Confirms a group."""
    with context.campaign() as campaign:
        made = campaign.confirm(group, **saying(context, campaign, writing, reason=reason))
    _entered(context, made, say(N_("{group} is confirmed (event {sequence})"), group=group, sequence=made.sequence))


def _entered(context: Context, event: Event, text: str, state: str | None = None) -> None:
    context.answer(shapes.entry_document(event, state), lambda: _wrapped(context, text))


def _wrapped(context: Context, *texts: str) -> str:
    return "\n".join(line for text in texts for line in wrap(text, context.width, indent="  "))
