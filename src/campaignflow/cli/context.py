"""What a command is told: plan, database, clock, actor, language and where its output goes."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from campaignflow.cli.output import Style, print_json, print_text, terminal_width, use_color
from campaignflow.cli.progress import Working
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import DEFAULT, N_, choose_language, say

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from campaignflow.campaign import Campaign

PLAN_FILE = "plan.yaml"
"""The name a plan is looked for by."""

RESTORED_NOTE = N_(
    "This is a copy restored from a backup (head {head}…); nothing is sent from it. If it is now the campaign, say so: "
    "campaignflow restore --confirm --reason TEXT"
)
"""What every command says of a campaign that bears the mark of a backup."""

STORE = Path(".campaignflow") / "campaign.db"
"""Where the database is by default, beside the plan."""


class NoPlan(CampaignflowError):
    """Neither a plan nor a database was named, and none is here or above."""

    code = "no-plan"
    message = N_("There is no plan here: no {name} in {folder} or in a folder above it.")
    cure = N_("Make one with 'campaignflow init DIR', or name one with --plan PATH.")


class PlanNotFound(CampaignflowError):
    """The plan that was named is not there."""

    code = "plan-not-found"
    message = N_("There is no plan at {path}.")
    cure = N_("Check the path given with --plan.")


def peek(arguments: Sequence[str], name: str) -> str | None:
    """The last value of the option `name` among raw arguments, before they are parsed; `""` for a bare flag.

    An error in the arguments must itself be told in the right language and form, so these few options are looked at
    first. What follows `--` is no option.
    """
    found = None
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word == name:
            found = following
        elif word.startswith(f"{name}="):
            found = word.partition("=")[2]
    return found


@dataclass(slots=True)
class Invocation:
    """One run of the command line: what was seen of its arguments so far."""

    lang: str = DEFAULT
    #: Whether errors are told as JSON.
    json: bool = False
    #: Whether a fault of the program is told with its traceback.
    debug: bool = False
    plain: bool = False
    #: Values of the global options by parameter name; filled while the arguments are parsed.
    given: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, arguments: Sequence[str], environ: Mapping[str, str]) -> Invocation:
        """What can be known before the arguments are parsed."""
        return cls(
            lang=choose_language(peek(arguments, "--lang"), environ),
            json=peek(arguments, "--json") is not None,
            debug=peek(arguments, "--debug") is not None or environ.get("CAMPAIGNFLOW_DEBUG", "0") not in ("", "0"),
            plain=peek(arguments, "--no-color") is not None,
        )


@dataclass(frozen=True, kw_only=True)
class Context:
    """What one command works with. Commands get it by `@pass_context`."""

    #: The plan's file: the one named, else `plan.yaml` here or above; None if there is none.
    plan: Path | None
    #: The database's URL: the one named, else that of the SQLite file beside the plan; None without a plan.
    database: str | None
    #: Which campaign, in a database that holds several.
    campaign_id: str | None
    #: The instant to take for now, as given: an ISO date or date-time; None: the clock's.
    now: str | None
    #: Who acts: a contact's or an agency's id, or `coordinator`.
    actor: str
    #: `vi` or `en`.
    lang: str
    #: Whether to print JSON.
    json: bool
    #: How to paint standard output.
    style: Style
    #: The columns to fill.
    width: int
    #: Says on a terminal that the command is at work.
    working: Working = field(default_factory=Working, compare=False)

    @classmethod
    def of(cls, invocation: Invocation, environ: Mapping[str, str] | None = None) -> Context:
        """The context for what was given on the command line and in the environment."""
        environ = os.environ if environ is None else environ
        given = invocation.given
        plan = plan_file(given.get("global_plan"))
        refused = bool(given.get("global_no_color"))
        return cls(
            plan=plan,
            database=given.get("global_database") or (database_beside(plan) if plan else None),
            campaign_id=given.get("global_campaign"),
            now=given.get("global_now"),
            actor=given.get("global_actor") or "coordinator",
            lang=invocation.lang,
            json=bool(given.get("global_json")),
            style=Style(use_color(sys.stdout, environ, refused=refused)),
            width=terminal_width(sys.stdout, environ),
        )

    @contextmanager
    def campaign(self) -> Iterator[Campaign]:
        """The campaign, opened now, for a `with`; it is closed when the command ends, since what was read of it (the
        names of agencies, say) may still be asked for while its answer is printed.

        Raises:
            NoPlan: there is neither a plan nor a database to open.
            PlanNotFound: the plan that was named does not exist.
            CampaignflowError: whatever opening it refuses.
        """
        from campaignflow.campaign import Campaign

        if self.plan is None and self.database is None:
            raise NoPlan(name=PLAN_FILE, folder=_here())
        if self.plan is not None and not self.plan.exists():
            raise PlanNotFound(path=self.plan)
        opened: list[Campaign] = []
        campaign: Campaign = Campaign.open(
            plan=self.plan,
            database=self.database,
            campaign=self.campaign_id,
            now=self._clock(opened),
            actor=self.actor,
        )
        opened.append(campaign)
        self.working.begin()
        command = click.get_current_context(silent=True)
        try:
            if command is None:
                with campaign:
                    yield campaign
            else:
                command.call_on_close(campaign.close)
                command.call_on_close(self.working.end)
                yield campaign
        finally:
            if campaign.seen_restored is not None:
                self.note(say(RESTORED_NOTE, head=campaign.seen_restored[:16]))

    def _clock(self, opened: list[Campaign]) -> Callable[[], dt.datetime] | None:
        """The clock that `--now` sets. A time without an offset is in the plan's zone, asked for once it is needed."""
        if self.now is None:
            return None
        text = self.now
        return lambda: self.moment(text, opened[0].zone)

    def moment(self, text: str, zone: ZoneInfo, *, bare: Literal["start", "end"] = "end") -> dt.datetime:
        """The instant a user wrote: in `zone` unless it says its offset; a bare date is its end, or its start.

        Raises:
            CampaignflowError: it is no date or time.
        """
        from campaignflow.domain.clock import parse_moment

        return parse_moment(text, zone, bare=bare)

    def answer(self, document: Any, text: str | Callable[[], str]) -> None:
        """Prints a command's result: with `--json` the document, else the text (made only then)."""
        if self.json:
            self.working.end()
            print_json(document)
        else:
            self.echo(text if isinstance(text, str) else text())

    def echo(self, text: str = "") -> None:
        """Prints text on standard output, ending its last line."""
        self.working.end()
        print_text(text, sys.stdout)

    def note(self, text: str) -> None:
        """Prints text that is not the result (progress, a hint) on standard error."""
        self.working.end()
        print_text(text, sys.stderr)

    def exit(self, code: int) -> NoReturn:
        """Ends the command with `code`, without an error: 1 for a check that found errors, say."""
        raise click.exceptions.Exit(code)


def plan_file(named: Path | None) -> Path | None:
    """The plan named (a folder stands for the `plan.yaml` in it), else `plan.yaml` in this folder or one above."""
    if named is not None:
        return named / PLAN_FILE if named.is_dir() else named
    here = _here()
    return next((path for folder in (here, *here.parents) if (path := folder / PLAN_FILE).is_file()), None)


def database_beside(plan: Path) -> str:
    """The URL of the SQLite database beside a plan."""
    return f"sqlite:///{(plan.absolute().parent / STORE).as_posix()}"


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:  # the folder was deleted under us
        return Path()
