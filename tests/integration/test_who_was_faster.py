"""Whoever comes second is told who came first, with what and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.services.errors import StepNotAllowed
from campaignflow.services.steps import Desk
from campaignflow.store.errors import StepOvertaken
from tests.support.children import at_once
from tests.support.commands import example_copy
from tests.support.pgserver import postgres_url
from tests.support.plans import moment, open_workshop
from tests.support.steps import take
from tests.support.takers import take_as

PROCESSES = 8
KEY = "kiem-tra/so-gddt"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database on each engine."""
    return postgres_url() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'campaign.db'}"


def test_r12_of_eight_who_take_one_step_at_once_seven_are_told_who_did_and_when(database: str) -> None:
    """R12: each of the eight acts for itself at a minute of its own, so that the answers can only mean the one."""
    open_workshop(database).close()
    actors = ["ash", "office"] * (PROCESSES // 2)
    minutes = [f"2026-03-12 09:{number:02}" for number in range(PROCESSES)]

    answers = at_once(take_as, [(database, "hold/ash", "submit", *one) for one in zip(actors, minutes, strict=True)])

    winners = [number for number, answer in enumerate(answers) if len(answer) == 1]
    assert len(winners) == 1
    winner = winners[0]
    for number in set(range(PROCESSES)) - {winner}:
        code, text, data = answers[number]
        assert code in {"step-not-allowed", "step-overtaken"}
        assert (data["by"], data["step"], data["at"]) == (actors[winner], "submit", moment(minutes[winner]))
        assert f"{actors[winner]} took the step `submit` there at 2026-03-12T09:{winner:02}:00+07:00." in text


def test_whoever_was_overtaken_within_a_transaction_is_told_by_whom() -> None:
    with open_workshop() as campaign:
        take(campaign, "2026-02-20 09:30", "hold/ash", "register", actor="ash")

        def overtaken(desk: Desk, _: object) -> None:
            found = desk.recorder.store.assignment(desk.running.id, "hold/ash")
            assert found is not None
            stale = replace(found, version=found.version - 1)
            desk.recorder.store.save(desk.running.id, stale, found)

        with pytest.raises(StepOvertaken) as caught:
            campaign.enter(overtaken, now=moment("2026-02-20 10:00"))

    assert caught.value.text() == (
        "hold/ash was changed by someone else at the same time; your step was not taken. "
        "ash took the step `register` there at 2026-02-20T09:30:00+07:00."
    )


@pytest.mark.parametrize(
    ("move", "now", "told"),
    [
        (lambda campaign: None, "2026-02-19", ""),
        (lambda campaign: campaign.acknowledge("hold/ash", now=moment("2026-02-17")), "2026-02-19", ""),
        (lambda campaign: take(campaign, "2026-02-18", "hold/ash", "register"), "2026-02-19",
         "office register 2026-02-18"),
        (lambda campaign: campaign.tick(now=moment("2026-03-02")), "2026-03-02", "clock opening_begins 2026-03-02"),
        (lambda campaign: None, "2026-03-02", "clock opening_begins 2026-03-02"),
    ],
    ids=["nobody", "nobody who moved it", "a person", "the clock", "the clock, by now"],
)  # fmt: skip
def test_who_is_named_is_who_moved_it_last(move: Callable[[Campaign], object], now: str, told: str) -> None:
    with open_workshop() as campaign:
        move(campaign)

        with pytest.raises(StepNotAllowed) as caught:
            take(campaign, now, "hold/ash", "accept", actor="registry")

    data = caught.value.data
    assert " ".join(str(data[name]).split()[0] for name in ("by", "step", "at") if name in data) == told


def test_the_command_says_in_both_languages_who_was_faster(tmp_path: Path) -> None:
    commands = example_copy(tmp_path)
    commands.json("apply", now="2020-09-21T08:00:00+07:00")
    commands.json("advance", KEY, "done", "--as", "so-gddt", now="2020-09-28T09:05:00+07:00")

    for lang, told in [
        ("en", "so-gddt took the step `done` there, recorded 28 Sep 2020 09:05."),
        ("vi", "Bước `done` đưa đến đó do so-gddt thực hiện, được ghi lúc 28/09/2020 09:05."),
    ]:
        late = commands("advance", KEY, "done", "--json", "--lang", lang, now="2020-09-28T09:06:00+07:00")
        assert (late.code, set(late.refusal)) == (1, {"code", "message", "cure"})
        assert late.refusal["code"] == "step-not-allowed"
        assert late.refusal["message"].endswith(told)
