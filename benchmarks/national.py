"""Writes a national campaign: a ministry, its provinces, their districts, their communes and schools.

    python benchmarks/national.py DIR --agencies 65000 [--seed N] [--advance SHARE]

DIR gets `plan.yaml`, `roster.csv` and `contacts.csv`. Every agency below the ministry owes five duties; the reports of
communes and schools are put together by their district, those by the province, those by the ministry's office. The same
number and seed give the same bytes. The names of provinces are those of 2024; every other name is made of syllables,
and nobody is a person. With `--advance` the plan is applied as well, to a database in DIR, and so large a share of the
duties of the communes and schools is moved on: steps taken, reports sent, returned and accepted, deadlines extended.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from typing import Unpack

    from campaignflow import Campaign
    from campaignflow.services.entries import Saying

DUTIES = 5
"""How many duties each agency below the ministry owes."""
OF_THE_OFFICE = 2
"""How many assignments the ministry's own office has."""

_COLUMNS = ("id", "name", "kind", "under")
_SMALLEST, _LARGEST = 30, 200_000
_WHOLE, _PROVINCES, _DISTRICTS, _COMMUNES = 65_000, 63, 700, 10_600
"""The country: so many agencies, of which so many of each kind; the others are schools."""
_SEED = 2024
_AT_ONCE = 5_000
"""How many steps are taken in one transaction."""

_NAMES = (
    "Hà Nội", "Hồ Chí Minh", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu",
    "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Bến Tre", "Bình Dương", "Bình Định", "Bình Phước", "Bình Thuận", "Cà Mau",
    "Cao Bằng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam",
    "Hà Tĩnh", "Hải Dương", "Hậu Giang", "Hòa Bình", "Hưng Yên", "Khánh Hòa", "Kiên Giang", "Kon Tum", "Lai Châu",
    "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình", "Ninh Thuận", "Phú Thọ",
    "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sóc Trăng", "Sơn La", "Tây Ninh",
    "Thái Bình", "Thái Nguyên", "Thanh Hóa", "Thừa Thiên Huế", "Tiền Giang", "Trà Vinh", "Tuyên Quang", "Vĩnh Long",
    "Vĩnh Phúc", "Yên Bái",
)  # fmt: skip
_CITIES = 5
"""The first of them are cities."""
_FIRST = (
    "An", "Bình", "Cẩm", "Đại", "Đông", "Giao", "Hòa", "Hồng", "Hưng", "Khánh", "Kim", "Lộc", "Mỹ", "Nam", "Ngọc",
    "Phú", "Quang", "Tân", "Thạch", "Vĩnh",
)  # fmt: skip
_SECOND = (
    "An", "Châu", "Điền", "Giang", "Hải", "Hòa", "Khê", "Lâm", "Long", "Minh", "Phong", "Sơn", "Thành", "Thịnh",
    "Thủy", "Trung", "Tường", "Vân", "Xuân", "Yên",
)  # fmt: skip
_SCHOOLS = ("Trường Mầm non", "Trường Tiểu học", "Trường Trung học cơ sở")

