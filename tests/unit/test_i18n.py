"""Two languages: which is spoken, whether everything is translated, how words and dates read."""

from __future__ import annotations

import ast
import datetime as dt
import doctest
import gettext
import os

import pytest
from babel.messages.catalog import Catalog

from campaignflow import i18n
from campaignflow.i18n import choose_language, format_date, format_moment, label, say, speaking, translator
from tools import messages


def test_examples_of_the_docstrings_hold():
    assert doctest.testmod(i18n).failed == doctest.testmod(i18n.dates).failed == 0


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_message_of_the_code_is_translated_with_its_fields_and_compiled(lang):
    assert messages.problems(lang) == []


def test_the_check_names_a_message_that_is_missing_empty_or_has_other_fields():
    catalog = Catalog(locale="vi")
    catalog.add("Empty {x}.", "")
    catalog.add("Wrong {x}.", "Sai {y}.")
    catalog.add("Right {x!r}.", "Đúng {x!r}.")
    told = [
        line
        for text in ("Gone.", "Empty {x}.", "Wrong {x}.", "Right {x!r}.")
        for line in messages._problems_of(catalog, messages.Found(None, text, None, "a.py"))
    ]
    assert [line.split(":")[0] for line in told] == ["missing", "not translated", "other fields"]


def test_messages_are_found_in_calls_help_texts_error_classes_and_rules():
    source = """
class Gone(CampaignflowError):
    code = "gone"
    message = "It is gone."
    cure = "Look " "elsewhere."
RULES = (("bad", "error", "It is bad.", "Mend it."),)
option("--x", help="An option.")
say("{n} things", n=n)
Rule("r", "A rule.", "Its cure.", why="Not shown.")
NP_("role", "lead")
ngettext("one", "many", n)
"""
    found = {text for _, text, _ in messages.messages_of(ast.parse(source))}
    assert found == {
        "It is gone.", "Look elsewhere.", "It is bad.", "Mend it.", "An option.", "{n} things", "A rule.",
        "Its cure.", "lead", "one",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "environ", "lang"),
    [
        ("en", {"CAMPAIGNFLOW_LANG": "vi"}, "en"),
        (None, {"CAMPAIGNFLOW_LANG": "en", "LC_ALL": "vi_VN.UTF-8"}, "en"),
        (None, {"LC_ALL": "en_GB.UTF-8", "LANG": "vi_VN"}, "en"),
        (None, {"LC_MESSAGES": "vi_VN.UTF-8", "LANG": "en_US"}, "vi"),
        (None, {"LANG": "en"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "vi"),
        (None, {"LANG": "enm_GB"}, "vi"),
        (None, {"LANG": "fr_FR.UTF-8"}, "vi"),
        (None, {}, "vi"),
        ("fr", {"LANG": "en_US"}, "en"),
    ],
)
def test_the_language_is_the_one_given_else_the_variables_else_the_locales_else_vietnamese(given, environ, lang):
    assert choose_language(given, environ) == lang


def test_a_language_the_product_does_not_speak_is_refused():
    with pytest.raises(ValueError, match="fr"):
        translator("fr")


@pytest.mark.parametrize("kind", sorted(i18n.LABELS))
def test_every_word_has_a_label_in_both_languages(kind):
    for word, english in i18n.LABELS[kind].items():
        assert label(kind, word, "en") == english
        assert label(kind, word, "vi") != english


def test_standings_and_roles_are_called_as_officials_call_them():
    assert label("standing", "done_on_time", "vi") == "Hoàn thành đúng hạn"
    assert label("standing", "overdue", "vi") == "Chưa hoàn thành, quá hạn"
    assert [label("role", word, "vi") for word in ("lead", "coordinate", "advise", "chase")] == [
        "chủ trì", "phối hợp", "tham mưu", "đôn đốc",
    ]  # fmt: skip


def test_a_word_the_product_does_not_know_is_its_own_label():
    assert label("state", "waiting_for_seal", "vi") == "waiting_for_seal"


def test_a_translation_that_does_not_fit_its_data_gives_way_to_the_english():
    class Wrong(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return "Sai {y}."

    words = i18n.Translator("vi", Wrong())
    assert words.fill("Right {x}.", {"x": 1}) == "Right 1."
    assert words.fill("Right {z}.", {"x": 1}) == "Right {z}."


def test_speaking_holds_for_its_block_also_in_the_words_of_click():
    before = os.environ.get("LANGUAGE"), gettext.textdomain()
    with speaking("vi"):
        assert say("Missing command.") == gettext.gettext("Missing command.") == "Thiếu tên lệnh."
        with speaking("en"):
            assert say("Missing command.") == gettext.gettext("Missing command.") == "Missing command."
        assert gettext.gettext("Missing command.") == "Thiếu tên lệnh."
    assert (os.environ.get("LANGUAGE"), gettext.textdomain()) == before


@pytest.mark.parametrize(
    ("lang", "weekday", "text"),
    [
        ("vi", False, "25/10/2020"),
        ("vi", True, "Chủ nhật 25/10/2020"),
        ("en", True, "Sun 25 Oct 2020"),
        ("en", False, "25 Oct 2020"),
    ],
)
def test_dates_read_as_people_of_the_language_write_them(lang, weekday, text):
    assert format_date(dt.date(2020, 10, 25), lang, weekday=weekday) == text


def test_a_moment_is_written_in_the_zone_it_carries():
    moment = dt.datetime(2020, 10, 23, 17, 5, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    assert format_moment(moment, "vi", weekday=True) == "thứ Sáu 23/10/2020 17:05"
    assert format_moment(moment, "en") == "23 Oct 2020 17:05"
