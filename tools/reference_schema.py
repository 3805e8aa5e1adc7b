"""The reference of the plan's schema, made from the models that type a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from campaignflow.domain.plan import Plan
from campaignflow.domain.scalars import ClauseId, Line, PlanDate, PlanId, Text, TimeOfDay
from tools.reference_schema_words import ANYWHERE, HERE, PLACES, RARE, TYPES

PAGE = "reference/schema.md"

_OPENING = """\
# The schema of a plan

A plan is `plan.yaml`, with `roster.csv` and `contacts.csv` beside it where they are wanted. Every value is text until
this schema types it: `on:` is a key, `0205` keeps its zero, `18:00` is a time. A key that is not listed here is an
error, with the nearest one that exists.

The same schema is published as JSON Schema (`campaignflow/schema/plan.schema.json` in the package), so that an editor
completes and checks while you write. How a plan is begun is told in [](../how-to/write-a-plan.md).

**Bold** keys are required. Where a list is expected, one value alone is enough.

| written | means |
| --- | --- |
| id | 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, beginning and ending with a letter or digit |
| clause | the id of a clause, as the document counts: `III.1-2`, `B.IV.1.đ` |
| date | `2020-10-25`, of the years 1900 to 2200 |
| day or span | a date, `2013-12`, `2013-Q4`, `2013-H2` or `2013`; its first day where something begins, else its last |
| period | a month `2014-09`, quarter `2014-Q3`, half-year `2015-H1` or year `2015`; it ends the keys of what recurs |
| line, text | text of one line (at most 1,000 characters), of several (20,000) |
| whole number | at most 15 digits |

## The plan's top level
"""

_CSV = """\
## `roster.csv`

A table in UTF-8 with a header. `id` and `name` are required; the other columns are keys of an agency, and numbers that
the plan names elsewhere (`communes`, where a form has `warn_above: communes`). An agency may stand in `plan.yaml` or in
a roster, not in both.

## `contacts.csv`

The register of contacts starts from it: `id,agency,role,name,email,phone,from,until`. Roles are `clerk`, `head`,
`registry` and `superior`; both dates are included. It is read when the plan is applied. Later changes are made with
`contacts add`, `contacts end` and `contacts import`, and are no revision of the plan.
"""

_RARE = """\
## Where the rare keys come from

A plan of one page needs a dozen keys. Each of the others was asked for by a clause of a real document: the provincial
plan of 2020 (the example), a city's decision of 2014, a national plan of 2013.

| key | asked for by | why |
| --- | --- | --- |
"""


def render() -> str:
    """The page, in Markdown."""
    schema = Plan.model_json_schema(by_alias=True)
    models = schema["$defs"]
    parts = [_OPENING, _table("Plan", schema)]
    for name, place in PLACES.items():
        parts += _model(name, models[name], place)
    missing = sorted(set(models) - set(PLACES))
    if missing:
        raise LookupError(f"no place on the page for {', '.join(missing)}")
    rare = "\n".join(f"| {key} | {source} | {why} |" for key, source, why in RARE)
    return "\n".join([*parts, _CSV, _RARE + rare + "\n"])


def _model(name: str, model: Mapping[str, Any], place: str) -> Iterator[str]:
    yield f"({_anchor(name)})=\n### {place}\n"
    yield " ".join(str(model.get("description", "")).split()) + "\n"
    yield _table(name, model)


def _table(name: str, model: Mapping[str, Any]) -> str:
    """The keys of a model: bold if required, with type, default and meaning."""
    required = model.get("required", ())
    rows = ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    for key, spec in model.get("properties", {}).items():
        shown = f"**`{key}`**" if key in required else f"`{key}`"
        kind = TYPES.get(f"{name}.{key}") or _type(spec)
        rows.append(f"| {shown} | {kind} | {_default(spec, key in required)} | {_meaning(name, key, spec)} |")
    others = model.get("additionalProperties")
    if isinstance(others, Mapping) and name != "Plan":
        rows.append(f"| *any other* | {_type(others)} | | Numbers of its own. |")
    return "\n".join(rows) + "\n"


def _meaning(model: str, key: str, spec: Mapping[str, Any]) -> str:
    said = spec.get("description") or HERE.get(f"{model}.{key}") or ANYWHERE.get(key)
    if not said:
        raise LookupError(f"nothing says what {model}.{key} means")
    return " ".join(str(said).split()).replace("|", r"\|")


def _default(spec: Mapping[str, Any], required: bool) -> str:
    value = spec.get("default")
    if required or value in (None, [], {}, ()):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "" if value == [0, 1, 2, 3, 4] else ", ".join(str(one) for one in value)
    return "" if isinstance(value, Mapping) else f"`{value}`"


def _anchor(name: str) -> str:
    return f"schema-{name.lower()}"


_KNOWN: dict[str, Any] = {"id": PlanId, "clause": ClauseId, "date": PlanDate, "line": Line, "text": Text}
_KNOWN["time of day"] = TimeOfDay
_NAMES = {
    str(sorted(TypeAdapter(kind).json_schema().items(), key=lambda item: item[0])): name
    for name, kind in _KNOWN.items()
}
_DROPPED = ("title", "default", "description")


def _type(spec: Mapping[str, Any]) -> str:
    """What may be written, in a few words."""
    if "$ref" in spec:
        name = str(spec["$ref"]).rpartition("/")[2]
        return f"[{PLACES[name].split(',')[0]}](#{_anchor(name)})"
    if "anyOf" in spec:
        return _any(spec["anyOf"])
    bare = {key: value for key, value in spec.items() if key not in _DROPPED}
    known = _NAMES.get(str(sorted(bare.items(), key=lambda item: item[0])))
    return known or _plain(spec)


def _any(options: list[Mapping[str, Any]]) -> str:
    """One of several; a list beside its own items is just a list."""
    kept = [one for one in options if one.get("type") != "null"]
    arrays = [one for one in kept if one.get("type") == "array"]
    words = [_type(one) for one in kept if not any(one == array["items"] for array in arrays)]
    return " or ".join(dict.fromkeys(words))


def _plain(spec: Mapping[str, Any]) -> str:
    if "enum" in spec or "const" in spec:
        return ", ".join(f"`{one}`" for one in spec.get("enum", [spec.get("const")]))
    kind = spec.get("type")
    if kind == "array":
        return f"list of {_type(spec['items'])}" if "items" in spec else "list"
    if kind == "object":
        return _mapping(spec)
    if kind == "boolean":
        return "`true`, `false`"
    if kind == "integer":
        low = spec.get("minimum")
        return f"whole number from {low}" if isinstance(low, int) and abs(low) < 10_000 else "whole number"
    return f"text like `{_readable(spec['pattern'])}`" if "pattern" in spec else "text"


def _readable(pattern: str) -> str:
    return re.sub(r"[\^$]", "", pattern).replace("|", r"\|")


def _mapping(spec: Mapping[str, Any]) -> str:
    inner = spec.get("additionalProperties")
    if "patternProperties" in spec:
        inner = next(iter(spec["patternProperties"].values()))
    if isinstance(inner, Mapping):
        return f"by id: {_type(inner)}"
    properties = spec.get("properties")
    return "`{" + ", ".join(properties) + "}`" if properties else "mapping"
