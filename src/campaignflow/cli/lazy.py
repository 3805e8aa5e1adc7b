"""A group that knows its commands by name and loads one only when it is used.

Listing the commands, completing a name or naming a misspelt one imports nothing. A module is imported when its command
is run or its own help is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from campaignflow.cli.base import Group
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_, say

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its name, where its body is (`module:attribute`), and one line of help (a message id)."""

    name: str
    target: str
    help: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the help (a message id) and the commands below it."""

    title: str
    entries: tuple[Entry, ...]


class CommandUnavailable(CampaignflowError):
    """A command is listed, and its module is not there or does not define it: a broken installation."""

    code = "command-unavailable"
    message = N_("The command {name} is missing from this installation ({target}: {reason}).")
    cure = N_("Install campaignflow again; if that does not help, report it as a fault of the program.")


class LazyGroup(Group):
    """The root group, made from sections of entries.

    Args:
        sections: the commands, in the order of the help.
    """

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = tuple(sections)
        self.entries = {entry.name: entry for section in sections for entry in section.entries}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module imported now; None when there is no such command.

        Raises:
            CommandUnavailable: the table names it and its module does not have it.
        """
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _load(entry)
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name; a misspelt one is answered with those it may have meant."""
        if args[0] not in self.entries and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.NoSuchCommand(args[0], possibilities=self.entries, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their headings."""
        for section in self.sections:
            with formatter.section(say(section.title)):
                formatter.write_dl([(entry.name, say(entry.help)) for entry in section.entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands and options that begin with `incomplete`."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(entry.name, help=say(entry.help))
            for entry in self.entries.values()
            if entry.name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


def _load(entry: Entry) -> click.Command:
    module, _, attribute = entry.target.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ModuleNotFoundError, AttributeError) as error:
        raise CommandUnavailable(name=entry.name, target=entry.target, reason=error) from error
    if not isinstance(found, click.Command):
        raise CommandUnavailable(name=entry.name, target=entry.target, reason=type(found).__name__)
    return found
