"""The base of every model that types a part of the plan's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class PlanText(BaseModel):
    """A part of the plan as somebody wrote it: frozen, and with no key that the schema does not know.

    A key that nobody knows is refused rather than ignored: in a plan that is reviewed and signed, a word that does
    nothing is worse than an error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class ShortWay:
    """Reads a shorter way of writing a value; the long one stays the only one that the program sees.

    Attributes:
        expand: makes the long way out of the short one, and gives everything else back as it is.
        schema: what the published JSON Schema says of the short way; None: what the value of `key` may be.
        key: the one key that the short way leaves out.
    """

    expand: Callable[[Any], Any]
    schema: JsonSchemaValue | None = None
    key: str = ""

    def __hash__(self) -> int:
        return hash((self.expand, self.key))

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema by which pydantic validates the value."""
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What the published schema says: the short way or the long one."""
        whole = handler(core)
        return {"anyOf": [self.schema or self._of_key(whole, handler), whole]}

    def _of_key(self, whole: JsonSchemaValue, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of the key that is left out, found where the long way is defined."""
        for branch in whole.get("anyOf", [whole]):
            properties = handler.resolve_ref_schema(branch).get("properties", {})
            if self.key in properties:
                return {name: value for name, value in properties[self.key].items() if name not in ("title", "default")}
        raise KeyError(self.key)


def short_form(key: str) -> ShortWay:
    """Lets one word stand for a mapping: `so-gddt` for `{agency: so-gddt}`."""

    def expand(value: Any) -> Any:
        return value if isinstance(value, Mapping | BaseModel) or value is None else {key: value}

    return ShortWay(expand, key=key)
