"""What the workbook looks like: its sheets, their columns, and where each cell stands in the plan.

Headings are in Vietnamese with the English below; both, and the column's own name, are recognised when the workbook
comes back. They belong to the format of the file, like the keys of `plan.yaml`, and are not translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["id", "text", "long", "list", "day", "choice", "number", "deadline", "deadline_day"]
"""What a column holds. `deadline` and `deadline_day` are the two halves of one deadline, at the same path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet.

    Attributes:
        key: its name.
        vi: its heading.
        en: the line below.
        path: where the value stands within the entry.
        kind: what it holds.
        note: what is said where one types.
        words: the closed list it is chosen from.
        refers: the sheet whose ids it names.
        item: in a list of mappings, the key of each that is shown.
        width: in characters.
    """

    key: str
    vi: str
    en: str
    path: tuple[str, ...] = ()
    kind: Kind = "text"
    note: str = ""
    words: str = ""
    refers: str = ""
    item: str = ""
    width: int = 18

    @property
    def names(self) -> tuple[str, str, str]:
        """Everything it is recognised by."""
        return self.vi, self.en, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A sheet.

    Attributes:
        key: its name, and the section of the plan it shows.
        vi: its title.
        en: its English title.
        note: what it is for, said on the help sheet.
        columns: its columns; the first ones are its entries' ids.
        ids: how many they are; 0 for the sheet that shows one entry, a field a row.
    """

    key: str
    vi: str
    en: str
    note: str
    columns: tuple[Column, ...]
    ids: int = 1

    def column(self, key: str) -> Column:
        """The column of a name.

        Raises:
            StopIteration: there is none.
        """
        return next(one for one in self.columns if one.key == key)


FIELD: Final = Column(key="field", vi="Mục", en="Item", width=30)
VALUE: Final = Column(key="value", vi="Nội dung", en="Value", width=60)
MEANING: Final = Column(key="meaning", vi="Giải thích", en="Meaning", width=70)
"""The three columns of the sheet that shows the plan's header."""


def _c(key: str, vi: str, en: str, **more: object) -> Column:
    path = more.pop("path", (key,))
    return Column(key=key, vi=vi, en=en, path=path, **more)  # type: ignore[arg-type]


def _day(key: str, vi: str, en: str, **more: object) -> Column:
    return _c(key, vi, en, kind="day", width=13, **more)


def _pick(key: str, vi: str, en: str, words: str, **more: object) -> Column:
    return _c(key, vi, en, kind="choice", words=words, **{"width": 22, **more})


def _list(key: str, vi: str, en: str, refers: str = "", **more: object) -> Column:
    return _c(key, vi, en, kind="list", refers=refers, **{"width": 26, "note": _SEVERAL, **more})


def _deadline(*path: str) -> tuple[Column, ...]:
    return (
        _c("deadline", "Cách tính hạn", "Deadline", path=path, kind="deadline", words="deadline", width=28,
           note="Chọn cách kế hoạch nói. Hạn tính theo cách khác (tháng, quý, số ngày sau sự kiện) thì sửa trong "
                "plan.yaml."),
        _c("day", "Ngày hạn", "Day", path=path, kind="deadline_day", width=13,
           note="Gõ ngày/tháng/năm, ví dụ 25/10/2020."),
        _c("stated", "Nguyên văn hạn", "Stated", path=(*path, "stated"), width=34,
           note="Chép đúng lời kế hoạch, ví dụ: trước ngày 25 tháng 10 năm 2020."),
    )  # fmt: skip


_SEVERAL = "Nhiều mã thì cách nhau bằng dấu phẩy."
_ID = "Chữ thường không dấu, chữ số, gạch nối: so-gddt. Đã dùng thì không đổi."
_CLAUSE = "Mã ở trang Điều khoản."

HEADER: Final = Layout(
    key="plan", vi="Kế hoạch", en="Plan", ids=0, note="Kế hoạch là gì, của ai, từ ngày nào đến ngày nào.",
    columns=(
        _c("id", "Mã kế hoạch", "Id", note=_ID),
        _c("kind", "Loại văn bản", "Kind", note="Để trống là Kế hoạch."),
        _c("title", "Trích yếu", "Title", note="Thực hiện việc gì."),
        _c("short_title", "Tên gọi tắt", "Short title"),
        _c("issuer", "Cơ quan ban hành", "Issuer", refers="agencies", note="Mã ở trang Đơn vị."),
        _c("coordinator", "Cơ quan điều phối", "Coordinator", refers="agencies",
           note="Mã của cơ quan theo dõi, đôn đốc, tổng hợp."),
        _c("number", "Số, ký hiệu", "Number", note="Ví dụ 140/KH-UBND; bản văn không ghi thì gõ unstated."),
        _day("date", "Ngày ban hành", "Date", note="Bản văn không ghi thì gõ unstated và cho ngày chốt danh sách."),
        _day("roster_on", "Ngày chốt danh sách đơn vị", "Roster day", note="Để trống là ngày ban hành."),
        _day("period.from", "Thực hiện từ ngày", "Period from", path=("period", "from")),
        _day("period.to", "Thực hiện đến ngày", "Period to", path=("period", "to")),
        _c("period.clause", "Điều khoản nêu thời gian", "Period clause", path=("period", "clause"), refers="clauses",
           note=_CLAUSE),
    ),
)  # fmt: skip

