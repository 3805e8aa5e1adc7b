"""The published JSON Schema: it is what the models say, and what an editor needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from campaignflow.loading.schema import plan_schema, published_text, schema_text
from tests.support.small_plan import small

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020" / "plan.yaml"
SCHEMA = plan_schema()


class EditorYaml(yaml.SafeLoader):
    """YAML as editors read it: typed by the core schema of YAML 1.2, where dates are text."""


EditorYaml.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    EditorYaml.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


def wrong(data: Any) -> list[str]:
    """Where the schema refuses the data."""
    errors = Draft202012Validator(SCHEMA).iter_errors(data)
    return sorted(".".join(map(str, error.absolute_path)) for error in errors)


def read(text: str) -> Any:
    return yaml.load(text, Loader=EditorYaml)


def test_the_published_schema_is_what_the_models_say():
    """If it is not: `python tools/write_schema.py`, and review the difference."""
    assert published_text() == schema_text()


def test_the_schema_is_a_schema_with_a_name_that_is_no_address():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:campaignflow:plan:1"
    assert not re.findall(r'"\$ref": "(?!#)', published_text())


def test_the_plan_of_2020_is_accepted_as_an_editor_reads_it():
    assert wrong(read(EXAMPLE.read_text("utf-8"))) == []


def test_numbers_and_truth_values_are_accepted_where_text_may_look_like_them():
    text = """
    campaignflow: 1
    plan: {id: 2020, title: 2020, issuer: a, coordinator: a, number: 12}
    agencies: {a: {name: true, xa: 22, external: false}}
    responsibilities: {r: {clause: 1.1, title: 1, assigned_to: a, due: {completed: {during: 2015}}}}
    """
    assert wrong(read(text)) == []


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (("plan.tittle", "x"), "plan"),
        (("plan.date", "1/10/2026"), "plan.date"),
        (("agencies.so.external", "yes"), "agencies.so.external"),
        (("agencies.So", {"name": "Sở"}), "agencies"),
        (("responsibilities.to-chuc.role", "leads"), "responsibilities.to-chuc.role"),
        (("responsibilities.to-chuc.due.opening", {"by": "2026-11-02", "on": "2026-11-02"}),
         "responsibilities.to-chuc.due.opening"),
        (("campaignflow", 2), "campaignflow"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_a_plan_is_shown_where_it_stands(edit: tuple[str, Any], place: str):
    assert place in wrong(small(edit))


def test_a_short_way_of_writing_is_accepted_beside_the_long_one():
    for partner in ("so", ["so"], {"agency": "so"}, [{"agency": "so", "completes": "own"}, "tinh"]):
        assert wrong(_typed(small(("responsibilities.to-chuc.with", partner)))) == []


def _typed(data: Any) -> Any:
    """The small plan keeps its numbers as text; an editor would see them as numbers."""
    if isinstance(data, dict):
        return {key: _typed(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_typed(value) for value in data]
    return int(data) if isinstance(data, str) and re.fullmatch("-?[0-9]+", data) else data


def test_every_key_is_described():
    silent = [place for place, node in _properties(SCHEMA, "") if not {"description", "$ref"} & node.keys()]
    silent += [name for name, node in SCHEMA["$defs"].items() if "description" not in node]
    assert silent == []


def _properties(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, inner in node.get("$defs", {}).items():
            yield from _properties(inner, name)
        for name, inner in node.get("properties", {}).items():
            yield f"{place}.{name}", inner
