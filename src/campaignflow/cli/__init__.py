"""The command line: a thin edge over `campaignflow.campaign`.

It reads words, asks the library, and writes words. What belongs where:

| module | holds |
|---|---|
| `app` | the table of commands and the process: language, streams, exit code |
| `lazy` | the group that loads a command's module only when the command is used |
| `base` | click's classes, speaking the user's language |
| `options` | the decorators commands are made with |
| `context` | what a command is told: plan, database, clock, actor, language, output |
| `output` | tables, wrapping, colours, JSON |
| `errors` | the one place where an exception becomes text |

A command lives in the module that the table in `app` names, and looks like this:

    from campaignflow.cli.context import Context
    from campaignflow.cli.options import Writing, argument, command, pass_context, writing_options
    from campaignflow.i18n import N_, say

    @command("accept", N_("Accept the report of an assignment."), examples=("campaignflow accept III.4/cao-loc",))
    @argument("key", metavar="KEY")
    @writing_options
    @pass_context
    def accept(context: Context, key: str, writing: Writing) -> None:
        with context.campaign() as campaign:
            step = campaign.advance(key, "accept", ...)
        context.answer(
            {"key": key, "trigger": "accept", "sequence": step.sequence},
            lambda: say("{key}: accepted.", key=key),
        )

It never catches an error to print it, never writes to `sys.stdout` itself, and imports what is heavy inside its body.
"""