AGENCIES: Final = Layout(
    key="agencies", vi="Đơn vị", en="Agencies", note="Mọi cơ quan, đơn vị có tên trong kế hoạch, mỗi đơn vị một dòng.",
    columns=(
        _c("id", "Mã đơn vị", "Id", kind="id", note=_ID),
        _c("name", "Tên đơn vị", "Name", width=46, note="Tên đầy đủ như trong văn bản."),
        _c("kind", "Loại", "Kind", note="Ví dụ district (huyện), department (sở), commune (xã)."),
        _c("level", "Cấp", "Level", width=13),
        _c("under", "Trực thuộc", "Under", refers="agencies", note="Mã của cơ quan cấp trên trực tiếp."),
        _pick("external", "Ngoài hệ thống", "External", "yes", width=15,
              note="Có: đơn vị không thao tác ở đây, văn bản gửi đến là xong."),
        _pick("listed", "Kế hoạch nêu tên", "Listed", "yes", width=16, note="Để trống là có."),
        _day("from", "Từ ngày", "From", note="Ngày đầu tiên đơn vị tồn tại."),
        _day("until", "Đến hết ngày", "Until", note="Ngày cuối cùng đơn vị tồn tại."),
        _c("succeeded_by", "Đơn vị tiếp nhận", "Succeeded by", refers="agencies",
           note="Mã của đơn vị nhận việc dở dang sau ngày cuối."),
    ),
)  # fmt: skip

GROUPS: Final = Layout(
    key="groups", vi="Nhóm đơn vị", en="Groups", note="Một cụm từ của kế hoạch chỉ nhiều đơn vị: các huyện, các sở.",
    columns=(
        _c("id", "Mã nhóm", "Id", kind="id", note=_ID),
        _c("words", "Cụm từ trong kế hoạch", "Words", width=46),
        _list("members", "Gồm các đơn vị", "Members", "agencies", width=34,
              note="Mã các đơn vị, cách nhau bằng dấu phẩy; hoặc để trống và chọn theo loại, cấp ở bên phải."),
        _list("select.kind", "Mọi đơn vị loại", "Of kind", path=("select", "kind"), width=18),
        _list("select.level", "Mọi đơn vị cấp", "Of level", path=("select", "level"), width=18),
        _c("select.under", "Trực thuộc", "Directly under", path=("select", "under"), refers="agencies"),
        _c("select.within", "Ở dưới", "Anywhere below", path=("select", "within"), refers="agencies"),
        _list("except", "Trừ", "Except", "agencies"),
        _pick("unnamed", "Không đếm được", "Unnamed", "yes", width=16,
              note="Có: kế hoạch nói chung chung, không giao việc cho ai cụ thể."),
        _pick("listed_by_plan", "Kế hoạch liệt kê", "Listed by plan", "yes", width=16, note="Để trống là có."),
    ),
)  # fmt: skip

CONTACTS: Final = Layout(
    key="contacts", vi="Đầu mối", en="Contacts", note="Ai trả lời thay cho đơn vị nào, từ ngày nào đến ngày nào.",
    columns=(
        _c("id", "Mã đầu mối", "Id", kind="id", note="Ví dụ c40; không dùng lại mã của người cũ."),
        _c("agency", "Đơn vị", "Agency", refers="agencies"),
        _pick("role", "Vai trò", "Role", "contact role", width=20),
        _c("name", "Họ và tên", "Name", width=28),
        _c("email", "Thư điện tử", "Email", width=32),
        _c("phone", "Điện thoại", "Phone"),
        _day("from", "Từ ngày", "From"),
        _day("until", "Đến hết ngày", "Until"),
    ),
)  # fmt: skip

DUTIES: Final = Layout(
    key="responsibilities", vi="Nhiệm vụ", en="Duties",
    note="Ai phải làm gì. Hạn của từng nhiệm vụ ghi ở trang Thời hạn; hạn báo cáo ghi ở trang Báo cáo.",
    columns=(
        _c("id", "Mã nhiệm vụ", "Id", kind="id", note=_ID),
        _c("title", "Tên nhiệm vụ", "Title", width=42),
        _c("clause", "Điều khoản", "Clause", refers="clauses", width=13, note=_CLAUSE),
        _list("also", "Điều khoản liên quan", "Also", "clauses"),
        _c("words", "Nguyên văn giao việc", "Words", kind="long", width=50, note="Chép đúng một câu của điều khoản."),
        _list("assigned_to", "Giao cho", "Assigned to", "parties",
              note="Mã đơn vị hoặc mã nhóm, cách nhau bằng dấu phẩy; nhóm thì mỗi đơn vị trong nhóm một việc."),
        _pick("role", "Vai trò", "Role", "role", note="Để trống là chủ trì."),
        _pick("force", "Mức độ giao", "Force", "force", note="Để trống là giao."),
        _list("with", "Phối hợp với", "With", "parties", item="agency"),
        _list("for", "Phục vụ cho", "For", "parties"),
        _c("report", "Báo cáo phải gửi", "Report", refers="reports"),
        _c("reported_in", "Báo cáo chung trong nhiệm vụ", "Reported in", refers="responsibilities", width=26),
        _list("consolidates", "Tổng hợp từ nhiệm vụ", "Consolidates", "responsibilities", item="responsibility"),
        _c("takes.days", "Số ngày tổng hợp", "Takes days", path=("takes", "days"), kind="number", width=16,
           note="Cần mấy ngày để tổng hợp khi đã nhận đủ."),
    ),
)  # fmt: skip

