"""`campaignflow init`, `check` and `apply`: from a text to a running campaign."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import words
from campaignflow.cli.context import PLAN_FILE, Context, NoPlan, plan_file
from campaignflow.cli.documents import document_of
from campaignflow.cli.options import DATE, Writing, argument, command, option, pass_context
from campaignflow.cli.output import clean, wrap
from campaignflow.cli.renewing import start_from
from campaignflow.domain import clock
from campaignflow.i18n import N_, current, label, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.domain.findings import Finding
    from campaignflow.loading.plans import LoadedPlan
    from campaignflow.services.apply import Applied
    from campaignflow.services.running import Running

SHOWN = 12
"""So many agencies are named in the words of `apply`; JSON has all of them."""


# --- init


@command(
    "init",
    N_(
        "Start a plan in the folder DIR: a small one with comments, which passes `check` as it is.\n\n"
        "Put your own plan into it piece by piece, and check as you go.\n\n"
        "With --from it is the plan of another year, its dates moved, its comments and order kept; what a person must "
        "look at is listed."
    ),
    examples=(
        "campaignflow init tuan-le-2025",
        "cd tuan-le-2025 && campaignflow check",
        "campaignflow init tuan-le-2026 --from tuan-le-2025 --dry-run",
        "campaignflow init tuan-le-2025 --xlsx",
    ),
)
@argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@option("--from", "plan", type=click.Path(path_type=Path), metavar="PLAN", help=N_("Make it from this plan."))
@option("--year", type=click.IntRange(1900, 2200), metavar="Y", help=N_("With --from: its year; by default the next."))
@option("--dry-run", is_flag=True, help=N_("With --from: only show what it would do."))
@option("--xlsx", is_flag=True, help=N_("Write a workbook to fill in; in a folder with a plan, of that plan."))
@pass_context
def init(context: Context, folder: Path, plan: Path | None, year: int | None, dry_run: bool, xlsx: bool) -> None:
    """Writes the starter, or next year's plan, or the workbook of a plan."""
    from campaignflow.services.starter import write_starter

    if plan is not None and xlsx:
        raise click.UsageError(say(N_("Make the plan with --from first, then its workbook with --xlsx.")))
    if plan is not None:
        return start_from(context, folder, plan, year, dry_run=dry_run)
    if year is not None or dry_run:
        raise click.UsageError(say(N_("{option} goes with --from PLAN."), option="--dry-run" if dry_run else "--year"))
    if xlsx:
        from campaignflow.cli.workbooks import start_workbook

        return start_workbook(context, folder, _today(context))

    files = write_starter(folder, _today(context))
    context.answer(
        {"folder": str(folder), "files": list(files)},
        lambda: "\n".join(
            (
                say(N_("Written to {folder}: {files}."), folder=folder, files=", ".join(files)),
                say(N_("Next: put your plan into {file}, then run `campaignflow check`."), file=folder / PLAN_FILE),
            )
        ),
    )


def _today(context: Context) -> dt.date:
    """The day that the starter's dates are counted from; there is no plan yet whose zone could be asked."""
    from campaignflow.campaign import DEFAULT_ZONE
    from campaignflow.services.clocks import SystemClock

    here = clock.zone(DEFAULT_ZONE)
    now = context.moment(context.now, here) if context.now else SystemClock().now()
    return clock.local_date(now, here)


# --- check


@command(
    "check",
    N_(
        "Find everything that is wrong with a plan, in one run: PLAN, or the plan here.\n\n"
        "Errors refuse the plan (exit code 1); warnings do not, unless --strict is given."
    ),
    examples=("campaignflow check", "campaignflow check tuan-le-2025/plan.yaml --strict"),
)
@argument("plan", required=False, metavar="[PLAN]", type=click.Path(path_type=Path))
@option("--strict", is_flag=True, help=N_("Let warnings refuse the plan too."))
@pass_context
def check(context: Context, plan: Path | None, strict: bool) -> None:
    """Checks a plan; exit code 1 when it is refused."""
    with _campaign(context, plan) as campaign:
        findings = campaign.read_plan().findings
    document = shapes.findings_document(findings, current().gettext)
    refused = bool(findings) if strict else not document["ok"]
    context.answer({**document, "ok": not refused}, lambda: "\n".join(_checked(context, findings, refused)))
    if refused:
        context.exit(1)


def _campaign(context: Context, plan: Path | None) -> AbstractContextManager[Campaign]:
    """The campaign of the plan named, else of the one here.

    Raises:
        NoPlan, PlanNotFound: there is none.
    """
    if plan is not None:
        context = replace(context, plan=plan_file(plan), database=None)
    if context.plan is None:
        raise NoPlan(name=PLAN_FILE, folder=Path.cwd())
    return replace(context, plan=_near(context.plan)).campaign()


def _near(plan: Path) -> Path:
    """The plan's path as one would write it from here, so that findings name the file as people do."""
    here = Path.cwd()
    return plan.relative_to(here) if plan.is_relative_to(here) else plan


def _checked(context: Context, findings: Sequence[Finding], refused: bool) -> Iterator[str]:
    yield from finding_lines(context, findings)
    errors = sum(finding.severity == "error" for finding in findings)
    told = (
        words.counted("{count} error", "{count} errors", errors),
        words.counted("{count} warning", "{count} warnings", len(findings) - errors),
    )
    if refused:
        yield context.style.paint(say(N_("The plan is refused: {found}."), found=", ".join(told)), "bad")
    else:
        yield context.style.paint(say(N_("The plan can be applied: {found}."), found=", ".join(told)), "good")


