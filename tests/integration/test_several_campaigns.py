"""Several campaigns in one database, of either engine: each is itself, and none is taken for another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from campaignflow import Campaign
from campaignflow.cli.app import run
from campaignflow.loading.plan_head import plan_id
from campaignflow.services.errors import CampaignAmbiguous, CampaignMissing, CampaignOther
from tests.support.pgserver import ENGINES, everywhere
from tests.support.plans import moment

ROOT = Path(__file__).parents[2]
APPLIED = moment("2020-09-21 08:00")

PLAN = """\
campaignflow: 1
plan:
  id: {id}  # which one
  title: Kế hoạch {id}
  issuer: province
  coordinator: lead
  period: {{from: 2020-10-01, to: 2020-10-07}}
agencies:
  province: {{name: Ủy ban nhân dân tỉnh, kind: province}}
  lead: {{name: Sở chủ trì, kind: department, under: province}}
  xa: {{name: Ủy ban nhân dân xã, kind: commune, under: province}}
responsibilities:
  week: {{clause: "1", words: tổ chức Tuần lễ, title: Tổ chức, assigned_to: xa, due: {{drafting: {{by: 2020-09-28}}}}}}
clauses:
  - {{id: "1", kind: duty, text: Ủy ban nhân dân xã tổ chức Tuần lễ.}}
"""


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return everywhere(tmp_path, request.param)


def plan(folder: Path, name: str) -> Path:
    path = folder / name / "plan.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PLAN.format(id=name), encoding="utf-8")
    return path


def opened(folder: Path, name: str, database: str) -> Campaign:
    return Campaign.open(plan(folder, name), database, now=APPLIED)


@pytest.fixture
def both(tmp_path: Path, database: str) -> str:
    for name in ("one", "two"):
        with opened(tmp_path, name, database) as campaign:
            campaign.apply()
    return database


def test_each_campaign_has_a_sequence_and_a_chain_of_its_own(tmp_path: Path, both: str) -> None:
    with opened(tmp_path, "one", both) as one, opened(tmp_path, "two", both) as two:
        one.acknowledge("week/xa")
        one.acknowledge("week/xa", promised=APPLIED.date())

        assert [event.sequence for event in one.history()] == [1, 2, 3]
        assert [event.sequence for event in two.history()] == [1]
        assert one.head() != two.head()
        assert one.verify().ok
        assert two.verify().ok


def test_without_a_plan_one_has_to_say_which_of_several_is_meant(both: str) -> None:
    with Campaign.open(database=both) as campaign, pytest.raises(CampaignAmbiguous, match="one, two"):
        campaign.status()
    with Campaign.open(database=both, campaign="two") as campaign:
        assert campaign.running().key == "two"
    with Campaign.open(database=both, campaign="three") as campaign, pytest.raises(CampaignMissing):
        campaign.status()


def test_a_plan_says_which_of_several_is_meant(tmp_path: Path, both: str) -> None:
    for name in ("one", "two"):
        with opened(tmp_path, name, both) as campaign:
            assert campaign.running().key == name


def test_a_plan_that_was_not_applied_is_never_shown_as_another(tmp_path: Path, database: str) -> None:
    """The database holds one campaign only; it still is not the one whose plan was given."""
    with opened(tmp_path, "one", database) as campaign:
        campaign.apply()

    with opened(tmp_path, "two", database) as campaign:
        for ask in (campaign.status, campaign.worklist, campaign.verify, lambda: campaign.acknowledge("week/xa")):
            with pytest.raises(CampaignOther) as caught:
                ask()
            assert caught.value.data == {"campaign": "two", "campaigns": "one"}
        campaign.apply()
        assert campaign.running().key == "two"


def test_whoever_names_a_campaign_gets_it_whatever_the_plan_beside(tmp_path: Path, both: str) -> None:
    with Campaign.open(plan(tmp_path, "one"), both, campaign="two") as campaign:
        assert campaign.running().key == "two"


def test_on_the_command_line_a_campaign_is_named_or_is_that_of_the_plan(
    tmp_path: Path, both: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no plan is

    def asked(*arguments: str) -> Any:
        code = run(["--lang", "en", "--database", both, *arguments, "status", "--json"])
        said = capsys.readouterr()
        return json.loads(said.out)["plan"]["id"] if code == 0 else json.loads(said.err)["error"]["code"]

    assert asked() == "campaign-ambiguous"
    assert asked("--campaign", "two") == "two"
    assert asked("--plan", str(plan(tmp_path, "one"))) == "one"
    assert asked("--plan", str(plan(tmp_path, "three"))) == "campaign-other"


# --- reading the id at a glance


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plan:\n  id: a-b.c\n", "a-b.c"),
        ("# one\ncampaignflow: 1\n\nplan: # two\n  # three\n\n  title: t\n  id: 'x'\n", "x"),
        ('plan:\r\n  id: "x"\r\n', "x"),
        ("\ufeffplan:\n  id: x", "x"),
        ("plan: {title: t, id: x}\n", "x"),
        ("plan: {\n  title: t,\n  id: x,\n}\n", "x"),
        ("plan:\n  source:\n    id: other\n  id: mine\n", "mine"),
        ("plan:\n  source:\n    id: other\n", None),
        ("plan:\n  title: t\nagencies:\n  id: other\n", None),
        ("plan: {title: 'a, id: other', id: x}\n", None),
        ("plan: {issuer: {id: other}, id: x}\n", None),
        ("plan:\n  id: &a x\n", None),
        ("plan:\n  id:\n", None),
        ("other: 1\n", None),
        ("", None),
    ],
)
def test_the_id_of_a_plan_is_read_at_a_glance_or_not_at_all(tmp_path: Path, text: str, found: str | None) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(text.encode())

    assert plan_id(path) == found


def test_no_id_is_read_from_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert plan_id(tmp_path / "plan.yaml") is None


def test_the_id_read_at_a_glance_is_that_of_the_plan_itself() -> None:
    from campaignflow.loading.plans import load_plan

    plans = list((ROOT / "examples").rglob("plan.yaml"))
    assert plans
    for path in plans:
        assert plan_id(path) == load_plan(path).plan.plan.id


def test_a_plan_whose_id_takes_more_than_a_glance_is_the_only_one_of_its_database(
    tmp_path: Path, database: str
) -> None:
    path = plan(tmp_path, "one")
    path.write_text(path.read_text("utf-8").replace("id: one", "id: &me one"), encoding="utf-8")
    assert plan_id(path) is None

    with opened(tmp_path, "two", database) as campaign:
        campaign.apply()
    with Campaign.open(path, database) as campaign:
        assert campaign.running().key == "two"
