"""Documents that carry steps: their facts, the date that counts, and files with hostile names."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignflow.services.documents import LIMIT_MB, Document, attach, display_name
from campaignflow.services.errors import FileTooLarge, FileUnusable
from tests.conftest import lack
from tests.support.plans import VIETNAM, moment

HOSTILE = [
    ("../../etc/passwd", "passwd"),
    ("..\\..\\windows\\win.ini", "win.ini"),
    ("/etc/shadow", "shadow"),
    ("C:\\secret.txt", "secret.txt"),
    ("C:secret.txt", "C_secret.txt"),
    ("..", "file"),
    (".", "file"),
    ("", "file"),
    ("   ", "file"),
    ("a/", "file"),
    (".bashrc", "bashrc"),
    ("báo cáo.pdf", "báo cáo.pdf"),
    ("bao cao.pdf\x00.exe", "bao cao.pdf_.exe"),
    ("a\nb\r\tc.pdf", "a_b__c.pdf"),
    ("fdp.\u202eexe", "fdp._exe"),
    ("a\u2066b\u2069.pdf", "a_b_.pdf"),
    ("a\u200fb\u200e\u061cc.pdf", "a_b__c.pdf"),
    ("in\u200bvis\ufeffible.pdf", "in_vis_ible.pdf"),
    ("a\x85b\x9bc.pdf", "a_b_c.pdf"),
    ("line\u2028para\u2029.pdf", "line_para_.pdf"),
    ('a<b>"c"|d?e*f:g.pdf', "a_b__c__d_e_f_g.pdf"),
    ("undecodable\udcff.pdf", "undecodable_.pdf"),
    ("trailing. . .", "trailing"),
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE)
def test_a11_a_hostile_file_name_is_shown_as_a_harmless_one(name: str, shown: str) -> None:
    assert display_name(name) == shown


@given(st.text(alphabet=st.characters(), max_size=300))
def test_a11_whatever_a_file_is_called_its_shown_name_is_one_plain_line(name: str) -> None:
    shown = display_name(name)

    assert 1 <= len(shown) <= 120
    assert not set(shown) & set('/\\:*?"<>|')
    assert all(unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} for letter in shown)
    assert not shown.startswith((".", " "))
    shown.encode()


@given(st.text(alphabet=st.characters(), max_size=300))
def test_a_shown_name_is_shown_as_it_is(name: str) -> None:
    assert display_name(display_name(name)) == display_name(name)


def test_a_name_too_long_keeps_its_end_with_the_kind_of_file() -> None:
    assert display_name("x" * 500 + ".pdf") == "x" * 116 + ".pdf"


def test_a_name_cut_in_the_middle_does_not_begin_with_a_dot() -> None:
    assert display_name("x" + "." + "y" * 119) == "y" * 119


def test_a_decomposed_name_is_composed() -> None:
    assert display_name(unicodedata.normalize("NFD", "báo cáo.pdf")) == "báo cáo.pdf"


# --- reading a file


def test_an_attached_file_is_kept_by_its_content_and_shown_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "báo cáo.pdf"
    file.write_bytes(b"content")

    found = attach(file)

    assert (found.name, found.blob.content, found.blob.size) == ("báo cáo.pdf", b"content", 7)
    assert found.blob.sha256 == hashlib.sha256(b"content").hexdigest()


def test_a11_a_file_with_a_name_that_is_no_text_can_be_attached(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"b\xe1o c\xe1o.pdf")
    try:
        with open(path, "wb") as file:
            file.write(b"x")
    except OSError:
        lack("needs a file system that takes any bytes for a name")

    assert attach(Path(os.fsdecode(path))).name == "b_o c_o.pdf"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "scan.tif"
    with file.open("wb") as opened:
        opened.truncate(LIMIT_MB * 1_000_000 + 1)

    with pytest.raises(FileTooLarge) as caught:
        attach(file)

    assert caught.value.data["file"] == "scan.tif"


def test_a_file_of_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "scan.tif"
    with file.open("wb") as opened:
        opened.truncate(LIMIT_MB * 1_000_000)

    assert attach(file).blob.size == LIMIT_MB * 1_000_000


def test_a_file_that_is_not_there_is_refused_by_its_shown_name(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable) as caught:
        attach(tmp_path / "no\u202ewhere.pdf")

    assert "no_where.pdf" in caught.value.text()


def test_a11_a_folder_a_pipe_or_a_device_is_no_file_to_attach(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileUnusable):
            attach(path)


# --- what is known of a document


def test_a_document_of_which_nothing_is_known_leaves_nothing_in_the_journal() -> None:
    assert Document().facts() is None


def test_what_is_known_of_a_document_is_kept_as_plain_values(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"abc")
    paper = Document(
        number="152/KH-UBND", date=dt.date(2020, 9, 28), sent=moment("2020-09-28 09:30"),
        attachments=(attach(tmp_path / "a.pdf"),),
    )  # fmt: skip

    assert paper.facts() == {
        "number": "152/KH-UBND",
        "date": "2020-09-28",
        "sent": "2020-09-28T09:30:00+07:00",
        "attachments": [{"name": "a.pdf", "sha256": hashlib.sha256(b"abc").hexdigest(), "size": 3}],
    }


SIGNED = Document(date=dt.date(2020, 10, 23), sent=moment("2020-10-26 09:00"))
ENTERED = moment("2020-10-28 10:00")


@pytest.mark.parametrize(
    ("paper", "by", "expected"),
    [
        (SIGNED, "sent", "2020-10-26T09:00:00+07:00"),
        (SIGNED, "signed", "2020-10-23T23:59:59.999999+07:00"),
        (SIGNED, "received", "2020-10-28T10:00:00+07:00"),
        (Document(), "sent", "2020-10-28T10:00:00+07:00"),
        (Document(), "signed", "2020-10-28T10:00:00+07:00"),
        (Document(sent=moment("2020-10-26 09:00")), "signed", "2020-10-26T09:00:00+07:00"),
    ],
)
def test_the_plan_says_which_of_a_documents_dates_counts(paper: Document, by: str, expected: str) -> None:
    assert paper.counted(by, ENTERED, VIETNAM).isoformat() == expected
