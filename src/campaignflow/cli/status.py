"""`campaignflow status`, `worklist` and `show`: where everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from campaignflow.cli import completing, words
from campaignflow.cli.context import Context
from campaignflow.cli.options import MOMENT, argument, command, option, pass_context
from campaignflow.cli.output import Column, Toned, columns_of, table, wrap
from campaignflow.cli.output import key_values as pairs
from campaignflow.i18n import N_, label, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.ports import AgencyRow
    from campaignflow.services.running import Running
    from campaignflow.services.status import Group, Line, Status, Totals
    from campaignflow.services.worklist import Work

GROUPINGS = ("agency", "responsibility", "phase", "region")

ORDER = ("overdue", "due_soon", "in_time", "not_due", "done_late", "done_on_time", "no_deadline", "exempt", "cancelled")
"""The standings in the order of urgency: what someone must act on comes first."""


@command(
    "status",
    N_(
        "Show where everything stands, or where AGENCY does.\n\n"
        "Totals and rates count what is shown: with an agency or a filter, only that."
    ),
    examples=(
        "campaignflow status",
        "campaignflow status cao-loc",
        "campaignflow status --overdue",
        "campaignflow status --by responsibility",
        "campaignflow status --as-of 2020-10-23",
    ),
)
@argument("agency", required=False, metavar="[AGENCY]", shell_complete=completing.agencies)
@option("--overdue", is_flag=True, help=N_("Only what is overdue."))
@option(
    "--due-within", type=click.IntRange(min=0), metavar="DAYS",
    help=N_("Only what is overdue or due within so many days."),
)  # fmt: skip
@option("--by", type=click.Choice(GROUPINGS), help=N_("Count by this instead of listing."))
@option("--as-of", type=MOMENT, metavar="ISO", help=N_("As it stood by what was recorded until then."))
@option("--limit", type=click.IntRange(min=1), metavar="N", help=N_("Show at most so many lines."))
@option("--after", metavar="KEY", help=N_("Begin behind this line of the list."))
@pass_context
def status(
    context: Context,
    agency: str | None,
    overdue: bool,
    due_within: int | None,
    by: str | None,
    as_of: str | None,
    limit: int | None,
    after: str | None,
) -> None:
    """Prints where everything stands."""
    from campaignflow.services.status import Filter

    wanted = Filter(agency=agency, overdue=overdue, due_within=due_within)
    narrowed = overdue or due_within is not None or agency is not None
    with context.campaign() as campaign:
        whole = context.json and (as_of is not None or agency is not None)
        most = LINES if limit is None and not by and not whole else limit
        current = campaign.status(
            wanted=wanted,
            by=by,
            as_of=context.moment(as_of, campaign.zone) if as_of else None,
            limit=most,
            after=after,
        )
        if current.more and limit is None:
            if context.json:  # scripts get everything they asked for, however long it is
                lines = (shapes.line_document(line) for line in campaign.each_line(wanted=wanted, after=after))
                context.answer(shapes.status_document(current, lines=lines), "")
                return
            if not narrowed and after is None:  # nobody reads ten thousand lines
                current = campaign.status(by="responsibility")
                context.answer({}, lambda: "".join(_long(context, current)))
                return
        page = _page(context, current, by, narrowed=narrowed)
        context.answer(shapes.status_document(current), lambda: "".join(page))


LINES = 1000
"""The most lines that a list has where nobody says how many."""


def _more(current: Status) -> str | None:
    """The key to go on behind, where the list was cut."""
    return current.lines[-1].facts.key if current.more and current.lines else None


def _long(context: Context, current: Status) -> Iterator[str]:
    """The page of a campaign too large to be listed: totals, a table of the duties, and how to see more."""
    yield from _page(context, current, "responsibility", narrowed=False)
    yield "\n"
    yield _wrapped(
        context,
        say(
            N_(
                "There are too many assignments to list them all. See some with --overdue, with the id of an agency, "
                "with --limit N, or count them with --by region."
            )
        ),
    )


# --- the page of status


def _page(context: Context, current: Status, by: str | None, *, narrowed: bool) -> Iterator[str]:
    yield from _heading(context, current)
    if current.totals.assignments:
        yield from _totals(context, current)
    if not current.selected:
        yield say(N_("No assignment is like that.") if narrowed else N_("There are no assignments.")) + "\n"
        return
    if current.groups is not None and by is not None:
        yield "\n" + _group_table(context, current.groups, by)
        if current.more:
            yield "\n" + say(N_("The list goes on: --after {key}"), key=current.groups[-1].group) + "\n"
        return
    for name in ORDER:
        yield from _section(context, current, name)
    if more := _more(current):
        yield "\n" + say(N_("The list goes on: --after {key}"), key=more) + "\n"


def _heading(context: Context, current: Status) -> Iterator[str]:
    header = current.running.header
    for line in wrap(f"{header['kind']} {header['title']}", context.width):
        yield context.style.paint(line, "strong") + "\n"
    phase = say(N_("phase: {phase}"), phase=label("phase", current.phase)) if current.phase else ""
    revision = say(N_("revision {number}"), number=current.running.revision)
    as_of = say(N_("as of {moment}"), moment=words.moment(current.now, weekday=True))
    ended = current.running.closed
    closed = say(N_("closed since {moment}"), moment=words.stored_moment(ended, current.running.zone)) if ended else ""
    yield _wrapped(context, " · ".join(one for one in (as_of, phase, revision, closed) if one))
    yield "\n"


def _totals(context: Context, current: Status) -> Iterator[str]:
    totals, rates = current.totals, current.rates
    parts = [
        f"{count} {words.lower(label('standing', name))}"
        for name in ORDER
        if (count := totals.by_standing.get(name, 0))
    ]
    head = words.counted("{count} assignment", "{count} assignments", totals.assignments)
    yield _wrapped(context, f"{head}: {'; '.join(parts)}.")
    on_time, over = words.percent(rates.on_time_of_done), words.percent(rates.overdue_of_all)
    yield _wrapped(context, say(N_("On time, of all that is done: {rate}."), rate=on_time))
    yield _wrapped(context, say(N_("Overdue, of all that has a deadline: {rate}."), rate=over))


def _wrapped(context: Context, text: str, indent: str = "") -> str:
    lines = wrap(text, context.width - len(indent))
    return "".join(f"{indent}{line}\n" for line in lines)


def _section(context: Context, current: Status, name: str) -> Iterator[str]:
    """Everything of one standing: under its duty, its state and its deadline, the agencies concerned."""
    lines = [line for line in current.lines if line.standing.standing == name]
    if not lines:
        return
    standing = words.standing_of(name)
    yield "\n" + context.style.paint(f"{standing} ({len(lines)})", standing.tone or "strong") + "\n"
    for _, alike in groupby(lines, key=_alike):
        block = list(alike)
        yield from _block_title(context, block[0], words.outlook(block[0], current.running.zone))
        rows = [(line.facts.key, _agency(line, current.running)) for line in block]
        yield _indented(pairs(rows, width=context.width - 4, style=context.style), "    ")


def _alike(line: Line) -> tuple[object, ...]:
    return line.duty.key, line.facts.state, line.standing.due, line.facts.returned_until


def _block_title(context: Context, line: Line, due: str) -> Iterator[str]:
    """The duty with its clause; below it, where there is a deadline, the state and the last working day."""
    share = f" · {label('role', line.duty.role)}" if line.duty.partner else ""
    period = f" · {words.period(line.duty.period)}" if line.duty.period else ""
    title = f"{line.duty.title} ({line.duty.clause}){period}{share}"
    state = words.state(line.state)
    if not due:
        title, state = f"{title} · {state}", ""
    yield _wrapped(context, title, "  ")
    if state:
        yield _wrapped(context, f"{state} · {due}", "  ")


def _agency(line: Line, running: Running) -> str:
    """Who holds it, with whom it shares it, who acts for it, what it has promised, and whether it knows of a change."""
    told = []
    if line.duty.joint:
        others = "; ".join(words.agency(running, one) for one in line.duty.joint)
        told.append(say(N_("shared with: {agencies}"), agencies=others))
    if not line.state.final:
        if line.delegate:
            told.append(say(N_("delegated to {agency}"), agency=words.agency(running, line.delegate)))
        if line.facts.promised:
            told.append(say(N_("promised for {day}"), day=words.iso_day(line.facts.promised)))
        if line.to_acknowledge:
            told.append(say(N_("amended, not acknowledged again yet")))
    return f"{line.agency_name} ({'; '.join(told)})" if told else line.agency_name


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def _group_table(context: Context, groups: Sequence[Group], by: str) -> str:
    """A row of numbers for each group; a standing that occurs in none of them has no column."""
    present = [name for name in ORDER if any(group.totals.by_standing[name] for group in groups)]
    columns = (
        Column("group", label("grouping", by), minimum=20),
        Column("all", say(N_("All")), "right", shrink="never"),
        *(_number(name, label("standing", name)) for name in present),
    )
    rows = [(_group_name(group, by), *_counts(group.totals, present)) for group in groups]
    return table(columns, rows, width=context.width, style=context.style)


def _number(name: str, title: str) -> Column:
    """A column of numbers, which may become as narrow as the longest word of its title."""
    return Column(name, title, "right", minimum=max(map(columns_of, title.split())), weight=4)


def _group_name(group: Group, by: str) -> str:
    if by == "phase":
        return label("phase", group.group)
    return group.label or say(N_("none"))


def _counts(totals: Totals, present: Sequence[str]) -> Iterator[str]:
    """The numbers of a group's row; nought is left blank, so that what is there can be seen."""
    yield Toned(str(totals.assignments), "strong")
    for name in present:
        number = totals.by_standing[name]
        yield Toned(str(number) if number else "", words.standing_of(name).tone)


