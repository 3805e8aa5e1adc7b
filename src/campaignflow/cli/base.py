"""click's classes, speaking the user's language.

Help texts are message ids and are translated when they are *shown*, not when a command is made, so that one process can
show them in both languages. click's own words (`Usage:`, `No such option`) come from our catalogue, see
`campaignflow.i18n.speaking`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from campaignflow.cli.output import print_text
from campaignflow.i18n import N_, say

USAGE_WORDS = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))
"""The words of usage lines that click does not pass through a catalogue."""


class _Said:
    """An attribute that is set to a message id and read in the language now spoken."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_{name}_message"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        message = getattr(instance, self._slot, None)
        return say(message) if message else message

    def __set__(self, instance: Any, message: str | None) -> None:
        setattr(instance, self._slot, inspect.cleandoc(message) if message else message)


class Formatter(click.HelpFormatter):
    """Help that still reads on a terminal of 40 columns: there, long options stand above their help."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Writes names and their help; the names' column never takes more than 40 % of the width."""
        super().write_dl(rows, min(col_max, self.width * 2 // 5), col_spacing)


class EdgeContext(click.Context):
    """click's context of one command being run."""

    formatter_class = Formatter


class Option(click.Option):
    """An option whose `help` is a message id."""

    help = _Said()


class GlobalOption(Option):
    """An option that every command takes, before and after its name; shown in a section of its own."""


class Argument(click.Argument):
    """An argument whose `help` is a message id."""

    help = _Said()


class Command(click.Command):
    """A command whose help is a message id, with its examples.

    Args:
        examples: command lines, shown as they are.
    """

    context_class = EdgeContext
    help = _Said()

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`-h` and `--help`, with the help of the help in the user's language."""
        if self._help_option is None:
            self._help_option = help_option()
        return self._help_option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the command's name in its usage line."""
        return [say(piece) if piece in USAGE_WORDS else piece for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options, then those that every command takes."""
        params = [param for param in self.get_params(ctx) if not isinstance(param, click.Argument)]
        own = [param for param in params if not isinstance(param, GlobalOption)]
        shared = [param for param in params if isinstance(param, GlobalOption)]
        _section(formatter, ctx, say("Options"), own)
        self.format_commands_if_any(ctx, formatter)
        _section(formatter, ctx, say(N_("Options of every command")), shared)

    def format_commands_if_any(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A command has none; a group writes its own."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        if self.examples:
            with formatter.section(say(N_("Examples"))):
                for example in self.examples:
                    formatter.write(f"  {example}\n")
        super().format_epilog(ctx, formatter)


class Group(Command, click.Group):
    """A group of commands, such as `contacts`."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names in the order they were added: the order in which one needs them."""
        return list(self.commands)

    def format_commands_if_any(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The group's commands."""
        self.format_commands(ctx, formatter)


def help_option() -> Option:
    """The option `-h`, `--help`: shows the help and ends the command."""
    return Option(
        ["-h", "--help", "show_help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help=N_("Show this message and exit."),
        callback=_show_help,
    )


def _show_help(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        print_text(ctx.get_help(), sys.stdout)
        ctx.exit()


def _section(formatter: click.HelpFormatter, ctx: click.Context, title: str, params: Sequence[click.Parameter]) -> None:
    records = [record for param in params if (record := param.get_help_record(ctx)) is not None]
    if records:
        with formatter.section(title):
            formatter.write_dl(records)
