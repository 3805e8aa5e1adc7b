"""A register of contacts from a file, read and checked against a plan that runs."""

from __future__ import annotations

from pathlib import Path

from campaignflow.domain.agencies import Contact
from campaignflow.domain.findings import Finding
from campaignflow.domain.plan import Plan
from campaignflow.domain.plan_facts import Facts
from campaignflow.domain.plan_rules_people import contacts_of_agencies
from campaignflow.domain.workdays import WorkCalendar
from campaignflow.loading.files import read_file
from campaignflow.loading.rosters import Register


def read_contacts(path: Path, plan: Plan) -> tuple[tuple[Contact, ...], tuple[Finding, ...]]:
    """The contacts of a CSV file that could be typed, and everything that is wrong with it, placed.

    Raises:
        OSError: the file is not there, or not to be read.
    """
    register = Register(read_file(path), str(path))
    plain = {"agencies": plan.agencies}
    facts = Facts(plan=plan, calendar=WorkCalendar.weekdays(), tables={}, contacts=register.contacts, plain=plain)
    broken = (register.located(finding) or finding for finding in contacts_of_agencies(facts))
    findings = [*register.findings, *broken]
    return register.contacts, tuple(sorted(findings, key=lambda one: (one.line or 0, one.column or 0)))
