"""Every error the product raises, under one root.

An error carries its data as attributes, says what is wrong (`message`) and what to do about it (`cure`), and owns the
exit code of the command that meets it. Only the edge of the program (`cli`) turns one into text.

Both sentences are message ids of the catalogues (English), with `str.format` fields filled from the data, so that an
edge can translate them before filling them in.
"""

from __future__ import annotations

from typing import Any, ClassVar


class CampaignflowError(Exception):
    """The root of all errors of the product.

    Attributes:
        code: a stable identifier that scripts may compare.
        message: the sentence that says what is wrong, with `{fields}`.
        cure: the sentence that says what to do, with `{fields}`.
        data: the values of the fields.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = ""
    cure: ClassVar[str] = ""

    def __init__(self, **data: Any) -> None:
        self.data: dict[str, Any] = data
        super().__init__(self.text())

    def text(self) -> str:
        """The message in English, with its fields filled."""
        return self.message.format(**self.data)

    def advice(self) -> str:
        """The cure in English, with its fields filled."""
        return self.cure.format(**self.data)


def all_errors() -> list[type[CampaignflowError]]:
    """Every concrete error class the product knows, by code: what the reference of errors is made from."""
    found: dict[str, type[CampaignflowError]] = {}
    queue: list[type[CampaignflowError]] = [CampaignflowError]
    while queue:
        for child in queue.pop().__subclasses__():
            queue.append(child)
            if child.message:
                found[child.code] = child
    return [found[code] for code in sorted(found)]
