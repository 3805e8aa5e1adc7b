"""`campaignflow history`, `verify` and `export`: what happened, and the proof of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import completing, words
from campaignflow.cli.context import Context
from campaignflow.cli.options import argument, command, option, pass_context
from campaignflow.cli.output import key_values, wrap
from campaignflow.i18n import N_, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.services.verify import Verdict


@command(
    "history",
    N_(
        "Show what happened, and when it was recorded: of one assignment, or of the whole campaign.\n\n"
        "Nothing in it is ever changed; what was wrong is followed by what puts it right."
    ),
    examples=("campaignflow history", "campaignflow history to-chuc-tuan-le/cao-loc --json"),
)
@argument("key", required=False, metavar="[KEY]", shell_complete=completing.keys)
@pass_context
def history(context: Context, key: str | None) -> None:
    """Prints the journal."""
    from campaignflow.cli.events import events_table

    with context.campaign() as campaign:
        events = campaign.journal(key)
        running = campaign.running()
    context.answer(
        shapes.history_document(events, running.zone),
        lambda: (
            events_table(context, running, (one.event for one in events), keys=key is None)
            or say(N_("Nothing has been recorded of it."))
        ),
    )


@command(
    "verify",
    N_(
        "Prove that the journal was not changed, and that what is stored is what it says.\n\n"
        "Write the head down elsewhere; with --expect it proves later that nothing was cut off since."
    ),
    examples=("campaignflow verify", "campaignflow verify --expect 88781149ade1084a9a8202b1fc6bafdef109e5b1…"),
)
@option("--expect", metavar="HEAD", help=N_("A head written down earlier; its event must still be there."))
@pass_context
def verify(context: Context, expect: str | None) -> None:
    """Verifies the campaign; exit code 1 when anything does not agree."""
    with context.campaign() as campaign:
        verdict = campaign.verify(expect=expect)
    context.answer(shapes.verdict_document(verdict, words.filled), lambda: _verdict(context, verdict))
    if not verdict.ok:
        context.exit(1)


def _verdict(context: Context, verdict: Verdict) -> str:
    count = words.counted("{count} event", "{count} events", verdict.events)
    if verdict.ok:
        said, tone = say(N_("The journal is whole, and what is stored is what it says.")), "good"
    else:
        said, tone = say(N_("The campaign is not as its journal says:")), "bad"
    first = [context.style.paint(line, tone) for line in wrap(said, context.width)]
    faults = [f"- {words.filled(fault.reason, fault.data)}" for fault in verdict.faults]
    lines = [*first, *(line for fault in faults for line in wrap(fault, context.width, indent="  ")), ""]
    pairs = [(say(N_("Events")), count), (say(N_("Head")), verdict.head)]
    return "\n".join(lines) + key_values(pairs, width=context.width, style=context.style)


@command(
    "export",
    N_(
        "Write everything as open files into FOLDER, which must be empty or new.\n\n"
        "The plan, the agencies, every assignment, the register of contacts, the journal with its hashes and the "
        "files that came with documents: what remains readable without this program."
    ),
    examples=("campaignflow export luu-tru-2020",),
)
@argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@pass_context
def export(context: Context, folder: Path) -> None:
    """Exports the campaign."""
    with context.campaign() as campaign:
        files = campaign.export(folder)
        head = campaign.head()
    context.answer(
        {"folder": str(folder), "files": list(files), "head": head},
        lambda: (
            say(N_("Written to {folder}:"), folder=folder)
            + "".join(f"\n  {name}" for name in files)
            + "\n"
            + say(N_("Head of the journal: {head}"), head=head)
        ),
    )
