"""Which years of a text belong to the campaign, and which to the documents that it cites.

Next year's plan says "trước ngày 25 tháng 10 năm 2021" where this year's said 2020; "Thông tư số 07/2018/TT-BTC ngày 24
tháng 01 năm 2018" stays what it is. A year is the campaign's where it stands as official Vietnamese writes dates: "năm
2020", "01/10/2020", "tháng 11, 12/2013", "Quý IV/2013", "năm học 2020-2021"; in a span "2016-2020" only if it is a span
of the plan itself. It belongs to a citation in the date of a document, and in the words that say what the document is
about.

    >>> years = Years(known=frozenset({2020}))
    >>> text = "Thực hiện Công văn số 3589/BGDĐT-GDĐT ngày 15/9/2020 về Tuần lễ năm 2020, tổ chức Tuần lễ năm 2020"
    >>> [(year.value, year.moves) for year in years.of(text) if not year.number]
    [(2020, False), (2020, False), (2020, True)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

YEAR: Final = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
"""What may be a year: four digits that are no part of a longer number."""

_Y: Final = r"(?<![0-9])[0-9]{4}(?![0-9])"
_OR: Final = r"\s*(?:,|;|và|-|–|đến)\s*"
_DASH: Final = r"\s*[-–]\s*"
_FULL_DAY: Final = rf"[0-9]{{1,2}}\s*[/.-]\s*[0-9]{{1,2}}\s*[/.-]\s*{_Y}"
_SPELT_DAY: Final = rf"[0-9]{{1,2}}\s+tháng\s+[0-9]{{1,2}}\s+năm\s+{_Y}"
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"

#: Every year within a stretch that one of these finds is a date as plans write them.
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bnăm\s+{_Y}(?:\s*(?:,|và|đến)\s*(?:năm\s+)?{_Y})*(?!{_DASH}[0-9]{{4}}(?![0-9]))",
        rf"(?<![0-9/.-]){_FULL_DAY}(?!/\w)",
        rf"(?<![0-9/.-]){_Y}-[0-9]{{2}}-[0-9]{{2}}(?![0-9-])",
        rf"\btháng\s+[0-9]{{1,2}}(?:{_OR}(?:tháng\s+)?[0-9]{{1,2}})*\s*[/-]\s*{_Y}",
        rf"\bquý\s+(?:[ivx]+|[0-9])(?:{_OR}(?:quý\s+)?(?:[ivx]+|[0-9]))*\s*/\s*{_Y}",
        rf"\b(?:{_MONTHS})[a-z]*\.?\s+(?:[0-9]{{1,2}},\s+)?{_Y}",
        rf"\b(?:year|in)\s+{_Y}(?!{_DASH}[0-9]{{4}})",
    )
)
_SCHOOL_YEAR: Final = re.compile(rf"\bnăm\s+học\s+({_Y})(?:{_DASH}({_Y}))?", re.IGNORECASE)
_SPAN: Final = re.compile(rf"({_Y}){_DASH}({_Y})")
_LAST: Final = re.compile(rf"(?<![-–/.])\s({_Y})\s*$")
_LEAP_DAY: Final = re.compile(r"(?<![0-9])29\s*(?:[/.-]\s*0?2\s*[/.-]|tháng\s+0?2\s+năm)\s*$", re.IGNORECASE)


def _cased(*names: str) -> str:
    """Names of documents as they begin a citation; in small letters they are verbs."""
    return "|".join(form for name in names for form in (name, name.upper(), name.title()))


_LAWS: Final = _cased("Bộ luật", "Luật", "Pháp lệnh", "Hiến pháp")
_ORDERS: Final = _cased(
    "Thông tư liên tịch", "Thông tư", "Nghị định", "Nghị quyết", "Quyết định", "Chỉ thị", "Công văn", "Công điện",
)  # fmt: skip
_PAPERS: Final = _cased(
    "Kế hoạch", "Chương trình", "Hướng dẫn", "Thông báo", "Kết luận", "Báo cáo", "Tờ trình", "Văn bản", "Đề án",
    "Quy chế", "Quy định",
)  # fmt: skip
_NUMBER: Final = r"(?<![\w/])[0-9]+(?:/[0-9]{4})?[/-][A-ZĐ][\w&]*(?:[-/.][\w&]+)*"
_OF_DAY: Final = rf"(?:\s*,?\s*\(?(?i:(?:ký\s+|ban\s+hành\s+)?ngày\s+(?:{_FULL_DAY}|{_SPELT_DAY}))|\s+(?i:năm)\s+{_Y})"

_IN_NUMBERS: Final = re.compile(_NUMBER)
_CITATIONS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NUMBER}{_OF_DAY}?",
        rf"\b(?:{_LAWS}|{_ORDERS}|{_PAPERS})\s+(?i:số)[\s:]+[0-9]+{_OF_DAY}",
        rf"(?<![Pp]háp )(?<!PHÁP )\b(?:{_LAWS})\b[^,;.:()0-9]{{0,120}}?{_OF_DAY}",
        rf"\b(?:{_ORDERS}){_OF_DAY}",
    )
)
#: What a document is about follows its number.
_SUBJECT: Final = re.compile(r"\s+(?i:của|về|v/v|hướng dẫn|quy định|phê duyệt|ban hành)\b")
_PAUSE: Final = re.compile(r"[;:()]|\.(?=\s|$)|,")
_YEAR_OF_SUBJECT: Final = re.compile(rf"(?<![0-9] )\bnăm\s+{_Y}|{_Y}{_DASH}{_Y}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year within a text.

    Attributes:
        value: the year.
        start: the offset at which it stands.
        moves: whether it belongs to the campaign, and so moves with it.
        number: whether it is part of a document's number: `07/2018/TT-BTC`.
        leap_day: whether it ends "29 February".
    """

    value: int
    start: int
    moves: bool
    number: bool = False
    leap_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """The years of a campaign.

    Attributes:
        known: the years in which the plan's own dates lie.
        spans: first and last years of the plan's own spans.
    """

    known: frozenset[int]
    spans: frozenset[tuple[int, int]] = frozenset()

    def of(self, text: str, *, title: bool = False) -> tuple[Year, ...]:
        """Every year of a text whose white space is collapsed.

        Args:
            text: the text.
            title: whether it is a title: a year of the campaign that ends one is its own, also without "năm".
        """
        moving = self._moving(text, title) - set(_cited(text))
        numbers = {start for found in _IN_NUMBERS.finditer(text) for start in _within(text, found.start(), found.end())}
        return tuple(
            Year(
                value=int(found[0]), start=found.start(), moves=found.start() in moving,
                number=found.start() in numbers,
                leap_day=_LEAP_DAY.search(text, 0, found.start()) is not None,
            )
            for found in YEAR.finditer(text)
        )  # fmt: skip

    def staying(self, text: str) -> tuple[Year, ...]:
        """Every year of a text that is left as it is."""
        return tuple(replace(year, moves=False) for year in self.of(text))

    def near(self, value: int) -> bool:
        """Whether a year that stays in a text may have been meant: one of the campaign's, or one beside them."""
        return min(self.known) - 1 <= value <= max(self.known) + 1 if self.known else False

    def _moving(self, text: str, title: bool) -> set[int]:
        dated = (found for pattern in _DATES for found in pattern.finditer(text))
        starts = (start for found in dated for start in _within(text, found.start(), found.end()))
        moving = {start for start in starts if int(text[start : start + 4]) in self.known}
        for found in _SCHOOL_YEAR.finditer(text):
            if int(found[1]) in self.known:
                moving |= {found.start(number) for number in (1, 2) if found[number]}
        for found in _SPAN.finditer(text):
            if (int(found[1]), int(found[2])) in self.spans:
                moving |= {found.start(1), found.start(2)}
        if title and (last := _LAST.search(text)) and int(last[1]) in self.known:
            moving.add(last.start(1))
        return moving


def _within(text: str, start: int, end: int) -> Iterator[int]:
    return (found.start() for found in YEAR.finditer(text, start, end))


def _cited(text: str) -> Iterable[int]:
    """Where years stand that belong to documents which the text cites."""
    for pattern in _CITATIONS:
        for citation in pattern.finditer(text):
            yield from _within(text, citation.start(), citation.end())
            if _SUBJECT.match(text, citation.end()):
                for year in _YEAR_OF_SUBJECT.finditer(text, citation.end(), _subject_end(text, citation.end())):
                    yield from _within(text, year.start(), year.end())


def _subject_end(text: str, start: int) -> int:
    """Where the words end that say what a document is about.

    A comma ends them when a capital letter follows or a year stands before it; others belong to a list within them
    ("tìm kiếm, quy tập"). What is left unmoved for this reason is told, what is moved by mistake would not be.
    """
    for pause in _PAUSE.finditer(text, start):
        said, following = text[start : pause.start()], text[pause.end() :].lstrip()[:1]
        if pause[0] != "," or said[-4:].isdecimal() or (following.isupper() and not said.isupper()):
            return pause.start()
    return len(text)
