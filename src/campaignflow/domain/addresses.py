"""Which texts are mail addresses: a part of RFC 5321 that leaves no room for a second meaning."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def is_address(text: str) -> bool:
    """Whether a text is one mail address in ASCII: a dot-string, `@`, a domain of at least two labels.

    RFC 5321 (4.1.2) also allows quoted local parts and addresses of machines, RFC 6531 letters outside ASCII. No
    office writes the first two, and the last can look like another address than it is; they are refused.

    >>> is_address("vanthu@caoloc.example"), is_address("a@b.example, c@d.example"), is_address("a@b.example\\n")
    (True, False, False)
    """
    local = text.partition("@")[0]
    return len(text) <= _LONGEST and len(local) <= _LONGEST_LOCAL and _ADDRESS.fullmatch(text) is not None
