"""Plain data made into a typed plan; or, where that fails, into the plan that its sound parts make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from campaignflow.domain.findings import Finding, Path
from campaignflow.domain.plan import Plan
from campaignflow.loading.typing_errors import typing_findings


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What came of typing a plan.

    Attributes:
        whole: the plan, if all of it could be typed.
        part: the plan without the entries that could not be typed; None if nothing is left of it.
        findings: why entries could not be typed.
        kept: for each list of the plan from which entries were left out, the indexes of the others.
    """

    whole: Plan | None
    part: Plan | None
    findings: tuple[Finding, ...] = ()
    kept: Mapping[str, list[int]] = field(default_factory=dict)

    def moved_back(self, finding: Finding) -> Finding:
        """A finding about `part` with its path in the data that was typed."""
        section, *rest = finding.path or ("",)
        if section not in self.kept or not rest or not isinstance(rest[0], int):
            return finding
        return replace(finding, path=(section, self.kept[str(section)][rest[0]], *rest[1:]))


def type_plan(data: Mapping[str, Any]) -> Typed:
    """Types a plan. Never raises because of the data.

    Args:
        data: mappings, lists and text; read-only.
    """
    try:
        plan = _plan(data)
    except ValidationError as error:
        findings = tuple(typing_findings(error, Plan, data))
        sound, kept = _without(data, [finding.path for finding in findings])
        return Typed(whole=None, part=_plan_or_none(sound), findings=findings, kept=kept)
    return Typed(whole=plan, part=plan)


def _plan(data: Mapping[str, Any]) -> Plan:
    """The plan; keys are read only as they are written, not by the names that they have in Python."""
    return Plan.model_validate(data, by_alias=True, by_name=False)


def _plan_or_none(data: Mapping[str, Any]) -> Plan | None:
    try:
        return _plan(data)
    except ValidationError:
        return None


def _without(data: Mapping[str, Any], paths: Iterable[Path]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The data without the entries at the beginnings of these paths, and for each list what was kept of it."""
    left = {"agencies": {}, "responsibilities": {}, **data}
    kept: dict[str, list[int]] = {}
    entries = {path[:2] for path in paths}
    for section in {path[0] for path in entries if path and (len(path) == 1 or path[1] == "[key]")}:
        left.pop(str(section), None)
    for section, value in left.items():
        wrong = {path[1] for path in entries if len(path) == 2 and path[0] == section}
        if wrong and isinstance(value, Mapping):
            left[section] = {key: one for key, one in value.items() if key not in wrong}
        elif wrong and isinstance(value, list):
            kept[section] = [index for index in range(len(value)) if index not in wrong]
            left[section] = [value[index] for index in kept[section]]
    return left, kept
