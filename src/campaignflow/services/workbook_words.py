"""The closed lists of the workbook: what stands in its drop-downs, and which word of the plan each entry means.

An entry is written in Vietnamese with the plan's own word behind it, `chủ trì · lead`: an official reads the one, a
reviewer of the plan the other. Either alone is understood too. The words belong to the format of the file and are not
translated: a workbook sent out in one language must come back in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, get_args

from campaignflow.domain.findings import did_you_mean
from campaignflow.i18n import LABELS, label

BETWEEN: Final = " · "
"""What stands between the Vietnamese and the plan's word."""

_YES = ("có", "yes", "x", "true", "1", "đúng")
_NO = ("không", "no", "false", "0", "sai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One closed list.

    Attributes:
        key: its name.
        vi: its heading in the list of words.
        codes: the plan's words, in the order of the drop-down.
        labels: the Vietnamese of each.
    """

    key: str
    vi: str
    codes: Sequence[str]
    labels: Mapping[str, str]

    def show(self, code: str) -> str:
        """A word as its cell shows it; a word that the list does not have as it is."""
        if self.key == "yes" and code in ("true", "false"):
            return f"có{BETWEEN}yes" if code == "true" else f"không{BETWEEN}no"
        return f"{self.labels[code]}{BETWEEN}{code}" if code in self.labels else code

    @property
    def shown(self) -> list[str]:
        """Every entry of the drop-down."""
        return [self.show(code) for code in self.codes]

    def read(self, text: str) -> str | None:
        """The word that a cell means: by its code, its Vietnamese, or both; None when it means none."""
        whole = text.strip().casefold()
        if self.key == "yes":
            first = whole.partition(BETWEEN.strip())[0].strip()
            return "true" if first in _YES else "false" if first in _NO else None
        for said in (whole, whole.rpartition(BETWEEN.strip())[2].strip()):
            for code in self.codes:
                if said in (code.casefold(), self.labels[code].casefold(), self.show(code).casefold()):
                    return code
        return None

    def near(self, text: str) -> str | None:
        """The entry that was probably meant by a text that means none."""
        meant = did_you_mean(text, (*self.labels.values(), *self.codes))
        return next((self.show(code) for code in self.codes if meant in (code, self.labels[code])), None)


def _words(key: str, vi: str, labels: Mapping[str, str]) -> Words:
    return Words(key=key, vi=vi, codes=tuple(labels), labels=labels)


def _labelled(key: str, vi: str, kind: str, codes: Sequence[str]) -> Words:
    return _words(key, vi, {code: label(kind, code, "vi") for code in codes})


@cache
def words() -> Mapping[str, Words]:
    """The closed lists by their names. What the plan's schema knows is asked of the schema."""
    from campaignflow.domain.duty_text import Force, Role

    found = (
        _words("yes", "Có / không", {"true": "có", "false": "không"}),
        _labelled("role", "Vai trò", "role", get_args(Role)),
        _labelled("force", "Mức độ giao", "force", get_args(Force)),
        _labelled("phase", "Giai đoạn", "phase", tuple(LABELS["phase"])),
        _words("deadline", "Cách tính hạn", DEADLINES),
        _words("whose", "Hạn của ai", {"due": "của kế hoạch", "expected": "cơ quan điều phối dự kiến"}),
        _words("missed", "Khi quá hạn", {"overdue": "là quá hạn", "presume": "coi như đã làm"}),
        _labelled("contact role", "Vai trò đầu mối", "contact role", tuple(LABELS["contact role"])),
        _words("clause", "Loại điều khoản", CLAUSES),
        _words("acceptance", "Cách chấp nhận", {"receiver": "nơi nhận chấp nhận", "on_sending": "gửi đi là xong"}),
        _words("counted", "Tính theo ngày", {"signed": "ngày ký", "sent": "ngày gửi", "received": "ngày nhận"}),
    )
    return {one.key: one for one in found}


OTHER: Final = "other"
"""As the kind of a deadline: one that the workbook cannot show, and leaves as it is."""

DEADLINES: Final = {
    "before": "trước ngày (ngày đó là trễ)",
    "by": "đến hết ngày",
    "on": "đúng ngày",
    "none": "không ghi hạn",
    OTHER: "cách khác (xem plan.yaml)",
}

CLAUSES: Final = {
    "opening": "mở đầu",
    "heading": "đề mục",
    "purpose": "mục đích",
    "requirement": "yêu cầu",
    "theme": "chủ đề",
    "time": "thời gian",
    "activity": "hoạt động",
    "duty": "nhiệm vụ",
    "reporting": "báo cáo",
    "closing": "kết thúc",
}
