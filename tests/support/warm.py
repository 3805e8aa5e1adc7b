"""Imported once by the server that children are forked from: all modules, and both plans, read."""

from __future__ import annotations

from campaignflow.services import apply, entries, status, steps, tick, verify
from tests.support import children
from tests.support.plans import plan_2020, workshop

PLANS = (plan_2020(), workshop())
MODULES = (apply, entries, status, steps, tick, verify, children)
