"""What pydantic has against a text, in our own words: findings with stable codes, cures and guesses.

Our own types refuse with the code of a registered rule, which is passed on. Of pydantic's own kinds only those occur
that the models can give; each becomes a rule of this module, and none of pydantic's wording is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from campaignflow.domain.agencies import Agency
from campaignflow.domain.findings import RULES, Finding, Path, Rule, did_you_mean, register

TYPING_RULES: Final = register(
    Rule(
        "unknown-key",
        "There is no key '{key}' here.",
        "Correct or remove it; known here: {known}.",
        why="A key that nobody reads is a sentence of the plan that does nothing.",
    ),
    Rule(
        "missing-key",
        "The key '{key}' is missing here.",
        "Add `{key}:`.",
        why="Without it the plan cannot be carried out.",
    ),
    Rule(
        "mapping-expected",
        "Keys with values belong here.",
        "Write `key: value` lines, indented, or {{key: value}}; or leave the key before out.",
        why="Everything here is found by its key.",
    ),
    Rule(
        "list-expected",
        "A list belongs here.",
        "Write the entries with dashes, or in brackets: [first, second].",
        why="There may be several of these, and their order counts.",
    ),
    Rule(
        "unknown-word",
        "'{value}' is not one of the words that may stand here.",
        "Use one of: {known}.",
        why="Each of these words makes the program do something of its own.",
    ),
    Rule(
        "too-few-entries",
        "There are fewer than {limit} entries here.",
        "Add what is missing, or leave the key out.",
        why="An empty list says nothing, and is nearly always forgotten.",
    ),
    Rule(
        "too-many-entries",
        "There are more than {limit} entries here.",
        "Split it.",
        why="Nobody could review it.",
    ),
    Rule(
        "bad-value",
        "This value cannot stand here.",
        "Compare it with the reference of the schema.",
        why="The schema knows no such value.",
    ),
)

_STRUCTURE: Final = {
    "model_type": "mapping-expected",
    "model_attributes_type": "mapping-expected",
    "dict_type": "mapping-expected",
    "mapping_type": "mapping-expected",
    "tuple_type": "list-expected",
    "list_type": "list-expected",
}


def typing_findings(error: ValidationError, model: Any, data: Any) -> list[Finding]:
    """The findings of a refusal, in pydantic's order, each with its path in the data.

    Where a value may be one of several things and is none of them, one finding says so.

    Args:
        error: what pydantic raised.
        model: what the data was validated as: a model, or a type built of models.
        data: the data that was validated.
    """
    found: dict[Path, Finding] = {}
    for details in error.errors(include_url=False, include_input=False):
        path, key = _path(details["loc"], data), details["loc"][-1:] == ("[key]",)
        place = (*path, "[key]") if key else path
        finding = _finding(details, path, model, data)
        known = found.get(place)
        if known is None or _weight(finding) > _weight(known):
            found[place] = finding if not key else Finding.of(finding.code, path=place, **finding.data)
    return list(found.values())


def _weight(finding: Finding) -> int:
    """Of several findings at one place, which is told: ours before pydantic's, those of structure last."""
    return {"bad-value": 0, "mapping-expected": 1, "list-expected": 1, "not-text": 1, "unknown-word": 2}.get(
        finding.code, 3
    )


def _path(loc: tuple[int | str, ...], data: Any) -> Path:
    """A location without the steps that pydantic adds for the branches of a union; its last step may be missing."""
    path: list[int | str] = []
    node = data
    for step in loc:
        inside = _entry(node, step)
        if inside is not None:
            node = inside
            path.append(step)
    return tuple(path)


def _entry(node: Any, step: int | str) -> Any:
    """An entry of plain data; None if there is none."""
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def _finding(details: ErrorDetails, path: Path, model: Any, data: Any) -> Finding:
    kind, context = details["type"], dict(details.get("ctx", {}))
    if kind == "extra_forbidden":
        return _unknown_key(path, model, data)
    if kind == "bad-number" and _is_slip(path):
        return _unknown_key(path, Agency, data)
    if kind == "literal_error":
        return _unknown_word(path, context, data)
    if kind in RULES and RULES[kind].fields <= context.keys():
        return Finding.of(kind, path=path, **context)
    return _of_structure(kind, str(details["loc"][-1]) if details["loc"] else "", context, path)


def _of_structure(kind: str, last: str, context: Mapping[str, Any], path: Path) -> Finding:
    if kind == "missing":
        return Finding.of("missing-key", path=path, key=last)
    if kind == "too_short":
        return Finding.of("too-few-entries", path=path, limit=context["min_length"])
    if kind == "too_long":
        return Finding.of("too-many-entries", path=path, limit=context["max_length"])
    return Finding.of(_STRUCTURE.get(kind, "bad-value"), path=path)


def _is_slip(path: Path) -> bool:
    """Whether the path is that of a key that an agency does not have: an agency's own numbers are numbers."""
    return len(path) == 3 and path[0] == "agencies" and path[2] not in keys_of(Agency)


def _unknown_key(path: Path, model: Any, data: Any) -> Finding:
    owner = model if model is Agency else _model_at(model, path[:-1], data)
    known, key = keys_of(owner) if owner else [], str(path[-1])
    free = [name for name in known if name not in _at(data, path[:-1])]
    guess = did_you_mean(key, free)
    return Finding.of("unknown-key", path=(*path, "[key]"), key=key, known=known, guess=guess)


def _unknown_word(path: Path, context: Mapping[str, Any], data: Any) -> Finding:
    value = _at(data, path)
    known = _words(str(context.get("expected", "")))
    if not isinstance(value, str):
        return Finding.of("not-text", path=path)
    return Finding.of("unknown-word", path=path, value=value, known=known, guess=did_you_mean(value, known))


def _words(expected: str) -> list[str]:
    """The words out of pydantic's list of them: `'a', 'b' or 'c'`."""
    return expected.split("'")[1::2]


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(kind: Any, path: Path, data: Any) -> type[BaseModel] | None:
    """The model that reads the mapping at a path."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not path:
            return kind
        field = next((one for name, one in kind.model_fields.items() if path[0] in (name, one.alias)), None)
        return _model_at(field.annotation, path[1:], data) if field else None
    for inner, steps in _inside(kind, path):
        if (found := _model_at(inner, steps, data)) is not None:
            return found
    return None


def _inside(kind: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """The types within a type, with what remains of the path: the branches of a union, the entries of a container."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (tuple, list, dict):
        inner = arguments[-1] if origin is dict else arguments[0] if arguments else None
        # One entry may stand without its list, and then the path has no index.
        steps = path[1:] if path and (origin is dict or isinstance(path[0], int)) else path
        if inner is not None and (path or origin is not dict):
            yield inner, steps
    elif origin in (Union, UnionType):
        yield from ((argument, path) for argument in arguments)
    elif hasattr(kind, "__metadata__"):
        yield kind.__origin__, path
