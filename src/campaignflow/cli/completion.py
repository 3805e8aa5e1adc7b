"""`campaignflow completion`: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from campaignflow.cli.context import Context
from campaignflow.cli.options import argument, command, pass_context
from campaignflow.i18n import N_

SHELLS = ("bash", "zsh", "fish")
"""The shells that click can complete in."""


@command(
    "completion",
    N_("Print the completion script of your shell; load it where the shell starts."),
    examples=(
        "campaignflow completion bash > ~/.local/share/bash-completion/completions/campaignflow",
        "campaignflow completion zsh > ~/.zfunc/_campaignflow",
        "campaignflow completion fish > ~/.config/fish/completions/campaignflow.fish",
    ),
)
@argument("shell", type=click.Choice(SHELLS), help=N_("The shell to complete in."))
@pass_context
def completion(context: Context, shell: str) -> None:
    """Prints the script of `shell`."""
    from campaignflow.cli.app import COMPLETION_VARIABLE, PROGRAM, app

    known = get_completion_class(shell)
    if known is None:
        raise click.BadParameter(shell)
    # The base class only fills the template; bash's own method would first start bash and look at its version, which
    # need not be the machine that the script is printed on.
    script = ShellComplete.source(known(app, {}, PROGRAM, COMPLETION_VARIABLE))
    context.answer({"shell": shell, "script": script}, script)
