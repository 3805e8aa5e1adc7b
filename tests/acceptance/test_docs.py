"""What the documentation says, compared with what the product does.

When one of these fails because the product changed as meant, write the pages anew and read the difference:
`python -m tools.reference_pages write`, `python -m tools.reference_blocks write`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaignflow.i18n import LABELS
from tools import reference_blocks, reference_pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
RUN = reference_blocks.pages()
JSON_PAGE = DOCS / "reference" / "json.md"
JSON_BLOCK = re.compile(r"^<!-- from: (?P<command>.+?) -->\n```json\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FOREIGN = re.compile(r"[a-z]+:")

pytestmark = pytest.mark.docs


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.needs("bash")
@pytest.mark.parametrize("page", RUN, ids=name)
def test_every_block_of_a_page_prints_what_the_page_shows(page: Path) -> None:
    wrong = [one for one in reference_blocks.results(page) if not one.fits]
    report = [line for one in wrong for line in ("", f"$ {one.command}", *one.shown, "-- prints:", *one.printed)]
    assert not wrong, "\n".join([f"{name(page)} shows something else than is printed", *report])


def test_the_pages_with_a_story_are_run() -> None:
    expected = {"README.md", "README.vi.md", "docs/tutorial/the-2020-plan.md", "docs/tutorial/ke-hoach-2020.md"}
    expected |= {name(page) for page in (DOCS / "how-to").glob("*.md")}
    assert expected <= {name(page) for page in RUN}


@pytest.mark.parametrize("page", reference_pages.PAGES)
def test_a_page_of_the_reference_is_what_the_product_says(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == reference_pages.made(page)


@pytest.mark.needs("bash")
def test_every_document_of_the_json_page_has_the_shape_that_is_printed(tmp_path: Path) -> None:
    session = reference_blocks.session(JSON_PAGE, tmp_path)
    for match in JSON_BLOCK.finditer(JSON_PAGE.read_text("utf-8")):
        printed = [line for line in session.run(match["command"]) if not line.startswith("[exit ")]
        shown = json.loads(match["body"])
        assert list(differences(shown, json.loads("\n".join(printed)), "")) == [], match["command"]


def differences(shown: Any, printed: Any, place: str) -> Iterator[str]:
    """Where two documents have other keys or other kinds of values; null stands for any kind."""
    if isinstance(shown, dict) and isinstance(printed, dict):
        if list(shown) != list(printed):
            yield f"{place or 'document'}: shows {list(shown)}, printed are {list(printed)}"
        for key in shown.keys() & printed.keys():
            yield from differences(shown[key], printed[key], f"{place}.{key}")
    elif isinstance(shown, list) and isinstance(printed, list):
        for one in printed if shown else ():
            yield from differences(shown[0], one, f"{place}[]")
    elif None not in (shown, printed) and kind(shown) != kind(printed):
        yield f"{place}: shows {shown!r}, printed is {printed!r}"


def kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def test_every_variable_that_the_program_reads_is_in_the_settings() -> None:
    source = "".join(file.read_text("utf-8") for file in (ROOT / "src").rglob("*.py"))
    variables = set(re.findall(r"\bCAMPAIGNFLOW_[A-Z_]+[A-Z]\b", source)) | {"NO_COLOR", "FORCE_COLOR"}
    settings = (DOCS / "reference" / "settings.md").read_text("utf-8")
    assert {variable for variable in variables if f"`{variable}`" not in settings} == set()


def test_every_standing_is_explained() -> None:
    text = (DOCS / "explanation" / "deadlines-and-the-law.md").read_text("utf-8")
    assert {word for word in LABELS["standing"] if f"`{word}`" not in text} == set()


def test_every_kind_of_event_is_named_where_the_journal_is_explained() -> None:
    text = (DOCS / "explanation" / "the-journal.md").read_text("utf-8")
    assert {word for word in LABELS["event kind"] if f"`{word}`" not in text} == set()


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "README.vi.md", ROOT / "CHANGELOG.md", *PAGES], ids=name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = [match["target"].partition("#")[0] for match in LINK.finditer(page.read_text("utf-8"))]
    local = [target for target in targets if target and not FOREIGN.match(target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_contents() -> None:
    contents = (DOCS / "index.md").read_text("utf-8").splitlines()
    listed = {f"docs/{line.strip()}.md" for line in contents}
    assert {name(page) for page in PAGES} - listed == {"docs/index.md"}


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "z"], True),
        (["head …"], ["head 1f0c"], True),
        (["head …"], ["tail 1f0c"], False),
        ([], ["a"], False),
        (["…"], [], True),
    ],
)
def test_an_ellipsis_stands_for_lines_or_for_a_part_of_one(
    shown: list[str], printed: list[str], expected: bool
) -> None:
    assert reference_blocks.fits(shown, printed) is expected


def test_a_document_with_another_key_or_kind_is_found_out() -> None:
    assert list(differences({"a": 1}, {"a": 2.5}, "")) == []
    assert list(differences({"a": [{"b": None}]}, {"a": [{"b": "x"}, {"b": 1}]}, "")) == []
    assert len(list(differences({"a": 1}, {"a": "1"}, ""))) == 1
    assert len(list(differences({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"c": 1}]}, ""))) == 1
