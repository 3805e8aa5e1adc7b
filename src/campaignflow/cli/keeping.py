"""`campaignflow backup`, `restore` and `copy`: keeping campaigns."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import words
from campaignflow.cli.context import Context
from campaignflow.cli.documents import saying
from campaignflow.cli.options import DATABASE, Writing, argument, command, option, pass_context, writing_options
from campaignflow.cli.output import key_values, wrap
from campaignflow.i18n import N_, current, say
from campaignflow.services import keeping_shapes as shapes

if TYPE_CHECKING:
    from campaignflow.domain.journal import Event
    from campaignflow.services.keeping import BackedUp, Copied, Kept, Restored
    from campaignflow.services.running import Running

_PATH = click.Path(path_type=Path)

_WRITE_DOWN = N_(
    "Write the heads down elsewhere: `campaignflow verify --expect HEAD` proves later that nothing was lost since."
)
_MARKED = N_(
    "It is marked as a copy, and nothing is sent from it. If it is now the campaign, say so: campaignflow restore "
    "--confirm --reason TEXT"
)


# --- backup


@command(
    "backup",
    N_(
        "Write every campaign of the database into one FILE, as they are now, while others go on working.\n\n"
        "The file is a SQLite database, checked before it is there under its name. Its heads are told: write them "
        "down. Keep it on another disk than the database."
    ),
    examples=("campaignflow backup /media/usb/tuan-le-2020-10-23.db", "campaignflow backup sao-luu.db --force --json"),
)
@argument("file", metavar="FILE", type=_PATH)
@option("--force", is_flag=True, help=N_("Take the place of a file that is there."))
@pass_context
def backup(context: Context, file: Path, force: bool) -> None:
    """Backs the database up."""
    with context.campaign() as campaign:
        done = campaign.backup(file, force=force, progress=Told(context))
    context.answer(shapes.backup_document(done), lambda: "".join(_backed_up(context, file, done)))


def _backed_up(context: Context, file: Path, done: BackedUp) -> Iterator[str]:
    yield _wrapped(context, say(N_("Backed up to {file} ({size}):"), file=file, size=_size(done.size)))
    yield from _campaigns(context, done.campaigns)
    yield "\n" + _wrapped(context, say(_WRITE_DOWN))


# --- restore


@command(
    "restore",
    N_(
        "Put the campaigns of the backup FILE into the database; with --confirm say that a restored copy is now the "
        "campaign.\n\n"
        "A restored copy is marked: every command says so, and nothing is sent from it, since the original may still "
        "run somewhere. Where campaigns are already it is refused; with --force the present database is first put "
        "aside under a dated name."
    ),
    examples=(
        "campaignflow restore /media/usb/tuan-le-2020-10-23.db",
        'campaignflow restore --confirm --reason "Máy chủ cũ đã hỏng ngày 23/10"',
    ),
)
@argument("file", metavar="[FILE]", type=_PATH, required=False)
@option("--force", is_flag=True, help=N_("Put a database that is there aside, under a dated name."))
@option("--confirm", is_flag=True, help=N_("Say that this restored copy is now the campaign."))
@option("--reason", metavar="TEXT", help=N_("Why it is; --confirm needs it."))
@writing_options
@pass_context
def restore(
    context: Context, file: Path | None, force: bool, confirm: bool, reason: str | None, writing: Writing
) -> None:
    """Restores a backup, or confirms a copy."""
    if confirm and (file or force):
        raise click.UsageError(say(N_("--confirm goes without FILE and --force.")))
    if not confirm and file is None:
        raise click.UsageError(say(N_("Name the backup: FILE; or give --confirm.")))
    if not confirm and (reason or writing != Writing()):
        raise click.UsageError(say(N_("What is said of a restored copy is said with --confirm.")))
    with context.campaign() as campaign:
        if file is None:
            event = campaign.confirm_restored(**saying(context, campaign, writing, reason=reason))
            running = campaign.running()
            context.answer(
                shapes.confirmed_document(running.key, event, running.zone), lambda: _confirmed(running, event)
            )
            return
        done = campaign.restore(file, force=force, progress=Told(context))
    context.answer(shapes.restored_document(done), lambda: "".join(_restored(context, file, done)))


def _restored(context: Context, file: Path, done: Restored) -> Iterator[str]:
    yield _wrapped(context, say(N_("Restored from {file}:"), file=file))
    yield from _campaigns(context, done.campaigns)
    yield "\n"
    if done.aside is not None:
        yield say(N_("The database that was there is now {file}."), file=done.aside) + "\n"  # whole, to be copied
    yield _wrapped(context, say(_MARKED))


def _confirmed(running: Running, event: Event) -> str:
    moment = words.stored_moment(event.recorded, running.zone)
    told = N_("This copy of {campaign} is the campaign since {moment} (event {sequence}).")
    return say(told, campaign=running.key, moment=moment, sequence=event.sequence)


# --- copy


@command(
    "copy",
    N_(
        "Copy every campaign, or one by --campaign, into another database: from a file to a server, or back.\n\n"
        "All of it or nothing is copied, and both sides are compared: the head of each chain, recomputed there from "
        "the events, the events and the rows of every table. The original stays as it is: put it away, so that nobody "
        "goes on working in it."
    ),
    examples=(
        "campaignflow copy --to postgresql://campaign@db.example/campaigns",
        "campaignflow copy --database postgresql://campaign@db.example/campaigns --to sqlite:///ban-sao.db",
    ),
)
@option("--to", "url", type=DATABASE, metavar="URL", required=True, help=N_("The other database."))
@pass_context
def copy(context: Context, url: str) -> None:
    """Copies campaigns."""
    with context.campaign() as campaign:
        wanted = (context.campaign_id,) if context.campaign_id else ()
        done = campaign.copy_to(url, campaigns=wanted, progress=Told(context))
    context.answer(shapes.copied_document(done), lambda: "".join(_copied(context, done)))


def _copied(context: Context, done: Copied) -> Iterator[str]:
    yield _wrapped(context, say(N_("Copied to {database}, and alike on both sides:"), database=done.database))
    yield from _campaigns(context, done.campaigns)
    yield "\n" + _wrapped(context, say(N_("Put the original away, so that nobody goes on working in it.")))


# --- what they share


class Told:
    """Tells on standard error how far something has got, once it has taken a second, and then once a second; in a log,
    every ten."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._every = 1.0 if sys.stderr is not None and sys.stderr.isatty() else 10.0
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """So many of so many are done."""
        now = time.monotonic()
        if now - self._last >= self._every and done < total:
            self._last = now
            self._context.note(say(N_("{percent} % copied …"), percent=100 * done // max(total, 1)))


HEAD_FITS = 80
"""The least width of what names a head: one that is cut in two cannot be copied."""


def _campaigns(context: Context, campaigns: Iterable[Kept]) -> Iterator[str]:
    for one in campaigns:
        pairs = [
            (say(N_("Campaign")), one.campaign),
            (say(N_("Events")), words.counted("{count} event", "{count} events", one.events)),
            (say(N_("Head")), one.head),
        ]
        if one.rows:
            rows = sum(one.rows.values())
            pairs.insert(2, (say(N_("Rows")), words.counted("{count} row", "{count} rows", rows)))
        yield key_values(pairs, width=max(context.width, HEAD_FITS), style=context.style)


def _size(size: int) -> str:
    text = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{-(-size // 1000)} kB"
    return text.replace(".", ",") if current().lang == "vi" else text


def _wrapped(context: Context, text: str, indent: str = "") -> str:
    return "".join(f"{line}\n" for line in wrap(text, context.width, indent=indent))