def finding_lines(context: Context, findings: Sequence[Finding]) -> Iterator[str]:
    """Findings, each on a line that editors can jump to: `file:line:column: error: message (cure)`."""
    translate = current().gettext
    for finding in findings:
        severity = label("severity", str(finding.severity))
        place = f"{finding.place}: " if finding.place else ""
        painted = context.style.paint(severity, "bad" if finding.severity == "error" else "soon")
        yield clean(place) + painted + clean(f": {finding.message_in(translate)} ({finding.cure_in(translate)})")


# --- apply


@command(
    "apply",
    N_(
        "Make the plan's text the running revision: its duties begin to be owed.\n\n"
        "A changed text is an amendment: what differs is told clause by clause and agency by agency, work done is "
        "kept, and whoever owes something else is asked to acknowledge it again. On a terminal it shows first what "
        "that does, and asks. The same text twice changes nothing."
    ),
    examples=("campaignflow apply --dry-run", "campaignflow apply --number 140/KH-UBND --date 2020-09-21"),
)
@option("--dry-run", is_flag=True, help=N_("Only show what it would do."))
@option("--yes", is_flag=True, help=N_("Do not ask."))
@option("--number", metavar="TEXT", help=N_("The document's number, such as 152/KH-UBND."))
@option("--date", type=DATE, metavar="DATE", help=N_("The document's date."))
@option(
    "--attach", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", multiple=True,
    help=N_("The document itself, to be kept; may be given again."),
)  # fmt: skip
@option("--note", metavar="TEXT", help=N_("A note kept with it."))
@pass_context
def apply(
    context: Context, dry_run: bool, yes: bool, number: str | None, date: str | None, attach: tuple[Path, ...],
    note: str | None,
) -> None:  # fmt: skip
    """Applies the plan."""
    with _campaign(context, None) as campaign:
        loaded = _load(context, campaign)
        if not (dry_run or yes):
            _ask(context, campaign, campaign.apply_loaded(loaded, dry_run=True))
        document = document_of(Writing(number=number, date=date, attach=attach))
        applied = campaign.apply_loaded(loaded, dry_run=dry_run, document=document, note=note)
        running = _running(campaign, applied)
    context.answer(shapes.applied_document(applied), lambda: _applied(context, running, applied, dry_run=dry_run))


def _load(context: Context, campaign: Campaign) -> LoadedPlan:
    """The plan, read; what is wrong with it is told line by line before it is refused."""
    from campaignflow.loading.errors import PlanRefused
    from campaignflow.loading.plans import load_plan

    assert campaign.plan is not None, "_campaign opens none without a plan"
    try:
        return load_plan(_near(campaign.plan))
    except PlanRefused as refused:
        if not context.json:
            errors = [finding for finding in refused.findings if finding.severity == "error"]
            context.note("\n".join(finding_lines(context, errors)))
        raise


def _ask(context: Context, campaign: Campaign, planned: Applied) -> None:
    """On a terminal, shows what applying would do and asks; elsewhere whoever runs it has decided."""
    if not planned.changed or not sys.stdin.isatty():
        return
    context.note(_applied(context, _running(campaign, planned), planned, dry_run=True))
    if not click.confirm(say(N_("Apply it?")), err=True):
        context.note(say(N_("Nothing was applied.")))
        context.exit(1)


def _running(campaign: Campaign, applied: Applied) -> Running | None:
    """The revision that runs, where what was applied has to be told with its names."""
    return campaign.running() if applied.knock_on else None


def _applied(context: Context, running: Running | None, applied: Applied, *, dry_run: bool) -> str:
    if not applied.changed:
        same = say(N_("The plan runs already as revision {number}; nothing changes."), number=applied.revision)
        return "\n".join(wrap(same, context.width))
    head = N_("This would become revision {number}.") if dry_run else N_("The plan runs as revision {number}.")
    lines = [*wrap(say(head, number=applied.revision), context.width)]
    if applied.diff is not None:
        from campaignflow.cli.diffing import diff_lines

        lines += ["", *diff_lines(context.style, context.width, applied.diff), ""]
    for text in (*_counts(applied, dry_run=dry_run), *_affected(applied)):
        lines += wrap(text, context.width, indent="  ")
    if running is not None:
        from campaignflow.cli.changes import knock_on_lines

        lines += ["", *"".join(knock_on_lines(context, running, applied.knock_on)).splitlines()]
    return "\n".join(lines)


def _counts(applied: Applied, *, dry_run: bool) -> Iterator[str]:
    """How many assignments come, go and come again; of a first plan, how many there are."""
    added, removed, restored = len(applied.added), len(applied.removed), len(applied.restored)
    if not (added or removed or restored):
        yield say(N_("No assignment comes or goes."))
        return
    if dry_run:
        yield words.counted("{count} assignment would be added", "{count} assignments would be added", added)
        if removed:
            yield words.counted(
                "{count} assignment would be cancelled", "{count} assignments would be cancelled", removed
            )
        if restored:
            yield words.counted(
                "{count} assignment would be owed again", "{count} assignments would be owed again", restored
            )
        return
    yield words.counted("{count} assignment added", "{count} assignments added", added)
    if removed:
        yield words.counted("{count} assignment cancelled", "{count} assignments cancelled", removed)
    if restored:
        yield words.counted("{count} assignment owed again", "{count} assignments owed again", restored)


def _affected(applied: Applied) -> Iterator[str]:
    if applied.affected:
        named = ", ".join(applied.affected[:SHOWN]) + (", …" if len(applied.affected) > SHOWN else "")
        yield f"{words.counted('{count} agency', '{count} agencies', len(applied.affected))}: {named}"
