"""The reference of the command line, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from campaignflow.cli.app import PROGRAM, SECTIONS, app
from campaignflow.cli.base import Argument, Command, GlobalOption, Group
from campaignflow.cli.context import Invocation
from campaignflow.i18n import speaking, translator

PAGE = "reference/cli.md"

_OPENING = """\
# The command line

Names of commands and options, exit codes and the documents of `--json` are stable: a change of them is a new major
version. Every command speaks Vietnamese and English (`--lang`); the words below are the English ones, with the
Vietnamese line of each command. Every option that all commands take may stand before the command's name or after it.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | refused: a bad plan, a step that is not allowed, a key that does not exist; nothing was written |
| 2 | wrong usage: an option that does not exist, a date that is none |

The result goes to standard output. Everything else (hints, errors) goes to standard error. With `--json` there is one
JSON document on standard output ([](json.md)), and an error is one on standard error.

A bare date that is given as a time counts whole: `--now 2020-10-23` is the end of that day.
"""


def render() -> str:
    """The page, in Markdown."""
    with speaking("en"):
        root = _context(app, PROGRAM, None)
        parts = [_OPENING, "## Options of every command\n", _options(_global(app), root)]
        for section in SECTIONS:
            parts.append(f"## {section.title}\n")
            for entry in section.entries:
                found = app.get_command(root, entry.name)
                assert isinstance(found, Command)
                parts += _command(found, root, vietnamese=translator("vi").gettext(entry.help))
    return "\n".join(parts)


def _command(found: Command, parent: click.Context, *, vietnamese: str = "", level: int = 3) -> Iterator[str]:
    """A command's heading, help, usage, arguments, options and examples; then those of its own commands."""
    ctx = _context(found, str(found.name), parent)
    yield f"{'#' * level} `{_path(ctx)}`\n"
    yield f"{found.help}\n"
    if vietnamese:
        yield f"*{vietnamese}*\n"
    yield f"```text\n{PROGRAM} {_path(ctx)} {' '.join(found.collect_usage_pieces(ctx))}\n```\n"
    arguments = [param for param in found.params if isinstance(param, Argument)]
    if arguments:
        yield _table(("argument", "meaning"), [(_name(param, ctx), str(param.help or "")) for param in arguments])
    own = [param for param in found.params if isinstance(param, click.Option) and not isinstance(param, GlobalOption)]
    if own:
        yield _options(own, ctx)
    if found.examples:
        yield "```text\n" + "\n".join(found.examples) + "\n```\n"
    if isinstance(found, Group):
        for name in found.list_commands(ctx):
            below = found.get_command(ctx, name)
            assert isinstance(below, Command)
            yield from _command(below, ctx, vietnamese=_in_vietnamese(below), level=level + 1)


def _in_vietnamese(found: Command) -> str:
    with speaking("vi"):
        return str(found.help)


def _global(root: Command) -> list[click.Option]:
    return [param for param in root.params if isinstance(param, click.Option)]


def _options(params: Sequence[click.Option], ctx: click.Context) -> str:
    records = [record for param in params if (record := param.get_help_record(ctx))]
    return _table(("option", "meaning"), [(f"`{names}`", words) for names, words in records])


def _name(param: Argument, ctx: click.Context) -> str:
    return f"`{param.make_metavar(ctx)}`"


def _table(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "| --- | --- |"]
    lines += [f"| {_cell(left)} | {_cell(right)} |" for left, right in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text fit for a cell: one line, its bars told from those of the table."""
    return " ".join(text.split()).replace("|", r"\|")


def _path(ctx: click.Context) -> str:
    """The command's words after the program's name."""
    return ctx.command_path.removeprefix(PROGRAM).strip()


def _context(found: Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(found, info_name=name, parent=parent, obj=Invocation(lang="en"))
