"""The decorators that commands are made with, and the options they share.

    @command("show", N_("Show one assignment: clause, words, deadlines, allowed steps, history."))
    @argument("key", metavar="KEY", help=N_("The assignment, such as III.4/cao-loc."))
    @pass_context
    def show(context: Context, key: str) -> None:
        ...

Every command made so takes the global options too, after its name as well as before it: people type
`campaignflow status --now 2020-10-23`. Commands of a group are made with `@command("list", ..., group=contacts)`.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from campaignflow.cli import completing
from campaignflow.cli.base import Argument, Command, GlobalOption, Group, Option
from campaignflow.cli.context import Context, Invocation
from campaignflow.i18n import LANGUAGES, N_, say

P = ParamSpec("P")
R = TypeVar("R")
AnyFunction = Callable[..., Any]


class _IsoText(click.ParamType[str]):
    """Text in the form of an ISO date or, where allowed, of a date and time. Stays text: its zone is the plan's."""

    name = "iso"
    _shape = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?")
    _message = N_("{value} is no date or time; write 2020-10-23, 2020-10-23T17:00 or 2020-10-23T17:00+07:00.")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, checked."""
        text = str(value).strip()
        if not self._shape.fullmatch(text) or not self._readable(text):
            self.fail(say(self._message, value=repr(text)), param, ctx)
        return text

    def _readable(self, text: str) -> bool:
        try:
            dt.datetime.fromisoformat(text)
        except ValueError:
            return False
        return True


class _DateText(_IsoText):
    name = "date"
    _shape = re.compile(r"\d{4}-\d\d-\d\d")
    _message = N_("{value} is no date; write it as 2020-10-23.")


class _DatabaseUrl(click.ParamType[str]):
    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The URL, its scheme checked; what it names is the store's business."""
        text = str(value)
        if not re.match(r"(sqlite:///|postgres(ql)?://).", text):
            scheme, colon, rest = text.partition("://")
            shown = f"{scheme}{colon}…" if colon and rest else text  # what follows may hold a password
            message = N_("{value} is no database; write sqlite:///FILE or postgresql://USER@HOST/DATABASE.")
            self.fail(say(message, value=repr(shown)), param, ctx)
        return text


DATABASE = _DatabaseUrl()
"""The type of options that take a database: its URL, kept as text."""

MOMENT = _IsoText()
"""The type of options that take a moment: an ISO date or date-time, kept as text for `Context.moment`."""

