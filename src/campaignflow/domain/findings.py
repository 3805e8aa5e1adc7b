"""What is wrong, or questionable, in a text that somebody wrote: a code, a place, a sentence and a cure.

A check never raises because of a bad plan; it gathers findings, so that one run shows everything. The sentences belong
to the *rule* that a finding breaks and are message ids (English); the finding carries what fills their `{fields}`.

    >>> rule = register(Rule("unknown-fruit", "No fruit is called '{fruit}'.", "Use one of: {known}.", why="…"))[0]
    >>> found = Finding.of("unknown-fruit", path=("bowl", 2), fruit="aple", known=["apple", "pear"], guess="apple")
    >>> print(found.located("plan.yaml", 12, 5))
    plan.yaml:12:5: error: No fruit is called 'aple'. (Did you mean 'apple'? Use one of: apple, pear.)
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from string import Formatter
from typing import Any, Final, TypeAlias

#: Where in a text something stands: the keys of mappings and the indexes of lists, from the top.
Path: TypeAlias = "tuple[str | int, ...]"

#: The sentence put before a rule's cure when the finding knows what was probably meant (its field `guess`).
DID_YOU_MEAN: Final = "Did you mean '{guess}'?"

_LONGEST_VALUE = 160
_MOST_VALUES = 12
_LONGEST_WORD = 100
_SIMILAR = 0.66


class Severity(StrEnum):
    """How much a finding weighs: an error refuses the text, a warning does not (but under `--strict`)."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """Something a text must be, with a code that scripts may rely on.

    Attributes:
        code: stable; never given another meaning.
        message: the message id of what is wrong, with `{fields}`.
        cure: the message id of what to do about it, with `{fields}`.
        why: why the rule exists, for the reference.
        severity: what a finding of this rule weighs.
    """

    code: str
    message: str
    cure: str
    why: str = field(kw_only=True)
    severity: Severity = field(default=Severity.error, kw_only=True)

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that a finding of this rule must carry."""
        parsed = Formatter().parse(f"{self.message} {self.cure}")
        return frozenset(name for _, name, _, _ in parsed if name)


#: Every rule by its code, in the order of registration. The reference of findings is made from it.
RULES: Final[dict[str, Rule]] = {}


def register(*rules: Rule) -> tuple[Rule, ...]:
    """Adds rules to `RULES` and gives them back; called once, at the top level of the module that checks them.

    Raises:
        ValueError: a code is already taken by another rule.
    """
    for new in rules:
        if RULES.setdefault(new.code, new) != new:
            raise ValueError(f"two rules have the code {new.code!r}")
    return rules


def rule(code: str) -> Rule:
    """The rule of a code.

    Raises:
        KeyError: no rule has that code (a slip of ours, not of a plan).
    """
    return RULES[code]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One rule broken at one place. Made by `Finding.of`; `located` gives it its position.

    Attributes:
        code: the rule's code.
        severity: usually the rule's.
        path: where in the data, for those who know the data but not the text; may be empty.
        file: the file's name as the user gave it; empty when not known.
        line: counted from 1; None when not known.
        column: counted from 1, in characters; None when not known.
        data: the values of the sentences' fields, as they were found (untrusted text).
    """

    code: str
    severity: Severity = Severity.error
    path: Path = ()
    file: str = ""
    line: int | None = None
    column: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, code: str, *, path: Path = (), **data: Any) -> Finding:
        """A finding of the rule `code` at `path`, its sentences' fields filled from `data`.

        `data` may hold more than the sentences use; `guess` (text or None) is what was probably meant.

        Raises:
            KeyError: no rule has that code.
            TypeError: a field of the rule's sentences is missing.
        """
        broken = rule(code)
        if missing := broken.fields - data.keys():
            raise TypeError(f"a finding of {code!r} needs {', '.join(sorted(missing))}")
        return cls(code=code, severity=broken.severity, path=tuple(path), data=data)

    def located(self, file: str, line: int | None = None, column: int | None = None) -> Finding:
        """The same finding with its position in a file."""
        return replace(self, file=file, line=line, column=column)

    @property
    def message_id(self) -> str:
        """The message id of what is wrong, to be translated and then filled with `fields`."""
        return rule(self.code).message

    @property
    def cure_ids(self) -> tuple[str, ...]:
        """The message ids of what to do, each to be translated and then filled with `fields`, joined by a space."""
        cure = rule(self.code).cure
        return (DID_YOU_MEAN, cure) if self.data.get("guess") else (cure,)

    @property
    def fields(self) -> dict[str, str]:
        """The data as text that is safe to print: one line, no control characters, cut when long."""
        return {name: shown(value) for name, value in self.data.items()}

    def message_in(self, translate: Callable[[str], str]) -> str:
        """What is wrong, in the language of `translate` (such as gettext's)."""
        return translate(self.message_id).format(**self.fields)

    def cure_in(self, translate: Callable[[str], str]) -> str:
        """What to do about it, in the language of `translate`."""
        return " ".join(translate(part).format(**self.fields) for part in self.cure_ids)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.message_in(str)

    @property
    def cure(self) -> str:
        """What to do about it, in English."""
        return self.cure_in(str)

    @property
    def place(self) -> str:
        """`file:line:column`, as much of it as is known."""
        known = [shown(self.file)] if self.file else []
        known += [str(number) for number in (self.line, self.column) if number is not None]
        return ":".join(known)

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place else ""
        return f"{head}{self.severity}: {self.message} ({self.cure})"


def shown(value: object) -> str:
    """A value as a message may print it: on one line, without control characters, cut when it is long.

    >>> shown("two\\nlines \\x1b[31m"), shown(["a", "b"]), shown(3)
    ('two lines \\\\x1b[31m', 'a, b', '3')
    """
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return ", ".join([*map(shown, items[:_MOST_VALUES]), *(["…"] if len(items) > _MOST_VALUES else [])])
    raw = str(value)
    text = " ".join(raw[: 4 * _LONGEST_VALUE].split())
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 1] + "…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` was probably meant to be, or None when none is like it.

    Case and diacritics do not count at first, so that `So-GDĐT` finds `so-gddt`.

    >>> did_you_mean("Bao cao", ["kế hoạch", "báo cáo"])
    'báo cáo'
    """
    if len(word) > _LONGEST_WORD:
        return None
    wanted = _bare(word)
    by_bare = {_bare(choice): choice for choice in choices if abs(len(choice) - len(word)) <= 2 + len(word) // 2}
    if wanted in by_bare:
        return by_bare[wanted]
    near = difflib.get_close_matches(wanted, by_bare, n=1, cutoff=_SIMILAR)
    return by_bare[near[0]] if near else None


def _bare(word: str) -> str:
    """A word without case and diacritics (đ, unlike the others, does not decompose)."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("đ", "d")
