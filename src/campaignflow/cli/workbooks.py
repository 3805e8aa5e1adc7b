"""`campaignflow import` and `init --xlsx`: the plan as a workbook, for those who will not type YAML."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignflow.cli import words
from campaignflow.cli.context import PLAN_FILE, Context, Invocation
from campaignflow.cli.options import argument, command, option, pass_context
from campaignflow.cli.output import clean, wrap
from campaignflow.cli.plans import finding_lines
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_, current, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.domain.findings import Finding
    from campaignflow.loading.plan_files import PlanFiles
    from campaignflow.services.plan_import import Imported

SHOWN = 20
"""So many entries that the workbook no longer has are named; JSON has all of them."""


class FileThere(CampaignflowError):
    """A file would be written over another."""

    code = "file-there"
    message = N_("{file} is there already.")
    cure = N_("Move it away or give it another name first: it may hold what somebody has filled in.")


# --- init --xlsx


def start_workbook(context: Context, folder: Path, today: dt.date) -> None:
    """Writes the workbook of the plan in a folder; into a folder without one, the starter too.

    Raises:
        FileThere: the folder has a workbook already.
        NothingToExportTo: the folder has something else in it.
        PlanUnreadable, PlanRefused: its plan cannot be read.
        FileUnusable: it cannot be written.
    """
    from campaignflow.loading.plan_files import open_files
    from campaignflow.services.replacing import replace_files
    from campaignflow.services.starter import write_starter
    from campaignflow.services.workbook import FILE, write_workbook

    if (folder / FILE).exists():
        raise FileThere(file=folder / FILE)
    begun = () if (folder / PLAN_FILE).exists() else write_starter(folder, today)
    content = write_workbook(open_files(folder / PLAN_FILE).parts, made=today)
    replace_files(folder, {FILE: content}, {})
    files = [*begun, FILE]
    context.answer(
        {"folder": str(folder), "files": files},
        lambda: _wrapped(
            context,
            say(N_("Written to {folder}: {files}."), folder=folder, files=", ".join(files)),
            say(N_("Next: fill in {file}, then run `campaignflow import {file}`."), file=folder / FILE),
        ),
    )


# --- import


@command(
    "import",
    N_(
        "Make or change a plan's text from the workbook FILE, as `init --xlsx` writes it.\n\n"
        "Only what the workbook changes is changed: every other line, comment and the order stay. What it no longer "
        "has is told, and taken out only with --prune. The plan is the one beside the workbook, else the one here; "
        "where there is none, it is made beside the workbook."
    ),
    examples=(
        "campaignflow import ke-hoach.xlsx --dry-run",
        "campaignflow import ke-hoach.xlsx",
        "campaignflow import ke-hoach.xlsx --prune",
    ),
)
@argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--dry-run", is_flag=True, help=N_("Only show the lines that would change."))
@option("--prune", is_flag=True, help=N_("Take out of the plan what the workbook no longer has."))
@pass_context
def import_(context: Context, file: Path, dry_run: bool, prune: bool) -> None:
    """Imports a workbook; exit code 1, and nothing written, when it or the plan it gives has errors."""
    plan = _near(_plan_of(context, file))
    before, after, imported, findings = imported_files(file, plan, prune=prune)
    refused = any(finding.severity == "error" for finding in findings)
    changed = [] if refused else [name for name, text in after.contents.items() if before.contents.get(name) != text]
    if not refused and not dry_run and changed:
        _write(before, after, changed)
    diff = "".join(_difference(before, after, changed))
    document = {
        **shapes.findings_document(findings, current().gettext),
        "ok": not refused,
        "plan": str(plan),
        "changed": changed,
        "missing": [{"sheet": one.sheet, "id": one.id} for one in imported.missing],
        "diff": diff,
    }
    context.answer(document, lambda: "\n".join(_told(context, document, findings, prune=prune, dry_run=dry_run)))
    if refused:
        context.exit(1)


def imported_files(
    file: Path, plan: Path, *, prune: bool = False
) -> tuple[PlanFiles, PlanFiles, Imported, Sequence[Finding]]:
    """A plan's files as they are and as a workbook would have them, what it changes, and everything that is wrong.

    Nothing is written.

    Raises:
        PlanUnreadable, PlanRefused: the plan that is there cannot be read.
        NotSpliced: a place of its text cannot be changed without changing more.
        OSError: the workbook may not be read.
    """
    from campaignflow.loading.files import read_file
    from campaignflow.loading.plan_files import PlanFiles, changed_files, check_files, open_files
    from campaignflow.loading.xlsx import read_workbook
    from campaignflow.loading.yaml_write import document
    from campaignflow.services.plan_import import Imported, changes, located, new_plan

    before = open_files(plan) if plan.exists() else PlanFiles(plan=plan)
    book = read_workbook(read_file(file), file=str(_near(file)))
    if book.findings:
        return before, before, Imported(), book.findings
    imported = changes(book.grids, before.parts, prune=prune)
    if imported.refused:
        return before, before, Imported(), imported.findings
    if before.contents:
        after = changed_files(before, imported.patch, imported.rows)
    else:
        text = document(new_plan(imported)).encode()
        after = changed_files(PlanFiles(plan=plan, contents={plan.name: text}), rows=imported.rows)
    if after.contents == before.contents:
        return before, after, imported, imported.findings
    found = [located(finding, imported) for finding in check_files(after).errors]
    return before, after, imported, (*imported.findings, *found)


def _plan_of(context: Context, file: Path) -> Path:
    """The plan that a workbook belongs to: the one named, else beside it, else here, else a new one beside it."""
    given = click.get_current_context().find_root().ensure_object(Invocation).given
    beside = file.absolute().parent / PLAN_FILE
    if context.plan is not None and (given.get("global_plan") is not None or not beside.exists()):
        return context.plan
    return beside


def _near(path: Path) -> Path:
    here, whole = Path.cwd(), path.absolute()
    return whole.relative_to(here) if whole.is_relative_to(here) else path


def _write(before: PlanFiles, after: PlanFiles, changed: Sequence[str]) -> None:
    from campaignflow.services.replacing import replace_files

    contents = {name: after.contents[name] for name in changed}
    held = {name: text for name, text in before.contents.items() if name in changed}
    replace_files(after.plan.parent, contents, held)


def _difference(before: PlanFiles, after: PlanFiles, changed: Sequence[str]) -> Iterator[str]:
    """What changes, as a unified diff."""
    for name in changed:
        old, new = (
            files.contents.get(name, b"").decode("utf-8", "replace").splitlines(keepends=True)
            for files in (before, after)
        )
        for line in difflib.unified_diff(old, new, name if old else "/dev/null", name):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _told(
    context: Context, document: shapes.Document, findings: Sequence[Finding], *, prune: bool, dry_run: bool
) -> Iterator[str]:  # fmt: skip
    yield from finding_lines(context, findings)
    if not document["ok"]:
        yield context.style.paint(say(N_("Nothing was imported.")), "bad")
        return
    if dry_run:
        yield from (clean(line) for line in document["diff"].splitlines())
    yield from _missing(context, document["missing"], prune=prune)
    files = ", ".join(document["changed"])
    if not files:
        yield say(N_("The plan says already what the workbook says; nothing changes."))
    elif dry_run:
        yield say(N_("This would be written: {files}."), files=files)
    else:
        yield from wrap(say(N_("Written: {files}. Run `campaignflow check`, then `campaignflow apply`."), files=files),
                        context.width)  # fmt: skip


def _missing(context: Context, missing: Sequence[dict[str, str]], *, prune: bool) -> Iterator[str]:
    if not missing:
        return
    count = words.counted("{count} entry", "{count} entries", len(missing))
    head = (
        N_("Taken out, since the workbook no longer has it: {count}.")
        if prune
        else N_("In the plan and not in the workbook: {count}. Kept; --prune takes them out.")
    )
    yield from wrap(say(head, count=count), context.width)
    for one in missing[:SHOWN]:
        yield f"  {one['sheet']}: {one['id']}"
    if len(missing) > SHOWN:
        yield "  …"


def _wrapped(context: Context, *texts: str) -> str:
    return "\n".join(line for text in texts for line in wrap(text, context.width, indent="  "))
