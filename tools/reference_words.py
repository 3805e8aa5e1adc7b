"""The glossary: the words of the program in English and Vietnamese, from the catalogue of labels."""

from __future__ import annotations

from campaignflow.i18n import LABELS, label

PAGE = "reference/words.md"

_OPENING = """\
# Words

The word on the left is what is stored, written in plans and printed with `--json`; it never changes. The labels are
what people read.

## What the product speaks of

| word | Vietnamese | meaning |
| --- | --- | --- |
| plan | kế hoạch | the campaign as text: `plan.yaml`, with `roster.csv` and `contacts.csv` beside it |
| revision | bản | an applied text, numbered; stored with its lifecycles and resolved dates |
| clause | mục | a piece of the plan's text with an id: `III.1-2` is the second dash of III.1 |
| words | nguyên văn | the phrase of a clause that states a duty, quoted exactly |
| agency | cơ quan, đơn vị | a unit with a place in a tree, dates of existence, perhaps a successor |
| group | nhóm cơ quan | a set of agencies that the plan names in one phrase |
| body | ban chỉ đạo | a committee that the plan brings into being in each agency of a group: `bcd-tinh.lang-son` |
| superior, subordinates | cấp trên, cấp dưới | the agency above each one that owes a duty; the agencies below it |
| stage | giai đoạn | a span of the campaign that is planned and summed up by itself |
| period | kỳ | a month, quarter, half-year or year for which a duty that recurs is owed; part of the key |
| activity | hoạt động | something the campaign does |
| responsibility | việc được giao | a duty given to an agency or a group |
| assignment | nhiệm vụ của một đơn vị | one responsibility as one agency owes it; its key is `responsibility/agency` |
| key | mã nhiệm vụ | what recurs adds its period, what was opened a number: `…/agency/2014-Q3`, `…/001` |
| recurring | định kỳ | owed once for each period |
| continuous | thường xuyên | owed without an end: never overdue, outside the rates |
| on demand | khi có yêu cầu | owed only once it is opened for somebody |
| milestone | mốc | by when a point of a duty is to be done; it makes nobody late |
| part | phần việc | a point of one duty: ticked, not an assignment |
| own plan | kế hoạch của đơn vị | the plan that an assignee must draft itself |
| coordinator | cơ quan điều phối | the agency whose officer runs the campaign |
| deadline | thời hạn | when a phase must be finished, in the plan's own words |
| standing | tình trạng | where an assignment stands on the two axes done / not done, in time / late |
| presumed | coi như đã làm | taken as done because nobody is asked to report it |
| nil report | báo cáo không phát sinh | there was nothing to report, with the reason; not a missing report |
| supplement | báo cáo bổ sung | a report that comes after its figures were consolidated |
| promise | hẹn | the day an agency names for what is late; it moves no deadline |
| journal | nhật ký | the events of a campaign, in order, each chained to the one before |
| head | mã đầu chuỗi | the hash of the newest event: what to write down elsewhere |
"""

_TITLES = {
    "phase": "Phases",
    "state": "States",
    "standing": "Standings",
    "role": "Roles",
    "force": "Forces",
    "action": "Actions of the worklist",
    "trigger": "Steps",
    "party": "Parties",
    "event kind": "Kinds of events",
    "severity": "Severities of findings",
}


def render() -> str:
    """The page, in Markdown."""
    return "\n".join([_OPENING, *(_section(kind) for kind in LABELS)])


def _section(kind: str) -> str:
    rows = [f"| `{word}` | {label(kind, word, 'en')} | {label(kind, word, 'vi')} |" for word in LABELS[kind]]
    head = f"## {_TITLES.get(kind, kind.capitalize())}\n\n| word | English | Vietnamese |\n| --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n"
