"""campaignflow turns the plan of a public campaign into running software.

    from campaignflow import Campaign, load_plan

`Campaign` is one campaign, opened by its plan or its database; `load_plan` reads and checks a plan's text; `Document`
is the paper that comes with a step. They are imported when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaignflow._version import __version__

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign
    from campaignflow.errors import CampaignflowError
    from campaignflow.loading.plans import load_plan
    from campaignflow.services.documents import Document

_HOMES = {
    "Campaign": "campaignflow.campaign",
    "CampaignflowError": "campaignflow.errors",
    "Document": "campaignflow.services.documents",
    "load_plan": "campaignflow.loading.plans",
}

__all__ = ["Campaign", "CampaignflowError", "Document", "__version__", "load_plan"]


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, also those not imported yet."""
    return sorted(__all__)
