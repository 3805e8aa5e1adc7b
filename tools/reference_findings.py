"""The reference of findings, made from the rules that `check` knows: code, severity, what it says, cure, reason."""

from __future__ import annotations

from collections.abc import Sequence

from campaignflow.domain import (
    agencies,
    deadline_text,
    duty_text,
    lifecycle_text,
    notices,
    plan,
    reports,
    scalars,
    spans,
)
from campaignflow.domain.findings import RULES, Rule
from campaignflow.domain.plan_references import ID_RULES
from campaignflow.domain.plan_rules import PLAN_RULES
from campaignflow.domain.plan_rules_bodies import BODY_RULES
from campaignflow.domain.plan_rules_order import ORDER_RULES
from campaignflow.domain.plan_rules_people import PEOPLE_RULES
from campaignflow.domain.plan_rules_recurrence import RECURRENCE_RULES
from campaignflow.domain.plan_rules_reports import REPORT_RULES
from campaignflow.domain.plan_rules_text import TEXT_RULES
from campaignflow.domain.plan_rules_time import TIME_RULES
from campaignflow.loading import csvtext, files, plans, reading, typing_errors, xlsx, yamltext
from campaignflow.services import plan_import, step_sheet, workbook_read

PAGE = "reference/findings.md"

_OPENING = """\
# Findings

`check` tells everything that is wrong or questionable in a plan in one run, each finding in the form
`file:line:column: severity: message (cure)`. An *error* keeps the plan from being applied; a *warning* does not, unless
`check --strict` is asked for. With `--json` a finding is

```json
{{"severity": "error", "code": "unknown-agency", "file": "plan.yaml", "line": 12, "column": 15,
 "message": "…", "cure": "…"}}
```

Words in `{{braces}}` are filled in; a cure begins with "Did you mean '…'?" where something was nearly right. Messages
come in Vietnamese and English; compare the code, which never changes its meaning.

There are {count} of them: {errors} errors, {warnings} warnings. At most {limit} are told in one run.
"""

_VALUES: Sequence[Rule] = tuple(
    rule
    for module in (scalars, spans, plan, agencies, duty_text, notices, reports, deadline_text)
    for rule in module.RULES
)

_SECTIONS: tuple[tuple[str, Sequence[Rule]], ...] = (
    ("Files", (*files.FILE_RULES, *plans.PLAN_FILE_RULES, *reading.TEXT_RULES)),
    ("YAML", yamltext.YAML_RULES),
    ("Tables (CSV)", csvtext.CSV_RULES),
    ("Keys and structure", typing_errors.TYPING_RULES),
    ("Values", _VALUES),
    ("The plan as a whole", PLAN_RULES),
    ("Ids", ID_RULES),
    ("The plan's text", TEXT_RULES),
    ("Agencies, groups and contacts", PEOPLE_RULES),
    ("Bodies, successors and states that go", BODY_RULES),
    ("Days and deadlines", TIME_RULES),
    ("What recurs, goes on or waits to be opened", RECURRENCE_RULES),
    ("What comes after what", ORDER_RULES),
    ("Reports and forms", REPORT_RULES),
    ("Lifecycles", lifecycle_text.RULES),
    ("Workbooks", (*xlsx.XLSX_RULES, *workbook_read.WORKBOOK_RULES, *plan_import.IMPORT_RULES)),
    ("Sheets of steps", step_sheet.STEP_RULES),
)


def render() -> str:
    """The page, in Markdown.

    Raises:
        ValueError: a rule is registered that no section of the page has.
    """
    shown = [rule for _, rules in _SECTIONS for rule in rules]
    if missing := RULES.keys() - {rule.code for rule in shown}:
        raise ValueError(f"no section of the reference has: {', '.join(sorted(missing))}")
    errors = sum(rule.severity == "error" for rule in shown)
    opening = _OPENING.format(
        count=len(shown), errors=errors, warnings=len(shown) - errors, limit=reading.DEFAULT.findings
    )
    return "\n".join([opening, *(line for name, rules in _SECTIONS for line in _section(name, rules))])


def _section(name: str, rules: Sequence[Rule]) -> list[str]:
    lines = [f"## {name}", ""]
    for rule in rules:
        cure = rule.cure.replace("{{", "{").replace("}}", "}")
        lines += [f"### `{rule.code}`", "", f"> {rule.severity}: {_plain(rule.message)}", "", _plain(cure), ""]
        lines += [f"*Why:* {_plain(rule.why)}", ""]
    return lines


def _plain(sentence: str) -> str:
    """A sentence in which Markdown sees nothing of its own but `code`."""
    pieces = sentence.split("`")
    for index in range(0, len(pieces), 2):
        for mark in "\\*_<>[]":
            pieces[index] = pieces[index].replace(mark, f"\\{mark}")
    return "`".join(pieces)
