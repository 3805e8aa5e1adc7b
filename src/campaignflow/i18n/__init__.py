"""Vietnamese and English: which language is spoken, and how a sentence, a word or a date reads in it.

Every message of the product is written in English in the code; that English text is the *message id*. The catalogue of
a language (`locale/vi/LC_MESSAGES/campaignflow.po`, compiled beside it) gives its translation. English needs no
catalogue. `python tools/messages.py check` fails when a message of the code is missing from a catalogue.

    >>> translator("vi").gettext("Missing command.")
    'Thiếu tên lệnh.'
    >>> label("standing", "overdue", "vi")
    'Chưa hoàn thành, quá hạn'

The language of an edge (a command, a page) is set for a stretch of code by `speaking`; `say` and the functions given no
language use it. It is a context variable, so that two threads can speak two languages.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from campaignflow.i18n.dates import format_date, format_moment, format_time
from campaignflow.i18n.labels import LABELS, NP_

__all__ = [
    "DEFAULT",
    "DOMAIN",
    "LABELS",
    "LANGUAGES",
    "LOCALE_DIR",
    "NP_",
    "N_",
    "Translator",
    "choose_language",
    "current",
    "format_date",
    "format_moment",
    "format_time",
    "label",
    "say",
    "speaking",
    "translator",
]

LANGUAGES = ("vi", "en")
"""The languages the product speaks, by their ISO 639 codes."""

DEFAULT = "vi"
"""What is spoken where nothing says otherwise: the officials a campaign runs among read Vietnamese."""

DOMAIN = "campaignflow"
"""The gettext domain, and so the name of the catalogues."""

LOCALE_DIR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "locale")
"""The folder of the catalogues, inside the package."""


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it here; whoever prints it does."""
    return message


class Translator:
    """One language's catalogue. Get it by `translator(lang)`.

    A message without a translation comes back as it is, in English.
    """

    __slots__ = ("_catalogue", "lang")

    def __init__(self, lang: str, catalogue: gettext.NullTranslations) -> None:
        self.lang = lang
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """The translation of `message`."""
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The translation of `one` or `many`, as the language counts."""
        return self._catalogue.ngettext(one, many, count)

    def pgettext(self, context: str, message: str) -> str:
        """The translation of `message` as meant in `context`."""
        return self._catalogue.pgettext(context, message)

    def fill(self, message: str, data: Mapping[str, Any]) -> str:
        """The translation of `message` with its `{fields}` filled from `data`.

        A translation whose fields do not fit the data gives way to the English text, and an English text that does not
        fit is given with its fields unfilled: saying what is wrong must never fail itself.
        """
        for text in (self.gettext(message), message):
            try:
                return text.format(**data)
            except (LookupError, ValueError, AttributeError, TypeError):
                continue
        return message


@cache
def translator(lang: str) -> Translator:
    """The translator into `lang`, one of `LANGUAGES`.

    Raises:
        ValueError: the product does not speak `lang`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"{lang!r} is none of {LANGUAGES}")
    return Translator(lang, gettext.translation(DOMAIN, LOCALE_DIR, languages=[lang], fallback=True))


def choose_language(given: str | None, environ: Mapping[str, str]) -> str:
    """The language to speak: the one given, else `CAMPAIGNFLOW_LANG`, else the locale's, else Vietnamese.

    Of the locale the variables `LC_ALL`, `LC_MESSAGES` and `LANG` are asked in this order (POSIX, 8.2) for the first
    that names a language of `LANGUAGES`: `C` and languages that the product does not speak decide nothing.
    """
    for word in (given, environ.get("CAMPAIGNFLOW_LANG")):
        if word in LANGUAGES:
            return word
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        language = environ.get(name, "")[:2]
        if language in LANGUAGES and not environ[name][2:3].isalpha():
            return language
    return DEFAULT


_speaking: ContextVar[str] = ContextVar("campaignflow_language", default=DEFAULT)


def current() -> Translator:
    """The translator into the language now spoken."""
    return translator(_speaking.get())


def say(message: str, /, **fields: Any) -> str:
    """`message` in the language now spoken, its fields filled."""
    return current().fill(message, fields) if fields else current().gettext(message)


def label(kind: str, word: str, lang: str | None = None) -> str:
    """What people call a word of the program, such as the phase `drafting` or the standing `done_on_time`.

    `kind` is a key of `LABELS`. A word that the product does not know (a state that a plan defines) comes back as it
    is.
    """
    english = LABELS.get(kind, {}).get(word)
    if english is None:
        return word
    return (translator(lang) if lang else current()).pgettext(kind, english)


@contextmanager
def speaking(lang: str) -> Iterator[Translator]:
    """Speaks `lang` inside the `with` block, also in the words of click.

    click asks the standard library's global domain, whose language comes from the environment; both are set for the
    block and put back after it. Meant for the edge of a process, not for its threads.
    """
    found = translator(lang)
    token = _speaking.set(lang)
    domain, language = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = lang
    try:
        yield found
    finally:
        _speaking.reset(token)
        gettext.textdomain(domain)
        if language is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = language
