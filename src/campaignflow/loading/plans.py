"""From a plan's files to a typed plan, with everything that is wrong found in one run.

>>> reading = read_plan("plan.yaml")  # doctest: +SKIP
>>> for finding in reading.findings:  # doctest: +SKIP
...     print(finding)
plan.yaml:12:15: error: There is no agency 'so-gdt'. (Did you mean 'so-gddt'? …)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from campaignflow.domain.agencies import Contact
from campaignflow.domain.collecting import collector_paused
from campaignflow.domain.findings import Finding, Rule, Severity, register
from campaignflow.domain.lifecycle import Table
from campaignflow.domain.lifecycle_compile import BrokenLifecycle, compile_lifecycle
from campaignflow.domain.lifecycle_text import LifecycleText
from campaignflow.domain.plan import SCHEMA_VERSION, Plan
from campaignflow.domain.plan_days import years_of
from campaignflow.domain.plan_references import unknown_ids
from campaignflow.domain.plan_rules import check_plan, wrong_version
from campaignflow.domain.workdays import NoWorkingDay, WorkCalendar
from campaignflow.lifecycles import SHIPPED, shipped_text
from campaignflow.loading.errors import PlanRefused, PlanUnreadable
from campaignflow.loading.files import Refusal, read_beside, read_file, reason
from campaignflow.loading.holidays import UnknownCountry, build_calendar
from campaignflow.loading.positions import Mapping as Located
from campaignflow.loading.positions import locate
from campaignflow.loading.reading import DEFAULT, Report, decode
from campaignflow.loading.rosters import Register, Roster
from campaignflow.loading.typed import Typed, type_plan
from campaignflow.loading.units import Units
from campaignflow.loading.yamltext import parse_yaml

PLAN_FILE_RULES: Final = register(
    Rule(
        "unknown-country",
        "No public holidays are known for the country '{country}'.",
        "Write another country's code, such as VN, or `none`.",
        why="Working days are counted by the country's public holidays.",
    ),
    Rule(
        "no-working-day",
        "No day of the week is a working day.",
        "Name at least one, such as [mon, tue, wed, thu, fri].",
        why="Nothing could ever be counted in working days.",
    ),
    Rule(
        "source-missing",
        "The document as issued, '{name}', is not beside the plan: its text was not compared.",
        "Put the file beside the plan, or take `source` out.",
        why="Only the document itself can show that no sentence of it was lost.",
        severity=Severity.warning,
    ),
)

_NEEDS_EVERY_AGENCY: Final = frozenset(
    {"unknown-agency", "unknown-agency-or-group", "unknown-body-or-agency", "unknown-kind"}
)
_MOST_OF_A_CHECK: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came of reading a plan's files.

    Attributes:
        plan: the plan; None if it could not be typed. It is there also when rules are broken: see `ok`.
        findings: everything that is wrong or questionable, in the order of the files and their lines.
        calendar: the plan's working days, if there is a plan.
        tables: the compiled lifecycles by name, shipped ones and the plan's own.
        contacts: the contacts of the register that could be typed.
        files: the files that were read, as they were named.
    """

    plan: Plan | None = None
    findings: tuple[Finding, ...] = ()
    calendar: WorkCalendar | None = None
    tables: Mapping[str, Table]
    contacts: tuple[Contact, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the plan from being used."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that do not."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.warning)

    @property
    def ok(self) -> bool:
        """Whether the plan can be used."""
        return self.plan is not None and not self.errors


