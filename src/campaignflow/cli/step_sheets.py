"""`campaignflow advance --sheet` and `--write-sheet`: steps of many assignments out of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from campaignflow.cli.context import Context
from campaignflow.cli.errors import complaint_of
from campaignflow.cli.output import clean
from campaignflow.cli.plans import finding_lines
from campaignflow.errors import CampaignflowError
from campaignflow.i18n import N_, current, label, say
from campaignflow.services import shapes

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.domain.findings import Finding
    from campaignflow.domain.sheets import Cell
    from campaignflow.services.entries import Said
    from campaignflow.services.step_sheet import SheetRefused, StepRow
    from campaignflow.services.steps import Desk, StepTaken

Telling = Callable[["Campaign", Sequence["StepTaken"]], str]
"""Tells what steps did."""


def write_sheet(context: Context, file: Path) -> None:
    """Writes a workbook with a row for each open assignment.

    Raises:
        FileThere: the file is there.
        FileUnusable: it cannot be written.
    """
    from campaignflow.cli.workbooks import FileThere
    from campaignflow.services.replacing import replace_files
    from campaignflow.services.step_sheet import write_step_sheet

    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(say(N_("--write-sheet writes a workbook: name it FILE.xlsx.")))
    if file.exists():
        raise FileThere(file=file)
    with context.campaign() as campaign:
        content = write_step_sheet(campaign.running(), campaign.status().lines, campaign.now())
    replace_files(file.absolute().parent, {file.name: content}, {})
    told = N_("Written: {file}. Fill it in, then run `campaignflow advance --sheet {file}`.")
    context.answer({"file": str(file)}, say(told, file=file))


def take_sheet(context: Context, file: Path, tell: Telling, *, dry_run: bool) -> None:
    """Takes the steps of a sheet, all or none; exit code 1, and nothing written, when one cannot be taken."""
    from campaignflow.services.step_sheet import NoSteps, SheetRefused

    with context.campaign() as campaign:
        rows, findings = _rows(campaign, file)
        if any(finding.severity == "error" for finding in findings):
            _refused(context, shapes.findings_document(findings, current().gettext), finding_lines(context, findings))
        if not rows:
            raise NoSteps(file=str(file))
        try:
            taken = _taken(campaign, rows, dry_run=dry_run)
            text = tell(campaign, taken)
        except SheetRefused as refused:
            _refused(context, _document(refused), _lines(context, refused))
    document = {"steps": [shapes.step_document(step) for step in taken], "dry_run": dry_run}
    ending = say(N_("No step was taken: --dry-run.")) if dry_run else ""
    context.answer(document, "\n".join(part for part in (text, ending) if part))


def _rows(campaign: Campaign, file: Path) -> tuple[Sequence[StepRow], Sequence[Finding]]:
    from campaignflow.loading.files import read_file
    from campaignflow.loading.xlsx import read_workbook
    from campaignflow.services.step_sheet import rows_of_grids, step_rows

    content = read_file(file)
    cells: list[dict[str, Cell]]
    findings: Sequence[Finding]
    if content.startswith(b"PK") or file.suffix.lower() in (".xlsx", ".xlsm"):
        book = read_workbook(content, file=str(file))
        cells, findings = rows_of_grids(book.grids)
        findings = [*book.findings, *findings]
    else:
        cells, findings = _csv_cells(content, str(file))
    rows, wrong = step_rows(cells, zone=campaign.zone, now=campaign.now())
    return rows, [*findings, *wrong]


def _csv_cells(content: bytes, file: str) -> tuple[list[dict[str, Cell]], Sequence[Finding]]:
    from campaignflow.domain.sheets import Cell
    from campaignflow.loading.csvtext import read_csv
    from campaignflow.services.step_sheet import OPTIONAL, REQUIRED

    table = read_csv(content, file=file, required=REQUIRED, optional=OPTIONAL)

    def cell(row: int, column: str, value: str) -> Cell:
        at = table.at(row, column)
        return Cell(value=value or None, file=file, line=at.line, column=at.column)

    rows = [{name: cell(index, name, value) for name, value in row.items()} for index, row in enumerate(table.rows)]
    return rows, table.findings


def _taken(campaign: Campaign, rows: Sequence[StepRow], *, dry_run: bool) -> Sequence[StepTaken]:
    from campaignflow.services import step_sheet

    def take(desk: Desk, said: Said) -> tuple[StepTaken, ...]:
        taken = step_sheet.take_sheet(desk, said.actor, rows)
        if dry_run:
            raise step_sheet.Rehearsed(taken)
        return taken

    try:
        return campaign.enter(take)
    except step_sheet.Rehearsed as rehearsed:
        return rehearsed.taken


def _document(refused: SheetRefused) -> shapes.Document:
    findings = []
    for cell, error in refused.refusals:
        complaint = complaint_of(error)
        findings.append({
            "severity": "error", "code": complaint.code, "file": cell.file, "line": cell.line, "column": cell.column,
            "message": complaint.message, "cure": complaint.cure,
        })  # fmt: skip
    return {"ok": False, "findings": findings}


def _lines(context: Context, refused: SheetRefused) -> Sequence[str]:
    return [_line(context, cell, error) for cell, error in refused.refusals]


def _line(context: Context, cell: Cell, error: CampaignflowError) -> str:
    complaint = complaint_of(error)
    painted = context.style.paint(label("severity", "error"), "bad")
    return clean(f"{cell.place}: ") + painted + clean(f": {complaint.message} ({complaint.cure})")


def _refused(context: Context, document: shapes.Document, lines: Iterable[str]) -> NoReturn:
    context.answer(document, lambda: "\n".join((*lines, say(N_("No step was taken.")))))
    context.exit(1)
