"""`campaignflow doctor`: what is wrong with this installation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.options import command, pass_context
from campaignflow.cli.output import columns_of, pad, wrap
from campaignflow.i18n import N_, label, say

if TYPE_CHECKING:
    import datetime as dt

    from campaignflow.services.doctor import Check

_NARROW = 30
"""With fewer columns than these left beside the names, what is told stands below them."""

_TONES = {"ok": "good", "warning": "soon", "error": "bad", "not_checked": "dim"}


@command(
    "doctor",
    N_(
        "Find what is wrong with this installation, and say what to do about it.\n\n"
        "Looks at the program, the plan, the database and its disk or server, the clock and the time zones, the "
        "terminal and the variables. Writes nothing. The exit code is 1 if there is an error."
    ),
    examples=(
        "campaignflow doctor",
        "campaignflow doctor --database postgresql://campaign@db.example/campaigns --json",
    ),
)
@pass_context
def doctor(context: Context) -> None:
    """Looks at the installation."""
    from campaignflow.campaign_doctor import examine
    from campaignflow.services.keeping_shapes import doctor_document

    checks = examine(
        context.plan, context.database, environ=os.environ, encoding=getattr(sys.stdout, "encoding", None) or "utf-8",
        now=_now(context),
    )  # fmt: skip
    context.answer(doctor_document(checks, words.filled), lambda: "".join(_page(context, checks)))
    if any(one.result == "error" for one in checks):
        context.exit(1)


def _now(context: Context) -> dt.datetime | None:
    """The instant that the clock is set to, in the zone that a plan has by default: this is about years, not hours."""
    from campaignflow.campaign import DEFAULT_ZONE
    from campaignflow.domain.clock import zone

    return context.moment(context.now, zone(DEFAULT_ZONE)) if context.now else None


def _page(context: Context, checks: Sequence[Check]) -> Iterator[str]:
    names = [label("check", one.name) for one in checks]
    results = [label("check result", one.result) for one in checks]
    wide, wider = max(map(columns_of, results)), max(map(columns_of, names))
    beside = wide + wider + 4 if wide + wider + 4 + _NARROW <= context.width else 0
    for one, name, result in zip(checks, names, results, strict=True):
        mark = context.style.paint(pad(result, wide), _TONES[one.result])
        told = [words.filled(one.message, one.data), *([words.filled(one.cure, one.data)] if one.cure else ())]
        lines = [line for text in told for line in wrap(text, context.width - (beside or 2))]
        if beside:
            yield f"{mark}  {pad(name, wider)}  {lines.pop(0)}\n"
        else:
            yield f"{mark}  {name}\n"
        yield "".join(" " * (beside or 2) + f"{line}\n" for line in lines)
    yield "\n" + _sum(context, checks) + "\n"


def _sum(context: Context, checks: Sequence[Check]) -> str:
    bad = sum(one.result == "error" for one in checks)
    soon = sum(one.result == "warning" for one in checks)
    if bad:
        return context.style.paint(words.counted("{count} error.", "{count} errors.", bad), "bad")
    if soon:
        return context.style.paint(words.counted("{count} warning.", "{count} warnings.", soon), "soon")
    return context.style.paint(say(N_("Nothing is wrong.")), "good")