# --- the worklist


@command(
    "worklist",
    N_("Show what the coordinator should do now: accept, return, confirm, call."),
    examples=("campaignflow worklist", "campaignflow worklist --json"),
)
@option("--limit", type=click.IntRange(min=1), metavar="N", help=N_("Show at most so many of each kind."))
@pass_context
def worklist(context: Context, limit: int | None) -> None:
    """Prints the worklist."""
    with context.campaign() as campaign:
        work = campaign.work(limit=limit if context.json else limit or LINES)
        now = words.moment(campaign.now(), weekday=True)
        agencies = campaign.running().agencies
        context.answer(
            shapes.worklist_document(work.items, words.reason),
            lambda: "".join(_to_do(context, work, agencies, now)),
        )


def _to_do(context: Context, work: Work, agencies: Mapping[str, AgencyRow], now: str) -> Iterator[str]:
    items = work.items
    if not items:
        yield _wrapped(context, say(N_("There is nothing to do on {moment}."), moment=now))
        return
    yield _wrapped(context, say(N_("To do on {moment}"), moment=now))
    for action, alike in groupby(items, key=lambda item: item.action):
        these = list(alike)
        yield "\n" + context.style.paint(f"{label('action', action)} ({work.counts[action]})", "strong") + "\n"
        for reason in dict.fromkeys(map(words.reason, these)):
            yield _wrapped(context, f"{reason}:", "  ")
            rows = [
                (item.key, agencies[item.agency].name if item.agency and item.agency in agencies else "")
                for item in these
                if words.reason(item) == reason
            ]
            yield _indented(pairs(rows, width=context.width - 4, style=context.style), "    ")
        if more := work.counts[action] - len(these):
            yield _wrapped(context, say(N_("… and {count} more: --limit N"), count=more), "  ")


# --- one assignment


@command(
    "show",
    N_("Show one assignment: clause, words, deadlines, allowed steps, history."),
    examples=("campaignflow show to-chuc-tuan-le/cao-loc",),
)
@argument("key", metavar="KEY", shell_complete=completing.keys)
@pass_context
def show(context: Context, key: str) -> None:
    """Prints one assignment."""
    from campaignflow.cli.showing import page

    with context.campaign() as campaign:
        detail = campaign.show(key)
        running = campaign.running()
    context.answer(shapes.show_document(detail), lambda: page(context, running, detail))
