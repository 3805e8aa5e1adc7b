"""The 2020 campaign on PostgreSQL: every command of the rehearsal does and prints what it does on SQLite."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaignflow import Campaign
from campaignflow.cli.app import run
from campaignflow.loading.yamltext import parse_yaml
from campaignflow.services import rehearsal
from campaignflow.services.rehearsal import Ran
from tests.support.pgserver import ENGINES, everywhere


def played(folder: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Ran]]:
    """Plays the whole rehearsal on a database; gives every command with what came of it."""
    example = rehearsal.example_path()
    parsed = parse_yaml((example / rehearsal.SCRIPT).read_bytes(), file=rehearsal.SCRIPT)
    assert parsed.data is not None
    rehearsal.prepare(folder, example)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")

    def typed(arguments: Sequence[str]) -> Ran:
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = run(["--lang", "vi", "--no-color", "--database", database, *arguments])
        return Ran(code=code, output=output.getvalue(), errors=errors.getvalue())

    shown = []
    for one in rehearsal.play(rehearsal.read_script(parsed.data), typed):
        if one.ran is not None:
            shown.append((" ".join(one.cue.arguments()), one.ran))
    for more in (("verify", "--json"), ("status", "--by", "region"), ("worklist", "--json"), ("history", "--json")):
        shown.append((" ".join(more), typed((*more, "--now", "2020-11-10T08:00"))))
    return shown


def test_the_rehearsal_says_the_same_on_postgresql_as_on_sqlite_to_the_last_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, shown = [], []
    for engine in ENGINES:
        (tmp_path / engine).mkdir()
        database = everywhere(tmp_path / engine, engine)
        folder = tmp_path / engine / "campaign"
        shown.append(
            [(command, _plain(ran, engine, database)) for command, ran in played(folder, database, monkeypatch)]
        )
        with Campaign.open(database=database) as campaign:
            assert campaign.verify().ok
            heads.append(campaign.head())

    assert heads[0] == heads[1]
    assert len(shown[0]) > 60
    for ours, theirs in zip(*shown, strict=True):
        assert ours == theirs


def _plain(ran: Ran, engine: str, database: str) -> tuple[int, str, str]:
    def same(text: str) -> str:
        return re.sub(rf"\b{engine}\b", "ENGINE", text.replace(database, "DATABASE"))

    return ran.code, same(ran.output), same(ran.errors)
