"""A plan of any size: one province, its communes, and one duty that each of them owes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from campaignflow import Campaign

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEFORE = dt.datetime(2020, 9, 21, 8, tzinfo=ZONE)
"""When people register their own plans: nothing is for the clock to do yet."""

_HEAD = """\
campaignflow: 1
plan:
  id: sample
  title: Tuần lễ mẫu
  issuer: province
  coordinator: lead
  roster_on: 2020-09-21
  period: {from: 2020-10-01, to: 2020-10-07}
agencies:
  province: {name: Ủy ban nhân dân tỉnh, kind: province}
  lead: {name: Sở chủ trì, kind: department, under: province}
"""

_TAIL = """\
groups:
  communes: {words: các xã, select: {kind: commune}}
reports:
  outcome: {clause: "2", title: Báo cáo kết quả, to: lead, due: {before: 2020-10-25}}
responsibilities:
  week:
    clause: "1"
    words: tổ chức Tuần lễ
    title: Tổ chức Tuần lễ
    assigned_to: communes
    report: outcome
    due: {drafting: {by: 2020-09-28}}
clauses:
  - {id: "1", kind: duty, text: Ủy ban nhân dân các xã tổ chức Tuần lễ.}
  - {id: "2", kind: reporting, text: Báo cáo kết quả trước ngày 25 tháng 10 năm 2020.}
"""


def agency(number: int) -> str:
    """The id of one commune."""
    return f"commune-{number:05}"


def key(number: int) -> str:
    """The key of the assignment that one commune owes."""
    return f"week/{agency(number)}"


def write_plan(folder: Path, communes: int) -> Path:
    """Writes `plan.yaml` for so many communes into a folder and gives its path."""
    units = (
        f"  {agency(number)}: {{name: Ủy ban nhân dân xã số {number}, kind: commune, under: province}}\n"
        for number in range(communes)
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plan.yaml"
    path.write_text(_HEAD + "".join(units) + _TAIL, encoding="utf-8")
    return path


def applied(folder: Path, communes: int) -> Campaign:
    """A campaign over such a plan, in a database file of its own, applied and ready to move."""
    campaign = Campaign.open(write_plan(folder, communes), now=BEFORE)
    campaign.apply()
    return campaign
