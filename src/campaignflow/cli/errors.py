"""The one place where an exception becomes text, on standard error, and decides the exit code.

| what happened | exit code |
|---|---|
| a `CampaignflowError` | the error's own: 1, refused |
| the system refused a file | 1 |
| a fault of the program: one line, no traceback unless `CAMPAIGNFLOW_DEBUG=1` | 1 |
| wrong usage | 2 |
| interrupted (Ctrl-C) | 130 |
| whoever read our output stopped reading (`| head`): nothing is said | 141 |

As text: `Error: what is wrong`, and on the next line what to do. With `--json`:
`{"error": {"code": "no-plan", "message": "…", "cure": "…"}}`.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
from dataclasses import dataclass
from typing import TextIO

import click

from campaignflow.cli.context import Invocation
from campaignflow.cli.output import Style, clean, print_json, use_color
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_, current, format_moment, label, say

INTERRUPTED = 130
"""What a shell reports of a program ended by SIGINT: 128 + 2."""

PIPE_CLOSED = 141
"""What a shell reports of a program ended by SIGPIPE: 128 + 13."""

_USAGE_CODES: tuple[tuple[type[click.ClickException], str], ...] = (
    (click.NoSuchCommand, "no-such-command"),
    (click.NoSuchOption, "no-such-option"),
    (click.MissingParameter, "missing-parameter"),
    (click.BadParameter, "bad-parameter"),
    (click.UsageError, "usage"),
    (click.ClickException, "error"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An exception in words, in the language now spoken."""

    code: str
    message: str
    cure: str
    exit_code: int = 1
    #: The usage line, shown between the message and the cure, and not in JSON.
    usage: str = ""


def complaint_of(error: BaseException) -> Complaint:
    """The words for an exception."""
    if isinstance(error, CampaignflowError):
        return _refused(error)
    if isinstance(error, click.ClickException):
        return _misused(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort, EOFError)):
        return _stopped(error)
    if isinstance(error, OSError) and error.strerror:
        return _system(error)
    return _fault(error)


_SPOKEN = {"state": "state", "parties": "party"}
"""Fields whose words are the program's own, by the kind of label that people call them by."""


def _spoken(kind: str, said: object) -> str:
    return ", ".join(label(kind, word) for word in str(said).split(", "))


def _refused(error: CampaignflowError) -> Complaint:
    words, data = current(), dict(error.data)
    if meant := re.search("`(.+)`", str(data.get("hint", ""))):
        data["hint"] = say(N_(" (did you mean `{word}`?)"), word=meant[1])
    if data.get("mover"):  # who came first
        at = format_moment(data["at"], words.lang)
        mover = N_(" {by} took the step `{step}` there, recorded {at}.")
        data["mover"] = say(mover, by=label("party", str(data["by"])), step=data["step"], at=at)
    if "why" in data:  # a message of its own, which says what stands in the way
        data["why"] = words.fill(str(data["why"]), data)
    data |= {field: _spoken(kind, data[field]) for field, kind in _SPOKEN.items() if field in data}
    return Complaint(
        code=error.code,
        message=words.fill(error.message, data) or type(error).__name__,
        cure=words.fill(error.cure, data),
        exit_code=error.exit_code,
    )


def _misused(error: click.ClickException) -> Complaint:
    context = error.ctx if isinstance(error, click.UsageError) else None
    nothing_named = isinstance(error, click.exceptions.NoArgsIsHelpError)
    return Complaint(
        code=next(code for kind, code in _USAGE_CODES if isinstance(error, kind)),
        message=say("Missing command.") if nothing_named else error.format_message(),
        cure=say("Try '{command} {option}' for help.", command=context.command_path, option="--help")
        if context
        else "",
        exit_code=error.exit_code,
        usage=context.get_usage() if context else "",
    )


def _stopped(error: BaseException) -> Complaint:
    """An interrupt, or a question that nobody was there to answer."""
    if isinstance(error, EOFError) or isinstance(error.__context__, EOFError):
        return Complaint(
            code="unanswered",
            message=say(N_("The command asked a question and nobody answered; nothing was done.")),
            cure=say(N_("Run it in a terminal, or give the answer as an option; see the command's --help.")),
        )
    return Complaint(code="interrupted", message=say(N_("Interrupted.")), cure="", exit_code=INTERRUPTED)


def _system(error: OSError) -> Complaint:
    name = error.filename if error.filename is not None else "-"
    return Complaint(
        code="system",
        message=say(N_("The system refused {file}: {reason}."), file=os.fsdecode(name), reason=error.strerror),
        cure=say(N_("Check the path, your rights to it and the free space.")),
    )


def _fault(error: BaseException) -> Complaint:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Complaint(
        code="internal",
        message=say(N_("A fault of the program, not of your plan: {what}."), what=what.rstrip(".")),
        cure=say(N_("Run the command again with CAMPAIGNFLOW_DEBUG=1 to see more, and report what it prints.")),
    )


def report(error: BaseException, invocation: Invocation) -> int:
    """Tells an exception on standard error and gives the exit code. Never raises for what standard error cannot do."""
    if isinstance(error, BrokenPipeError) and _reader_gone():
        return PIPE_CLOSED
    complaint = complaint_of(error)
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            if invocation.debug:
                _trace(error)
            if invocation.json:
                told = {"code": complaint.code, "message": complaint.message, "cure": complaint.cure}
                print_json({"error": told}, sys.stderr)
            elif isinstance(error, click.exceptions.NoArgsIsHelpError):
                sys.stderr.write(f"{error.message}\n")
            else:
                sys.stderr.write(_text(complaint, Style(use_color(sys.stderr, os.environ, refused=invocation.plain))))
            sys.stderr.flush()
    return complaint.exit_code


def _text(complaint: Complaint, style: Style) -> str:
    heading = say("Error: {message}", message=complaint.message)
    lines = [*heading.split("\n"), *complaint.usage.split("\n"), *complaint.cure.split("\n")]
    first, *rest = [clean(line.expandtabs(2)) for line in lines if line.strip()]
    return "\n".join([style.paint(first, "bad"), *rest, ""])


def _trace(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _reader_gone() -> bool:
    """Whether it is our own output that nobody reads any more; if so, sends what is left of it nowhere.

    A broken pipe to something else, a mail server say, is an error like any other.
    """
    gone = [stream for stream in (sys.stdout, sys.stderr) if stream is not None and _unread(stream)]
    for stream in gone:
        discard(stream)
    return bool(gone)


def _unread(stream: TextIO) -> bool:
    try:
        stream.flush()
        poll = select.poll()
        poll.register(stream.fileno(), 0)  # errors and hang-ups are told without being asked for
        return bool(poll.poll(0))
    except AttributeError:  # Windows cannot tell; nothing else of ours is a pipe there
        return True
    except (OSError, ValueError):
        return True


def discard(stream: object) -> None:
    """Lets the rest of a stream that cannot be written go nowhere, so that the interpreter's last flush is quiet."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        finally:
            os.close(nowhere)
