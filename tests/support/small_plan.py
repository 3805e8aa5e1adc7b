"""A small plan without a fault, for tests that break it in one place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

ISSUED = """\
KẾ HOẠCH

I. Yêu cầu chung

1. Các huyện tổ chức Ngày đọc sách vào ngày 05/11/2026 và báo cáo Sở trước ngày 14/11/2026.

2. Sở tổng hợp, báo cáo Tỉnh trước ngày 21/11/2026.

Nơi nhận:

- Các huyện;
- Lưu: VT.

**KT. CHỦ TỊCH
PHÓ CHỦ TỊCH**

Nguyễn Văn A
"""
"""The small plan as issued."""

_SMALL: dict[str, Any] = {
    "campaignflow": "1",
    "plan": {
        "id": "doc-sach", "title": "Ngày đọc sách", "issuer": "tinh", "coordinator": "so", "date": "2026-10-01",
        "period": {"from": "2026-11-02", "to": "2026-11-06"},
        "signed": {"form": "KT.", "for": "Chủ tịch", "position": "Phó Chủ tịch", "name": "Nguyễn Văn A"},
    },
    "legal_basis": [{"id": "tt-1", "kind": "Thông tư", "number": "1/2026", "anomaly": "so-la"}],
    "anomalies": [{"id": "so-la", "clause": "I.1", "words": "Ngày đọc sách", "note": "Lạ."}],
    "agencies": {
        "tinh": {"name": "Tỉnh", "kind": "province"},
        "so": {"name": "Sở", "kind": "department", "under": "tinh"},
        "huyen-a": {"name": "Huyện A", "kind": "district", "under": "tinh", "xa": "20"},
        "huyen-b": {"name": "Huyện B", "kind": "district", "under": "tinh", "xa": "30"},
    },
    "groups": {"cac-huyen": {"words": "Các huyện", "select": {"kind": "district"}}},
    "events": {"phan-bo": {"words": "tổng hợp"}},
    "activities": {
        "doc-sach": {"clause": "I.1", "title": "Đọc sách", "words": "Ngày đọc sách", "by": ["cac-huyen"],
                     "on": "2026-11-05", "counts": ["so-sach"]},
    },
    "reports": {
        "bao-cao": {"clause": "I.1", "title": "Báo cáo", "to": ["so"], "form": "mau",
                    "due": {"before": "2026-11-14", "stated": "trước ngày 14/11/2026"}},
        "tong-hop": {"clause": "I.2", "title": "Tổng hợp", "to": ["tinh"], "form": "mau",
                     "due": {"before": "2026-11-21", "stated": "trước ngày 21/11/2026"}},
    },
    "responsibilities": {
        "to-chuc": {"clause": "I.1", "words": "Các huyện tổ chức", "title": "Tổ chức", "assigned_to": ["cac-huyen"],
                    "activities": ["doc-sach"], "report": "bao-cao", "due": {"opening": {"on": "2026-11-02"}},
                    "parts": [{"id": "mot", "words": "tổ chức"}]},
        "tuyen-truyen": {"clause": "I.1", "title": "Tuyên truyền", "assigned_to": ["huyen-a"], "role": "inform",
                         "reported_in": "to-chuc"},
        "tong-hop": {"clause": "I.2", "title": "Tổng hợp", "assigned_to": ["so"], "role": "consolidate",
                     "consolidates": ["to-chuc"], "takes": {"days": "2"}, "report": "tong-hop"},
    },
    "forms": {"mau": {"indicators": {"so-sach": {"label": "Số sách", "warn_above": "xa"}}}},
    "reminders": [
        {"id": "nhac", "of": ["report"], "when": ["-3", "0"], "to": ["clerk"]},
        {"id": "qua-han", "of": ["report"], "when": "overdue", "every": "1 working day", "to": ["clerk"],
         "escalate": [{"after": "2", "to": ["head"]}]},
    ],
    "distribution": [{"words": "Các huyện;", "to": ["cac-huyen"]}, {"words": "Lưu: VT.", "for": "archive"}],
    "clauses": [
        {"id": "ten", "kind": "opening", "title": "KẾ HOẠCH"},
        {"id": "I", "kind": "heading", "label": "I.", "title": "Yêu cầu chung"},
        {"id": "I.1", "kind": "duty", "label": "1.",
         "text": "Các huyện tổ chức Ngày đọc sách vào ngày 05/11/2026 và báo cáo Sở trước ngày 14/11/2026."},
        {"id": "I.2", "kind": "reporting", "label": "2.",
         "text": "Sở tổng hợp, báo cáo Tỉnh trước ngày 21/11/2026."},
    ],
}  # fmt: skip

GONE = object()
"""As a new value: the entry is taken out."""


def small(*edits: tuple[str, Any]) -> dict[str, Any]:
    """The small plan as plain data, with entries changed: `("plan.date", "2026-10-02")`, `("plan.date", GONE)`.

    A step that is a number is an index; on a list, `+` adds to its end. A `/` stands for a dot within a key.
    """
    data = copy.deepcopy(_SMALL)
    for place, value in edits:
        *path, last = place.split(".")
        node: Any = data
        for step in path:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step.replace("/", "."), {})
        if last == "+":
            node.append(value)
        elif value is GONE:
            del node[int(last) if isinstance(node, list) else last]
        else:
            node[int(last) if isinstance(node, list) else last.replace("/", ".")] = value
    return data


def write(folder: Path, data: Any, **beside: str) -> Path:
    """Writes a plan (plain data, or text as it is) into a folder, with further files beside it; its path.

    A file beside is named by a keyword with two underscores for the dot: `roster__csv="id,name"`.
    """
    path = folder / "plan.yaml"
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    for name, content in beside.items():
        (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
    return path