DEADLINES: Final = Layout(
    key="deadlines", vi="Thời hạn", en="Deadlines", ids=3,
    note="Hạn của từng giai đoạn của nhiệm vụ: giai đoạn ấy xong trước hạn này.",
    columns=(
        _c("duty", "Nhiệm vụ", "Duty", kind="id", path=(), refers="responsibilities", width=22),
        _pick("phase", "Giai đoạn", "Phase", "phase", path=(), note="Việc đơn giản thì chọn hoàn thành."),
        _pick("whose", "Hạn của ai", "Whose", "whose", path=(), width=32,
              note="Hạn dự kiến chỉ để nhắc, không ai bị tính là trễ."),
        *_deadline(),
        _c("clause", "Điều khoản nêu hạn", "Clause", refers="clauses", width=18, note=_CLAUSE),
        _pick("missed", "Khi quá hạn", "Missed", "missed", note="Để trống là quá hạn."),
    ),
)  # fmt: skip

REPORTS: Final = Layout(
    key="reports", vi="Báo cáo", en="Reports", note="Báo cáo nào gửi cho ai, hạn nào.",
    columns=(
        _c("id", "Mã báo cáo", "Id", kind="id", note=_ID),
        _c("title", "Tên báo cáo", "Title", width=46),
        _c("clause", "Điều khoản", "Clause", refers="clauses", width=13, note=_CLAUSE),
        _list("also", "Điều khoản liên quan", "Also", "clauses"),
        _list("to", "Gửi đến", "To", "agencies"),
        *_deadline("due"),
        _pick("required", "Bắt buộc", "Required", "yes", width=14, note="Để trống là có."),
        _pick("counted_by", "Tính theo ngày", "Counted by", "counted", note="Để trống là ngày gửi."),
        _pick("acceptance", "Cách chấp nhận", "Acceptance", "acceptance", width=32,
              note="Để trống là nơi nhận chấp nhận."),
        _pick("nil_allowed", "Được báo cáo không có", "Nil allowed", "yes", width=22, note="Để trống là có."),
    ),
)  # fmt: skip

TEXTS: Final = Layout(
    key="clauses", vi="Điều khoản", en="Clauses", note="Nguyên văn kế hoạch, từng đoạn; mọi trang khác dẫn về đây.",
    columns=(
        _c("id", "Mã điều khoản", "Id", kind="id", width=15,
           note="Như văn bản đánh số: III.4; gạch đầu dòng thứ hai là III.1-2."),
        _pick("kind", "Loại", "Kind", "clause",
              note="Hoạt động, nhiệm vụ, báo cáo thì phải có dòng ở trang khác dẫn đến."),
        _c("label", "Đánh số", "Label", width=10, note="Chữ đứng trước: III., 1., -"),
        _c("title", "Đề mục", "Title", kind="long", width=40),
        _c("text", "Nguyên văn", "Text", kind="long", width=100),
    ),
)  # fmt: skip

LAYOUTS: Final = (HEADER, AGENCIES, GROUPS, CONTACTS, DUTIES, DEADLINES, REPORTS, TEXTS)
"""The sheets that are read back, in their order."""

HELP_TITLE: Final = "Hướng dẫn"
WORDS_TITLE: Final = "Danh mục"
"""The sheets that are not."""


def with_numbers(layouts: Sequence[Layout], numbers: Sequence[str]) -> tuple[Layout, ...]:
    """The layouts, the agencies' with a column for each number that the plan's agencies carry."""
    extra = tuple(_c(name, name, name, kind="number", width=12) for name in numbers)
    return tuple(_extended(one, extra) if one.key == AGENCIES.key else one for one in layouts)


def _extended(layout: Layout, extra: tuple[Column, ...]) -> Layout:
    return Layout(
        key=layout.key, vi=layout.vi, en=layout.en, note=layout.note, columns=layout.columns + extra, ids=layout.ids
    )


def titles() -> Iterator[tuple[str, Layout]]:
    """Each name by which a sheet is recognised, with its layout."""
    for layout in LAYOUTS:
        for name in (layout.vi, layout.en, layout.key):
            yield name.casefold(), layout


def columns_by_name(layout: Layout) -> Mapping[str, Column]:
    """Each name by which a column of a sheet is recognised."""
    found: dict[str, Column] = {}
    for column in layout.columns:
        for name in column.names:
            found.setdefault(name.casefold(), column)
    return found
