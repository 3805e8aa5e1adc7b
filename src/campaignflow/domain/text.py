"""The base of every model that types a part of the plan's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict


class PlanText(BaseModel):
    """A part of the plan as somebody wrote it: frozen, and with no key that the schema does not know.

    A key that nobody knows is refused rather than ignored: in a plan that is reviewed and signed, a word that does
    nothing is worse than an error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)


def short_form(key: str) -> Any:
    """A validator that lets one word stand for a mapping: `so-gddt` for `{agency: so-gddt}`.

    The long form stays the only one that the rest of the program sees.
    """

    def expand(value: Any) -> Any:
        return value if isinstance(value, Mapping) else {key: value}

    return expand
