"""The JSON Schema of `plan.yaml`, published so that editors complete and check while somebody writes.

It is made from the models, so it says what they say; a copy lies in the package (`schema/plan.schema.json`). Editors
type scalars by YAML 1.2, where our reader keeps all of them as text: so a number or a truth value is let through
wherever text may stand. What parts of a plan must say to one another only `check` knows.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Final

from campaignflow.domain.plan import SCHEMA_VERSION, Plan

SCHEMA_ID: Final = f"urn:campaignflow:plan:{SCHEMA_VERSION}"
"""The name of the schema. It is no address: nothing is fetched to check a plan."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def plan_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    made = _written(Plan.model_json_schema(by_alias=True))
    properties = made["properties"]
    properties["campaignflow"] |= {"const": SCHEMA_VERSION}
    head = {"$schema": _DIALECT, "$id": SCHEMA_ID, "title": "A campaign plan of campaignflow (plan.yaml)"}
    return head | {name: value for name, value in made.items() if name not in head}


def schema_text() -> str:
    """The schema as the text that is published."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"


def published_text() -> str:
    """The schema as it lies in the package."""
    return resources.files("campaignflow").joinpath("schema", "plan.schema.json").read_text(encoding="utf-8")


def _written(node: Any, *, names: bool = False) -> Any:
    """The schema without what only concerns Python: made-up titles, null values, defaults of nothing.

    Args:
        node: a part of the schema.
        names: whether its keys are names of properties or definitions rather than words of JSON Schema.
    """
    if isinstance(node, list):
        return [_written(one) for one in node if one != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    if names:
        return {name: _written(value) for name, value in node.items()}
    kept = {
        word: _written(value, names=word in ("properties", "patternProperties", "$defs"))
        for word, value in node.items()
        if word != "title" and not (word == "default" and value in (None, [], {}))
    }
    if "patternProperties" in kept:
        kept.setdefault("additionalProperties", False)
    return _flattened(kept)


def _flattened(node: dict[str, Any]) -> dict[str, Any]:
    """Alternatives of one merged into what they stand in, and alternatives of alternatives into one list."""
    branches: list[Any] = []
    for branch in node.get("anyOf", ()):
        inner = branch["anyOf"] if isinstance(branch, dict) and branch.keys() == {"anyOf"} else [branch]
        branches += (one for one in inner if one not in branches)
    if len(branches) == 1 and isinstance(branches[0], dict):
        return branches[0] | {word: value for word, value in node.items() if word != "anyOf"}
    return node | {"anyOf": branches} if branches else node
