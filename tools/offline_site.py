"""Says which files of a built site would load something from elsewhere.

Run it on the folder of the site; it exits with 1 and lists what it found, if anything. A link that a reader may follow
is no load: only what a browser fetches by itself counts.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

_LOADS_BY_SRC = frozenset({"audio", "embed", "iframe", "img", "input", "script", "source", "track", "video"})
_FOREIGN = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:@import\s+(?:url\(\s*)?|url\(\s*)["']?([^"')\s;]+)""")
# Relations that only name another page; every other one makes the browser fetch.
_NAMES_ONLY = frozenset({"author", "canonical", "help", "license", "next", "prev", "search", "index", "alternate"})


class _Loads(HTMLParser):
    """Collects the addresses that a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this element loads."""
        given = {name: value or "" for name, value in attrs}
        if tag in _LOADS_BY_SRC:
            self.found += [given.get("src", ""), *_addresses_of_srcset(given.get("srcset", ""))]
        if tag == "object":
            self.found.append(given.get("data", ""))
        if tag == "link" and not set(given.get("rel", "").lower().split()) & _NAMES_ONLY:
            self.found.append(given.get("href", ""))
        self.found += _IN_STYLE.findall(given.get("style", ""))


def _addresses_of_srcset(srcset: str) -> list[str]:
    return [part.split()[0] for part in srcset.split(",") if part.strip()]


def foreign_loads(text: str, suffix: str) -> list[str]:
    """The addresses elsewhere that a file makes a browser fetch.

    Args:
        text: the file's content.
        suffix: `.html`, `.css` or `.svg`; in any other nothing is looked for.

    Returns:
        The addresses with a host, in the order met; nothing relative, no `data:`.
    """
    if suffix not in {".html", ".css", ".svg"}:
        return []
    page = _Loads()
    if suffix != ".css":
        page.feed(text)
    return [address for address in page.found + _IN_STYLE.findall(text) if _FOREIGN.match(address)]


def main(folder: Path) -> int:
    """Check every file below the folder; list what loads from elsewhere on stderr.

    Returns:
        0 if nothing does, 1 if something does or there is no page at all.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".css", ".svg"})
    found = [(path, address) for path in files for address in foreign_loads(path.read_text("utf-8"), path.suffix)]
    for path, address in found:
        print(f"{path}: loads {address}", file=sys.stderr)
    if not files:
        print(f"{folder}: no page", file=sys.stderr)
    return 0 if files and not found else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
