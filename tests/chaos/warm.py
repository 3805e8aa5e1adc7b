"""Imports everything that writers need, and reads their plans, before the first of them is forked."""

from __future__ import annotations

import importlib
import pkgutil

import campaignflow.services
import campaignflow.store
from tests.chaos.deeds import plans
from tests.chaos.draws import PLANS


def up() -> None:
    """Does so; costs a second."""
    for package in (campaignflow.services, campaignflow.store):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    for name in PLANS:
        plans(name)