DATE = _DateText()
"""The type of options that take a date: ISO, kept as text."""


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Notes a global option: the command line wins over the environment, the later word over the earlier."""
    name = str(param.name)
    given = ctx.find_root().ensure_object(Invocation).given
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.COMMANDLINE or (source is ParameterSource.ENVIRONMENT and name not in given):
        given[name] = value


def _global(flag: str, name: str, help: str, **settings: Any) -> GlobalOption:
    return GlobalOption(
        [flag, f"global_{name}"], expose_value=False, callback=_remember, help=help,
        show_envvar="envvar" in settings, **settings,
    )  # fmt: skip


GLOBAL_OPTIONS: tuple[GlobalOption, ...] = (
    _global(
        "--plan", "plan", N_("The plan; by default plan.yaml here or in a folder above."),
        type=click.Path(path_type=Path), metavar="PATH",
    ),
    _global(
        "--database", "database", N_("sqlite:///FILE or postgresql://…; by default a file beside the plan."),
        type=DATABASE, metavar="URL", envvar="CAMPAIGNFLOW_DATABASE",
    ),
    _global("--campaign", "campaign", N_("Which campaign, where the database holds several."), metavar="ID"),
    _global(
        "--now", "now", N_("Take this for the current time, for rehearsals."),
        type=MOMENT, metavar="ISO", envvar="CAMPAIGNFLOW_NOW",
    ),
    _global(
        "--as", "actor", N_("Who acts; by default the coordinator."),
        metavar="CONTACT|AGENCY", envvar="CAMPAIGNFLOW_ACTOR", shell_complete=completing.actors,
    ),
    _global(
        "--lang", "lang", N_("The language to speak."),
        type=click.Choice(LANGUAGES), envvar="CAMPAIGNFLOW_LANG",
    ),
    _global("--json", "json", N_("Print one JSON document."), is_flag=True),
    _global("--no-color", "no_color", N_("Print without colours; so does the variable NO_COLOR."), is_flag=True),
    _global("--debug", "debug", N_("Show the traceback of a fault of the program; so does CAMPAIGNFLOW_DEBUG=1."),
            is_flag=True),
)  # fmt: skip
"""The options that every command takes."""


def command(
    name: str, help: str, *, examples: Sequence[str] = (), group: Group | None = None, **settings: Any
) -> Callable[[AnyFunction], Command]:
    """Makes a function a command, with the global options.

    Args:
        name: as typed; words joined by hyphens.
        help: a message id; its first paragraph says what the command does.
        examples: command lines shown in its help.
        group: the group it belongs to; none for a command of the table in `app`.
        settings: what `click.command` takes.
    """

    def make(function: AnyFunction) -> Command:
        made = click.command(name, cls=Command, help=help, examples=examples, **settings)(function)
        made.params.extend(GLOBAL_OPTIONS)
        if group is not None:
            group.add_command(made)
        return made

    return make


def group(name: str, help: str, **settings: Any) -> Group:
    """A group of commands, with the global options; `@command(..., group=it)` adds one to it."""
    return Group(name, help=help, params=list(GLOBAL_OPTIONS), **settings)


def option(*names: str, **settings: Any) -> Callable[[AnyFunction], AnyFunction]:
    """An option of a command; `help` is a message id. Takes what `click.option` takes."""
    return click.option(*names, cls=Option, **settings)


def argument(*names: str, **settings: Any) -> Callable[[AnyFunction], AnyFunction]:
    """An argument of a command; `help` is a message id. Takes what `click.argument` takes."""
    return click.argument(*names, cls=Argument, **settings)


def pass_context(function: Callable[Concatenate[Context, P], R]) -> Callable[P, R]:
    """Gives the function the `Context` as its first argument. The decorator nearest to the function."""

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        invocation = click.get_current_context().find_root().ensure_object(Invocation)
        return function(Context.of(invocation), *args, **kwargs)

    return called


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the writing options say of a step: when it happened, and the document that carried it. Times are text."""

    #: When it happened: a moment, not after now.
    at: str | None = None
    note: str | None = None
    #: The document's number, such as `152/KH-UBND`.
    number: str | None = None
    #: The document's date.
    date: str | None = None
    #: When it was sent: a moment.
    sent: str | None = None
    attach: tuple[Path, ...] = ()
    #: The agency for which the actor enters it.
    on_behalf_of: str | None = None


_WRITING = (
    option("--at", type=MOMENT, metavar="ISO", help=N_("When it happened, if not now.")),
    option("--note", metavar="TEXT", help=N_("A note kept with the step.")),
    option("--number", metavar="TEXT", help=N_("The document's number, such as 152/KH-UBND.")),
    option("--date", type=DATE, metavar="DATE", help=N_("The document's date.")),
    option("--sent", type=MOMENT, metavar="ISO", help=N_("When the document was sent.")),
    option(
        "--attach", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", multiple=True,
        help=N_("A file to keep with the step; may be given again."),
    ),
    option("--on-behalf-of", metavar="AGENCY", help=N_("The agency you enter it for.")),
)  # fmt: skip


def writing_options(function: AnyFunction) -> AnyFunction:
    """Adds the options of commands that write, given to the function as one keyword argument `writing: Writing`."""

    @functools.wraps(function)
    def called(
        *args: Any,
        at: str | None,
        note: str | None,
        number: str | None,
        date: str | None,
        sent: str | None,
        attach: tuple[Path, ...],
        on_behalf_of: str | None,
        **kwargs: Any,
    ) -> Any:
        writing = Writing(
            at=at, note=note, number=number, date=date, sent=sent, attach=tuple(attach), on_behalf_of=on_behalf_of
        )
        return function(*args, writing=writing, **kwargs)

    made: AnyFunction = called
    for add in reversed(_WRITING):
        made = add(made)
    return made
