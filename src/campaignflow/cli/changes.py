"""The commands that change what was set: `extend`, `delegate`, `undo`, `open` and `close`. Nothing is ever edited."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import completing, words
from campaignflow.cli.context import Context
from campaignflow.cli.documents import day_of, saying
from campaignflow.cli.options import DATE, Writing, argument, command, option, pass_context, writing_options
from campaignflow.cli.output import key_values, wrap
from campaignflow.domain.lifecycle import PHASES
from campaignflow.i18n import N_, label, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.domain.deadlines import Deadline
    from campaignflow.domain.journal import Event
    from campaignflow.domain.lifecycle import Table
    from campaignflow.services.changing import Extended, Undone
    from campaignflow.services.entries import Saying
    from campaignflow.services.knock_on import KnockOn
    from campaignflow.services.running import Running


# --- extend


@command(
    "extend",
    N_(
        "Give one assignment a later last day, which still counts as on time.\n\n"
        "Only whoever set the date can move it, or an agency above: name it with --granted-by, and its document with "
        "--number and --date. What that does to the consolidation above is told. A day that was only promised is "
        "entered with `acknowledge`."
    ),
    examples=(
        'campaignflow extend b4/so-xd --until 2014-10-20 --granted-by ubnd-tp --number 4630/UBND --reason "Chờ số"',
    ),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option("--until", type=DATE, metavar="DATE", required=True, help=N_("The new last day, included."))
@option("--reason", metavar="TEXT", required=True, help=N_("Why it is granted."))
@option(
    "--granted-by", metavar="AGENCY", shell_complete=completing.agencies,
    help=N_("Who grants it; by default whoever enters it."),
)  # fmt: skip
@option("--phase", type=click.Choice(PHASES), help=N_("Which deadline; by default the next one to be met."))
@writing_options
@pass_context
def extend(
    context: Context, key: str, until: str, reason: str, granted_by: str | None, phase: str | None, writing: Writing
) -> None:
    """Extends a deadline."""
    last = day_of(until)
    assert last is not None, "the option is required"
    with context.campaign() as campaign:
        said = saying(context, campaign, writing, reason=reason)
        done = campaign.extend(key, last, granted_by=granted_by, phase=phase, **said)
        line, running = campaign.show(key).line, campaign.running()
    context.answer(
        shapes.extended_document(key, done),
        lambda: "".join((
            *_extended(context, running, key, done), _wrapped(context, words.stands(line, running.zone)),
            *knock_on_lines(context, running, done.knock_on),
        )),
    )  # fmt: skip


def _extended(context: Context, running: Running, key: str, done: Extended) -> Iterator[str]:
    phase = label("phase", done.after.phase)
    yield _wrapped(
        context, say(N_("{key}: the deadline for “{phase}” is extended (event {sequence})"), key=key, phase=phase,
                     sequence=done.event.sequence),
    )  # fmt: skip
    granter = words.agency(running, str(done.event.data["granted_by"]))
    paper = words.document(done.event.document)
    pairs = [
        (say(N_("Last day until now")), _last(done.before)),
        (say(N_("Last day from now on")), _last(done.after)),
        (say(N_("Granted by")), f"{granter}, {paper}" if paper else granter),
    ]
    yield "".join(
        f"  {line}\n" for line in key_values(pairs, width=context.width - 2, style=context.style).splitlines()
    )


def _last(line: Deadline) -> str:
    """The last day on time and the first moment that is too late."""
    if line.last_day is None or line.last_moment is None:
        return words.deadline(line)
    day, moment = words.day(line.last_day, weekday=True), words.moment(line.last_moment)
    return say(N_("{day}; too late from {moment}"), day=day, moment=moment)


# --- what it does to the consolidation above


def knock_on_lines(context: Context, running: Running, knocks: Iterable[KnockOn]) -> Iterator[str]:
    """What moving a date does to each consolidation above, in a sentence."""
    for one in knocks:
        yield context_line(context, _knock(running, one), "bad" if one.too_late else "soon")


def context_line(context: Context, text: str, tone: str | None = None) -> str:
    """A text in lines of the terminal, in one tone."""
    return "".join(f"{context.style.paint(line, tone)}\n" for line in wrap(text, context.width, indent="  "))


def _knock(running: Running, one: KnockOn) -> str:
    whose = f"{words.agency(running, one.agency)}, “{one.title}”" if one.agency else f"“{one.title}”"
    period = running.duties[one.duty].period if one.duty in running.duties else None
    whose = f"{whose} ({words.period(period)})" if period else whose
    told = [_comes_in(one, whose), *_outcome(one)]
    return "; ".join(told) + "."


def _comes_in(one: KnockOn, whose: str) -> str:
    until = words.day(one.reports_until, weekday=True)
    if not one.takes:
        return say(N_("{duty} waits for reports until {until}"), duty=whose, until=until)
    days = (
        words.counted("{count} working day", "{count} working days", one.takes)
        if one.takes_working
        else words.counted("{count} day", "{count} days", one.takes)
    )
    ready = words.day(one.ready, weekday=True)
    message = N_("{duty} waits for reports until {until}, and with {days} to put them together can be ready on {ready}")
    return say(message, duty=whose, until=until, days=days, ready=ready)


def _outcome(one: KnockOn) -> Iterator[str]:
    if one.due is None or one.slack is None:
        return
    due = words.day(one.due, weekday=True)
    if one.slack < 0:
        late = words.counted("{count} working day too late", "{count} working days too late", -one.slack)
        yield say(N_("it is due on {due}: {late}"), due=due, late=late)
    elif one.slack == 0:
        yield say(N_("it is due that very day, {due}"), due=due)
    else:
        left = words.counted("{count} working day to spare", "{count} working days to spare", one.slack)
        yield say(N_("it is due on {due}: {left}"), due=due, left=left)


# --- delegate


@command(
    "delegate",
    N_(
        "Let another agency act for the one that holds an assignment, from a day to a day.\n\n"
        "The duty stays the holder's own; the journal says who took each step. A later delegation takes the place of "
        "an earlier one."
    ),
    examples=("campaignflow delegate huong-ung/so-y-te --to so-ldtbxh --from 2020-10-01 --until 2020-10-31",),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option(
    "--to", metavar="AGENCY", required=True, shell_complete=completing.agencies, help=N_("The agency that is to act.")
)
@option("--from", "first", type=DATE, metavar="DATE", required=True, help=N_("The first day, included."))
@option("--until", "last", type=DATE, metavar="DATE", required=True, help=N_("The last day, included."))
@option("--reason", metavar="TEXT", help=N_("Why."))
@writing_options
@pass_context
def delegate(context: Context, key: str, to: str, first: str, last: str, reason: str | None, writing: Writing) -> None:
    """Delegates an assignment."""
    begins, ends = day_of(first), day_of(last)
    assert begins is not None and ends is not None, "both options are required"
    with context.campaign() as campaign:
        event = campaign.delegate(key, to, begins, ends, **saying(context, campaign, writing, reason=reason))
        running = campaign.running()
    context.answer(shapes.delegated_document(event), lambda: _wrapped(context, _delegated(running, event)))


def _delegated(running: Running, event: Event) -> str:
    data = event.data
    return say(
        N_("{key}: {to} acts for {holder} from {first} to {last} (event {sequence})"), key=event.key,
        to=words.agency(running, data["to"]), holder=words.agency(running, data["by"]),
        first=words.iso_day(data["from"]), last=words.iso_day(data["until"]), sequence=event.sequence,
    )  # fmt: skip


# --- undo


@command(
    "undo",
    N_(
        "Take back the last step of an assignment, with the reason; the journal keeps both.\n\n"
        "What followed from the step elsewhere goes back with it. A report that went into a consolidation stays, "
        "unless --force is given."
    ),
    examples=('campaignflow undo to-chuc-tuan-le/cao-loc --reason "Nhập nhầm đơn vị"',),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@option("--reason", metavar="TEXT", required=True, help=N_("What was wrong."))
@option("--force", is_flag=True, help=N_("Also after a consolidation has used it."))
@writing_options
@pass_context
def undo(context: Context, key: str, reason: str, force: bool, writing: Writing) -> None:
    """Undoes a step."""
    with context.campaign() as campaign:
        done = campaign.undo(key, force=force, **saying(context, campaign, writing, reason=reason))
        line, running = campaign.show(key).line, campaign.running()
    context.answer(
        shapes.undone_document(done),
        lambda: _wrapped(context, _undone(done, running.table(line.duty)), words.stands(line, running.zone)),
    )


def _undone(done: Undone, table: Table) -> str:
    taken = table.step(done.target, done.trigger)
    step = words.step(taken) if taken else label("trigger", done.trigger)
    state = words.state(table.states[done.target]) if done.target in table.states else done.target
    return say(
        N_("{key}: taken back: {step} (event {undoes}); it is again: {state} (event {sequence})"), key=done.key,
        step=step, undoes=done.undoes, state=state, sequence=done.sequence,
    )  # fmt: skip


# --- open


@command(
    "open",
    N_(
        "Open a duty on demand for an agency: from now on it owes it.\n\n"
        "Each time it is opened the agency owes one more: …/001, …/002. The coordinator opens it; the agency itself "
        "where the plan says so."
    ),
    examples=('campaignflow open phoi-hop-thanh-tra --for quan-1 --reason "Theo yêu cầu của Thanh tra Thành phố"',),
)
@argument("responsibility", metavar="RESPONSIBILITY", shell_complete=completing.demands)
@option(
    "--for", "agency", metavar="AGENCY", shell_complete=completing.agencies,
    help=N_("Who is to owe it; by default whoever enters it."),
)  # fmt: skip
@option("--reason", metavar="TEXT", help=N_("What it rests on."))
@writing_options
@pass_context
def open_(context: Context, responsibility: str, agency: str | None, reason: str | None, writing: Writing) -> None:
    """Opens a duty on demand."""
    with context.campaign() as campaign:
        opened = campaign.open_for(responsibility, agency, **saying(context, campaign, writing, reason=reason))
        line, running = campaign.show(opened.key).line, campaign.running()
    message = N_("{key}: {agency} owes “{duty}” from now on (event {sequence})")
    context.answer(
        shapes.opened_document(opened),
        lambda: _wrapped(
            context,
            say(message, key=opened.key, agency=line.agency_name, duty=line.duty.title, sequence=opened.event.sequence),
            words.stands(line, running.zone),
        ),
    )


# --- close


@command(
    "close",
    N_(
        "Close the campaign: nothing more is written to it, and nothing in it becomes late any more.\n\n"
        "While something is still owed it is refused; on a terminal you are asked. With --archive everything is then "
        "written into a folder as open files, and the journal's head is told: write it down. --reopen opens a closed "
        "campaign again."
    ),
    examples=(
        'campaignflow close --reason "Đã tổng kết" --archive luu-tru-2020',
        'campaignflow close --reopen --reason "Bổ sung báo cáo của một huyện"',
    ),
)
@option("--reason", metavar="TEXT", help=N_("What it rests on; --reopen needs it."))
@option("--force", is_flag=True, help=N_("Close it although something is still owed."))
@option("--yes", is_flag=True, help=N_("Do not ask; the same as --force."))
@option(
    "--archive", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help=N_("Then write everything into this folder, which must be empty or new."),
)  # fmt: skip
@option("--reopen", is_flag=True, help=N_("Open a closed campaign again."))
@writing_options
@pass_context
def close(
    context: Context, reason: str | None, force: bool, yes: bool, archive: Path | None, reopen: bool, writing: Writing
) -> None:
    """Closes the campaign, or opens it again."""
    if reopen and (force or yes or archive):
        raise click.UsageError(say(N_("--reopen goes without --force, --yes and --archive.")))
    with context.campaign() as campaign:
        said = saying(context, campaign, writing, reason=reason)
        if reopen:
            event = campaign.reopen(**said)
            archived: tuple[tuple[str, ...], str] | None = None
        else:
            _refuse_folder(archive)
            event = _close(context, campaign, said, force=force or yes)
            archived = (campaign.export(archive), campaign.head()) if archive else None
        running = campaign.running()
    context.answer(
        shapes.closed_document(running.key, event, running.zone, archived),
        lambda: "".join(_closed(context, running, event, archive, archived)),
    )


def _refuse_folder(folder: Path | None) -> None:
    """Refuses a folder with something in it before anything is closed."""
    from campaignflow.services.errors import NothingToExportTo

    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise NothingToExportTo(folder=str(folder))


def _close(context: Context, campaign: Campaign, said: Saying, *, force: bool) -> Event:
    """Closes; where something is still owed, asks on a terminal.

    Raises:
        StillOpen: it is refused, and there is nobody to be asked.
    """
    from campaignflow.services.errors import StillOpen

    try:
        return campaign.close_campaign(force=force, **said)
    except StillOpen as still:
        if not sys.stdin.isatty():
            raise
        left = words.counted(
            "{count} assignment is not finished.", "{count} assignments are not finished.", int(still.data["count"])
        )
        context.working.end()
        if not click.confirm(f"{left} {say(N_('Close the campaign all the same?'))}", err=True):
            context.note(say(N_("Nothing was closed.")))
            context.exit(1)
        return campaign.close_campaign(force=True, **said)


def _closed(
    context: Context, running: Running, event: Event, folder: Path | None, archived: tuple[tuple[str, ...], str] | None
) -> Iterator[str]:
    done = {
        "closed": N_("The campaign {campaign} is closed since {moment} (event {sequence})."),
        "reopened": N_("The campaign {campaign} is open again since {moment} (event {sequence})."),
    }[event.kind]
    moment = words.stored_moment(event.happened, running.zone)
    yield _wrapped(context, say(done, campaign=running.key, moment=moment, sequence=event.sequence))
    left = int(event.data.get("unfinished", 0))
    if left:
        yield _wrapped(context, words.counted(
            "{count} assignment is not finished.", "{count} assignments are not finished.", left
        ))  # fmt: skip
    if archived is not None:
        files, head = archived
        yield say(N_("Written to {folder}:"), folder=folder) + "\n" + "".join(f"  {name}\n" for name in files)
        yield say(N_("Head of the journal: {head}"), head=head) + "\n"


def _wrapped(context: Context, *texts: str) -> str:
    return "".join(f"{line}\n" for text in texts for line in wrap(text, context.width, indent="  "))