_PLAN = """\
# A national campaign of {agencies} agencies, written by benchmarks/national.py with the seed {seed}: nobody's plan.
campaignflow: 1

plan:
  id: tuan-le-2024
  kind: Kế hoạch
  title: Tổ chức Tuần lễ hưởng ứng học tập suốt đời năm 2024 trên toàn quốc
  short_title: Tuần lễ
  issuer: bo-gddt
  coordinator: vu-gdtx
  number: unstated
  date: 2024-08-15
  roster_on: 2024-09-01
  timezone: Asia/Ho_Chi_Minh
  language: vi
  period: {{from: 2024-10-01, to: 2024-10-07, clause: "2", stated: "từ ngày 01/10/2024 đến ngày 07/10/2024"}}
  region_kind: province

calendar: {{holidays: VN}}

agencies:
  bo-gddt: {{name: Bộ Giáo dục và Đào tạo, kind: ministry}}
  vu-gdtx: {{name: Vụ Giáo dục thường xuyên, kind: office, under: bo-gddt}}
rosters: [roster.csv]                      # provinces, districts, communes, schools
contacts: {{file: contacts.csv}}

groups:
  cac-tinh: {{words: "các tỉnh, thành phố", select: {{kind: province}}}}
  cac-huyen: {{words: "các quận, huyện, thị xã", select: {{kind: district}}}}
  cac-xa: {{words: "các xã, phường, thị trấn", select: {{kind: commune}}}}
  cac-truong: {{words: "các trường học", select: {{kind: school}}, listed_by_plan: false}}
  cac-don-vi:
    words: các cơ quan, đơn vị
    select: {{kind: [province, district, commune, school]}}

events:
  ket-thuc-tuan-le: {{words: kết thúc Tuần lễ, when: period_end}}
  co-yeu-cau: {{words: có văn bản yêu cầu}}

activities:
  khai-mac:
    clause: "2"
    title: Lễ khai mạc và các hoạt động của Tuần lễ
    words: tổ chức các hoạt động học tập
    by: [cac-xa, cac-truong]
    during: {{from: 2024-10-01, to: 2024-10-07}}

reports:
  bao-cao-co-so:
    clause: "7"
    title: Báo cáo kết quả của xã, trường học
    to: superior
    due: {{before: 2024-10-19, stated: trước ngày 19 tháng 10 năm 2024}}
    revise_within: {{days: 3, working: true, set_by: vu-gdtx}}
    locks: when_consolidated
  bao-cao-huyen:
    clause: "8"
    title: Báo cáo tổng hợp của quận, huyện, thị xã
    to: superior
    due: {{by: 2024-10-25, stated: chậm nhất ngày 25 tháng 10 năm 2024}}
    locks: when_consolidated
  bao-cao-tinh:
    clause: "9"
    title: Báo cáo tổng hợp của tỉnh, thành phố
    to: superior
    due: {{by: 2024-11-01, stated: chậm nhất ngày 01 tháng 11 năm 2024}}
    locks: when_consolidated
  bao-cao-bo:
    clause: "10"
    title: Báo cáo tổng hợp toàn quốc
    to: bo-gddt
    due: {{before: 2024-11-15, stated: trước ngày 15 tháng 11 năm 2024}}

responsibilities:
  huong-dan:
    clause: "1"
    words: hướng dẫn nội dung Tuần lễ
    title: Hướng dẫn nội dung Tuần lễ
    assigned_to: vu-gdtx
    role: guide
    guides: cac-don-vi
    due: {{completed: {{before: 2024-09-10, stated: trước ngày 10 tháng 9 năm 2024}}}}
  ke-hoach:
    clause: "3"
    words: xây dựng kế hoạch tổ chức Tuần lễ
    title: Xây dựng kế hoạch tổ chức Tuần lễ
    assigned_to: cac-don-vi
    role: issue
    due: {{completed: {{before: 2024-09-21, stated: trước ngày 21 tháng 9 năm 2024}}}}
  tuyen-truyen:
    clause: "4"
    words: tuyên truyền về Tuần lễ
    title: Tuyên truyền về Tuần lễ
    assigned_to: cac-don-vi
    role: inform
    due: {{completed: {{by: 2024-09-30, stated: chậm nhất ngày 30 tháng 9 năm 2024}}}}
  tu-danh-gia:
    clause: "5"
    words: tự kiểm tra, đánh giá
    title: Tự kiểm tra, đánh giá
    assigned_to: cac-don-vi
    role: inspect
    due:
      completed:
        within: {{days: 5, working: true, after: ket-thuc-tuan-le}}
        stated: trong thời hạn 05 ngày làm việc sau khi kết thúc Tuần lễ
  khen-thuong:
    clause: "6"
    words: biểu dương tập thể, cá nhân
    title: Biểu dương tập thể, cá nhân
    assigned_to: cac-don-vi
    role: commend
    due: {{completed: {{before: 2024-11-20, stated: trước ngày 20 tháng 11 năm 2024}}}}
  to-chuc:
    clause: "2"
    also: ["7"]
    words: tổ chức các hoạt động học tập
    title: Tổ chức Tuần lễ tại cơ sở
    assigned_to: [cac-xa, cac-truong]
    role: lead
    activities: khai-mac
    parts:
      - {{id: khai-mac, words: tổ chức các hoạt động học tập}}
    due: {{opening: {{on: 2024-10-01, missed: presume}}}}
    report: bao-cao-co-so
  dot-xuat:                                # owed by nobody until it is asked for
    clause: "11"
    words: báo cáo đột xuất
    title: Báo cáo đột xuất
    assigned_to: cac-tinh
    role: inform
    on_demand: {{stated: khi có văn bản yêu cầu, event: co-yeu-cau}}
    due:
      completed:
        within: {{days: 3, working: true, after: opened}}
        stated: trong thời hạn 03 ngày làm việc
  tong-hop-huyen:
    clause: "8"
    words: tổng hợp báo cáo của các xã, phường, thị trấn và các trường học
    title: Tổng hợp báo cáo của xã, trường học
    assigned_to: cac-huyen
    role: consolidate
    consolidates: [{{responsibility: to-chuc, of: subordinates}}]
    takes: {{days: 2, working: true, set_by: vu-gdtx}}
    report: bao-cao-huyen
  tong-hop-tinh:
    clause: "9"
    words: tổng hợp báo cáo của các quận, huyện, thị xã
    title: Tổng hợp báo cáo của quận, huyện, thị xã
    assigned_to: cac-tinh
    role: consolidate
    consolidates: [{{responsibility: tong-hop-huyen, of: subordinates}}]
    takes: {{days: 2, working: true, set_by: vu-gdtx}}
    report: bao-cao-tinh
  tong-hop-bo:
    clause: "10"
    words: tổng hợp báo cáo toàn quốc
    title: Tổng hợp báo cáo toàn quốc
    assigned_to: vu-gdtx
    role: consolidate
    consolidates: tong-hop-tinh
    takes: {{days: 3, working: true, set_by: vu-gdtx}}
    report: bao-cao-bo

clauses:
  - id: "1"
    kind: duty
    text: Vụ Giáo dục thường xuyên hướng dẫn nội dung Tuần lễ cho các cơ quan, đơn vị trước ngày 10 tháng 9 năm 2024.
  - id: "2"
    kind: duty
    text: >-
      Tuần lễ diễn ra từ ngày 01/10/2024 đến ngày 07/10/2024. Ủy ban nhân dân các xã, phường, thị trấn và các trường học
      tổ chức các hoạt động học tập trong Tuần lễ.
  - id: "3"
    kind: duty
    text: >-
      Ủy ban nhân dân các tỉnh, thành phố, các quận, huyện, thị xã và các cơ quan, đơn vị trực thuộc xây dựng kế
      hoạch tổ chức Tuần lễ trước ngày 21 tháng 9 năm 2024.
  - id: "4"
    kind: duty
    text: Các cơ quan, đơn vị tuyên truyền về Tuần lễ, chậm nhất ngày 30 tháng 9 năm 2024.
  - id: "5"
    kind: duty
    text: >-
      Các cơ quan, đơn vị tự kiểm tra, đánh giá trong thời hạn 05 ngày làm việc sau khi kết thúc Tuần lễ.
  - id: "6"
    kind: duty
    text: Các cơ quan, đơn vị biểu dương tập thể, cá nhân có thành tích trước ngày 20 tháng 11 năm 2024.
  - id: "7"
    kind: reporting
    text: >-
      Ủy ban nhân dân các xã, phường, thị trấn và các trường học báo cáo kết quả trước ngày 19 tháng 10 năm 2024.
  - id: "8"
    kind: reporting
    text: >-
      Ủy ban nhân dân các quận, huyện, thị xã tổng hợp báo cáo của các xã, phường, thị trấn và các trường học, gửi cấp
      trên chậm nhất ngày 25 tháng 10 năm 2024.
  - id: "9"
    kind: reporting
    text: >-
      Ủy ban nhân dân các tỉnh, thành phố tổng hợp báo cáo của các quận, huyện, thị xã, gửi Bộ chậm nhất ngày
      01 tháng 11 năm 2024.
  - id: "10"
    kind: reporting
    text: Vụ Giáo dục thường xuyên tổng hợp báo cáo toàn quốc, trình Bộ trước ngày 15 tháng 11 năm 2024.
  - id: "11"
    kind: duty
    text: >-
      Ủy ban nhân dân các tỉnh, thành phố báo cáo đột xuất trong thời hạn 03 ngày làm việc khi có văn bản yêu cầu.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A row of the roster; `under` is the id of the unit it is placed under."""

    id: str
    name: str
    kind: str
    under: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the campaign that was asked for."""
    asked = _parser().parse_args(arguments)
    path = write_national(asked.folder, asked.agencies, seed=asked.seed)
    print(f"{path}: {asked.agencies:,} agencies, {assignments(asked.agencies):,} assignments")
    if asked.advance:
        print(f"{advance(path, asked.advance, seed=asked.seed):,} steps taken")
    return 0


def write_national(folder: Path, agencies: int, *, seed: int = _SEED) -> Path:
    """Writes the files of a plan for so many agencies below the ministry; gives the path of its `plan.yaml`.

    Raises:
        ValueError: the number is below 30 or above 200,000.
    """
    if not _SMALLEST <= agencies <= _LARGEST:
        raise ValueError(f"{agencies} agencies; at least {_SMALLEST} and at most {_LARGEST:,} can be written")
    folder.mkdir(parents=True, exist_ok=True)
    units = list(roster(agencies, seed=seed))
    _write_csv(folder / "roster.csv", _COLUMNS, ((one.id, one.name, one.kind, one.under) for one in units))
    _write_csv(folder / "contacts.csv", ("id", "agency", "role", "email", "from"), _contacts(units))
    path = folder / "plan.yaml"
    path.write_text(_PLAN.format(agencies=agencies, seed=seed), encoding="utf-8")
    return path


def assignments(agencies: int) -> int:
    """How many assignments a campaign of so many agencies has."""
    return DUTIES * agencies + OF_THE_OFFICE


def roster(agencies: int, *, seed: int = _SEED) -> Iterator[Unit]:
    """The units below the ministry, those of a level before those of the next; the same for the same arguments."""
    chance = random.Random(f"{seed}/{agencies}")
    provinces = list(_provinces(min(_PROVINCES, max(3, agencies // 250))))
    districts = list(_below(chance, provinces, max(2 * len(provinces), agencies * _DISTRICTS // _WHOLE), "district"))
    communes = list(_below(chance, districts, max(len(districts), agencies * _COMMUNES // _WHOLE), "commune"))
    yield from provinces
    yield from districts
    yield from communes
    left = agencies - len(provinces) - len(districts) - len(communes)
    yield from _below(chance, districts, left, "school")


def _provinces(count: int) -> Iterator[Unit]:
    for number, name in enumerate(_NAMES[:count], start=1):
        what = "thành phố" if number <= _CITIES else "tỉnh"
        yield Unit(id=f"tinh-{number:02}", name=f"Ủy ban nhân dân {what} {name}", kind="province", under="bo-gddt")


def _below(chance: random.Random, above: Sequence[Unit], count: int, kind: str) -> Iterator[Unit]:
    """So many units of a kind, at least one under each of those above while they last, the others by chance."""
    each = [1 if index < count else 0 for index in range(len(above))]
    for index in chance.choices(range(len(above)), k=max(0, count - len(above))):
        each[index] += 1
    for unit, below in zip(above, each, strict=True):
        for number in range(1, below + 1):
            yield _unit(chance, unit, number, kind)


def _unit(chance: random.Random, above: Unit, number: int, kind: str) -> Unit:
    place = f"{chance.choice(_FIRST)} {chance.choice(_SECOND)}"
    numbers = above.id.partition("-")[2]
    if kind == "district":
        return Unit(id=f"huyen-{numbers}-{number:02}", name=f"Ủy ban nhân dân huyện {place}", kind=kind, under=above.id)
    if kind == "commune":
        return Unit(id=f"xa-{numbers}-{number:02}", name=f"Ủy ban nhân dân xã {place}", kind=kind, under=above.id)
    return Unit(
        id=f"truong-{numbers}-{number:03}", name=f"{chance.choice(_SCHOOLS)} {place}", kind=kind, under=above.id
    )


def _contacts(units: Iterable[Unit]) -> Iterator[tuple[str, ...]]:
    """Mailboxes of offices: the ministry's own and each province's."""
    yield "vu-gdtx-1", "vu-gdtx", "clerk", "chuyenvien@vu-gdtx.example", "2024-08-15"
    yield "vu-gdtx-2", "vu-gdtx", "head", "lanhdao@vu-gdtx.example", "2024-08-15"
    for unit in units:
        if unit.kind == "province":
            yield f"{unit.id}-1", unit.id, "clerk", f"vanthu@{unit.id}.example", "2024-08-15"


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


# --- moving on


def advance(path: Path, share: float, *, seed: int = _SEED) -> int:
    """Applies a plan that `write_national` wrote and moves on a share of what communes and schools owe.

    What is owed by everybody is done before its day, or left; reports are sent, most of them accepted, a few returned;
    some deadlines are extended. Gives how many steps were taken.
    """
    from campaignflow import Campaign

    chance = random.Random(f"{seed}/{share}")
    with (path.parent / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("commune", "school")]
    at_work = {row["id"]: row["under"] for row in rows if chance.random() < share}
    with Campaign.open(path, now=_day("2024-08-20")) as campaign:
        campaign.apply()
        taken = 0
        for duty, trigger, day, part in _COURSE:
            keys = [f"{duty}/{unit}" for unit in at_work if chance.random() < part]
            taken += _steps(campaign, keys, trigger, now=_day(day))
        for unit in list(at_work)[:: max(1, len(at_work) // _EXTENDED)]:
            until, now = _day("2024-11-29").date(), _day("2024-10-16")
            campaign.extend(f"khen-thuong/{unit}", until, actor="bo-gddt", reason="Xét bổ sung", now=now)
        return taken + _reported(campaign, at_work)


def _reported(campaign: Campaign, at_work: Mapping[str, str]) -> int:
    """Sends the reports of units, of which each is given with its district, which takes them or gives them back."""
    taken = _steps(campaign, [f"to-chuc/{unit}" for unit in at_work], "submit", now=_day("2024-10-16"))
    for district in dict.fromkeys(at_work.values()):
        sent = [f"to-chuc/{unit}" for unit, above in at_work.items() if above == district]
        back = sent[::_RETURNED]
        now, ours = _day("2024-10-17"), sorted(set(sent) - set(back))
        taken += _steps(campaign, ours, "accept", now=now, actor=district)
        taken += _steps(campaign, back, "return", now=now, actor=district, reason="Thiếu số liệu")
    return taken


_COURSE = (
    ("ke-hoach", "done", "2024-09-16", 0.9),
    ("to-chuc", "register", "2024-09-17", 0.8),
    ("tuyen-truyen", "done", "2024-09-27", 0.8),
    ("tu-danh-gia", "done", "2024-10-15", 0.5),
)
"""A duty, the step that is taken of it, the day, and by how many of those at work."""
_EXTENDED, _RETURNED = 20, 50
"""How many deadlines are extended, and one report of how many is returned."""


def _steps(campaign: Campaign, keys: Sequence[str], trigger: str, **said: Unpack[Saying]) -> int:
    """Takes a step of many assignments, so many in one transaction; gives how many."""
    for first in range(0, len(keys), _AT_ONCE):
        campaign.advance_many(keys[first : first + _AT_ONCE], trigger, **said)
    return len(keys)


def _day(text: str) -> dt.datetime:
    import datetime as dt
    from zoneinfo import ZoneInfo

    return dt.datetime.fromisoformat(f"{text}T09:00").replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="national.py", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the files go")
    parser.add_argument(
        "--agencies", type=int, default=_WHOLE, metavar="N", help="how many agencies below the ministry"
    )
    parser.add_argument("--seed", type=int, default=_SEED, metavar="N", help="another seed gives another country")
    parser.add_argument("--advance", type=float, default=0.0, metavar="SHARE", help="apply it and move on such a share")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