@dataclass(frozen=True, kw_only=True)
class LoadedPlan:
    """A plan without errors, with all that applying it needs.

    Attributes:
        plan: the plan.
        calendar: its working days.
        tables: the compiled lifecycles by name, shipped ones and the plan's own.
        contacts: the register of contacts that it names; empty if it names none.
        findings: warnings.
        files: the files that were read, as they were named.
    """

    plan: Plan
    calendar: WorkCalendar
    tables: Mapping[str, Table]
    contacts: tuple[Contact, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()


def load_plan(path: Path | str) -> LoadedPlan:
    """Reads and checks a plan that is to be used.

    Args:
        path: its `plan.yaml`; the files it names are looked for beside it.

    Raises:
        PlanUnreadable: there is no such file, or it may not be read.
        PlanRefused: the plan has errors; `findings` has all of them.
    """
    reading = read_plan(path)
    if reading.plan is None or reading.calendar is None or reading.errors:
        raise PlanRefused(str(path), reading.findings)
    return LoadedPlan(
        plan=reading.plan,
        calendar=reading.calendar,
        tables=reading.tables,
        contacts=reading.contacts,
        findings=reading.findings,
        files=reading.files,
    )


def read_plan(path: Path | str) -> Reading:
    """Reads a plan, its rosters, its register of contacts and its source, and checks all of it.

    A text that cannot be typed as a whole is checked as far as its sound parts go: the schema's refusals, unknown ids,
    and the rules that need no more than these parts.

    Args:
        path: its `plan.yaml`; the files it names are looked for beside it.

    Raises:
        PlanUnreadable: there is no such file, or it may not be read. Whatever its content is, nothing else is raised.
    """
    try:
        content = read_file(Path(path))
    except OSError as error:
        raise PlanUnreadable(file=str(path), reason=reason(error)) from None
    with collector_paused():
        return _Reader(Path(path), str(path)).read(content)


@cache
def shipped_tables() -> Mapping[str, Table]:
    """The shipped lifecycles, compiled, by name."""
    return {name: compile_lifecycle(name, _shipped(name)) for name in SHIPPED}


def _shipped(name: str) -> LifecycleText:
    return LifecycleText.model_validate(parse_yaml(shipped_text(name), file=f"{name}.yaml").data)


class _Reader:
    """Reads one plan; keeps what was found and where everything stands."""

    def __init__(self, path: Path, file: str) -> None:
        self.folder, self.file = path.parent, file
        self.files = [file]
        self.findings: list[Finding] = []
        self.data = Located()
        self.roster = Roster({})
        self.register: Register | None = None

    def read(self, content: bytes) -> Reading:
        """Everything, from the content of `plan.yaml`."""
        parsed = parse_yaml(content, file=self.file)
        self.findings += parsed.findings
        version = parsed.data.get("campaignflow") if parsed.data else None
        if isinstance(version, str) and version.isdecimal() and version != str(SCHEMA_VERSION):
            self.data = parsed.data or self.data
            self.findings.append(wrong_version(version))
        elif parsed.data is not None:
            self.data = parsed.data
            return self._read_all(sure=parsed.ok)
        return self._reading(None, None, shipped_tables())

    def _read_all(self, *, sure: bool) -> Reading:
        data = self._with_rosters()
        self._read_contacts()
        source = self._source()
        typed = self._typed(data)
        self.findings += typed.findings
        if typed.part is None:
            self.findings += islice(unknown_ids(data, SHIPPED), _MOST_OF_A_CHECK) if sure else ()
            return self._reading(None, None, shipped_tables())
        calendar, tables = self._calendar(typed.part), _tables(typed.part)
        self._check(typed, data, calendar, tables, source, sure=sure)
        return self._reading(typed.whole if sure else None, calendar, tables)

    def _typed(self, data: Mapping[str, Any]) -> Typed:
        """The plan typed: its rosters all at once where they are sound, else row by row with everything else."""
        units = data.get("agencies")
        if not isinstance(units, Units):
            return type_plan(data)
        if agencies := units.typed():
            typed = type_plan({**data, "agencies": units.written})
            if typed.whole is not None:
                whole = typed.whole.model_copy(update={"agencies": {**typed.whole.agencies, **agencies}})
                return Typed(whole=whole, part=whole)
        return type_plan({**data, "agencies": dict(units)})

    def _check(
        self,
        typed: Typed,
        data: Mapping[str, Any],
        calendar: WorkCalendar,
        tables: Mapping[str, Table],
        source: str | None,
        *,
        sure: bool,
    ) -> None:
        """Runs the rules on the plan, or on its sound part."""
        assert typed.part is not None
        contacts = self.register.contacts if self.register else None
        part = not sure or typed.whole is None
        found = check_plan(typed.part, calendar, tables, source, contacts, plain=data, part=part)
        some = islice(filter(self._sure, found), _MOST_OF_A_CHECK)
        self.findings += map(typed.moved_back, some)
        if part and sure:
            ids = unknown_ids(data, {*SHIPPED, *tables})
            self.findings += islice(filter(self._sure, ids), _MOST_OF_A_CHECK)

    def _sure(self, finding: Finding) -> bool:
        """Whether a finding would not go away if every row of the rosters and the register had been read."""
        if finding.code in _NEEDS_EVERY_AGENCY:
            return self.roster.complete
        return finding.code != "contact-missing" or (self.register is not None and self.register.complete)

    # --- the files beside the plan

    def _with_rosters(self) -> dict[str, Any]:
        """The plan's data with the rows of its rosters among the agencies."""
        self.roster = Roster(self.data)
        for path, name in _files_named(self.data, "rosters"):
            content = self._beside(name, path)
            if content is None:
                self.roster.complete = False
            else:
                self.roster.add(content, self._named(name))
        self.findings += self.roster.findings
        if "agencies" not in self.data or isinstance(self.data["agencies"], Mapping):
            return {**self.data, "agencies": self.roster.agencies}
        return dict(self.data)

    def _read_contacts(self) -> None:
        for path, name in _files_named(self.data, "contacts"):
            content = self._beside(name, path)
            if content is not None:
                self.register = Register(content, self._named(name))
                self.findings += self.register.findings

    def _source(self) -> str | None:
        """The plan's text as issued, if it is at hand."""
        header = self.data.get("plan")
        for path, name in _files_named(header, "source") if isinstance(header, Mapping) else ():
            place = ("plan", *path)
            content = self._beside(name, place, missing="source-missing")
            if content is not None:
                return self._decoded(content, self._named(name))
        return None

    def _decoded(self, content: bytes, file: str) -> str | None:
        report, text = Report(file, DEFAULT), None
        with report.collecting():
            text = decode(content, report)
        self.findings += report.findings
        return text

    def _beside(self, name: str, path: tuple[str | int, ...], missing: str = "file-missing") -> bytes | None:
        """The content of a file that the plan names; None, and a finding, if it is not to be had."""
        try:
            content = read_beside(self.folder, name)
        except Refusal as refused:
            code = missing if refused.code == "file-missing" else refused.code
            self.findings.append(Finding.of(code, path=path, **refused.data))
            return None
        self.files.append(self._named(name))
        return content

    def _named(self, name: str) -> str:
        """A file beside the plan, named as the user named the plan."""
        return str(Path(self.file).parent / name)

    # --- what belongs to a plan

    def _calendar(self, plan: Plan) -> WorkCalendar:
        """The plan's calendar; one of weekdays where it has none that can be used."""
        text = plan.calendar
        years = years_of(plan)
        if years is None:
            return WorkCalendar.weekdays()
        try:
            return build_calendar(
                country=text.holidays, working_days=text.working_days, years=years, add=text.add,
                remove=text.remove, working=text.working,
            )  # fmt: skip
        except UnknownCountry:
            self.findings.append(Finding.of("unknown-country", path=("calendar", "holidays"), country=text.holidays))
        except NoWorkingDay:
            self.findings.append(Finding.of("no-working-day", path=("calendar", "working_days")))
        return WorkCalendar.weekdays()

    # --- the end

    def _reading(self, plan: Plan | None, calendar: WorkCalendar | None, tables: Mapping[str, Table]) -> Reading:
        return Reading(
            plan=plan,
            findings=self._ordered(),
            calendar=calendar if plan else None,
            tables=tables,
            contacts=self.register.contacts if self.register else (),
            files=tuple(self.files),
        )

    def _ordered(self) -> tuple[Finding, ...]:
        """The findings with their places, each once, in the order of the files; errors first to be kept if too many."""
        located = dict.fromkeys(map(self._located, self.findings))
        by_weight = sorted(located, key=lambda finding: finding.severity is not Severity.error)
        kept = by_weight[: DEFAULT.findings]
        order = {name: index for index, name in enumerate(self.files)}
        kept.sort(key=lambda one: (order.get(one.file, len(order)), one.line or 0, one.column or 0))
        if len(by_weight) > len(kept):
            kept.append(Finding.of("too-many-findings", limit=DEFAULT.findings).located(self.file, 1, 1))
        return tuple(kept)

    def _located(self, finding: Finding) -> Finding:
        if finding.file:
            return finding
        elsewhere = self.roster.located(finding) or (self.register.located(finding) if self.register else None)
        return elsewhere or finding.located(self.file, *locate(self.data, finding.path))


def _tables(plan: Plan) -> dict[str, Table]:
    """The shipped lifecycles and those of the plan that can be compiled."""
    tables = dict(shipped_tables())
    for name, text in plan.lifecycles.items():
        try:
            tables[name] = compile_lifecycle(name, text)
        except BrokenLifecycle:
            tables.pop(name, None)
    return tables


def _files_named(data: Mapping[str, Any], key: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The names of files under a key, which may be one or many, a mapping or a plain name."""
    value = data.get(key)
    entries = enumerate(value) if isinstance(value, list) else [(None, value)]
    for index, entry in entries:
        path: tuple[str | int, ...] = (key,) if index is None else (key, index)
        name = entry.get("file") if isinstance(entry, Mapping) else entry
        if isinstance(name, str) and name:
            yield (*path, "file"), name
