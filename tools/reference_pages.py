"""The pages of the reference that are made from the product.

python -m tools.reference_pages write [PAGE...]    # writes them anew
python -m tools.reference_pages check              # exits with 1 and names those that say something else
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools import (
    reference_cli,
    reference_errors,
    reference_findings,
    reference_lifecycles,
    reference_schema,
    reference_words,
)

DOCS = Path(__file__).resolve().parent.parent / "docs"
_NOTE = "<!-- Made by `python -m tools.reference_pages write`; change it there. -->\n\n"

PAGES: dict[str, Callable[[], str]] = {
    module.PAGE: module.render
    for module in (
        reference_cli,
        reference_errors,
        reference_findings,
        reference_lifecycles,
        reference_schema,
        reference_words,
    )
}
"""By the page's path below docs/: what makes it."""


def made(page: str) -> str:
    """The text that a page must have."""
    return _NOTE + PAGES[page]().rstrip() + "\n"


def differing() -> Iterator[str]:
    """The pages that say something else than the product."""
    for page in PAGES:
        file = DOCS / page
        if not file.exists() or file.read_text("utf-8") != made(page):
            yield page


def main(what: str, only: Sequence[str]) -> int:
    """Write the pages (those named, or all), or check them."""
    if what == "write":
        for page in only or PAGES:
            (DOCS / page).write_text(made(page), encoding="utf-8")
        return 0
    found = list(differing())
    for page in found:
        print(f"docs/{page} is not what the product says: python -m tools.reference_pages write", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or ["check"])[0], sys.argv[2:]))
