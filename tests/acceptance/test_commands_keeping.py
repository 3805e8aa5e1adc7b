"""`backup`, `restore`, `copy` and `doctor`, as people type them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from campaignflow.store import places
from tests.support.commands import Commands, copied, example_copy
from tests.support.pgserver import postgres_url

NOW = "2020-10-26T10:00"
KEY = "to-chuc-tuan-le/cao-loc"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    made = example_copy(tmp_path_factory.mktemp("keeping") / "plan")
    made.json("apply", now="2020-09-21T08:00")
    return made


@pytest.fixture
def campaign(applied: Commands, tmp_path: Path) -> Commands:
    return copied(applied, tmp_path / "plan")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Commands:
    """The plan in another folder, where it was never applied."""
    return example_copy(tmp_path / "elsewhere")


def backed_up(campaign: Commands, tmp_path: Path) -> str:
    file = str(tmp_path / "b.db")
    campaign.json("backup", file)
    return file


# --- backup


def test_a_backup_tells_its_heads_and_verify_knows_them(campaign: Commands, tmp_path: Path) -> None:
    document = campaign.json("backup", str(tmp_path / "b.db"))

    assert list(document) == ["file", "size", "campaigns"]
    (one,) = document["campaigns"]
    assert (one["campaign"], one["events"]) == ("lltweek2020", 2)
    assert campaign.json("verify", "--expect", one["head"])["ok"]
    text = campaign("backup", str(tmp_path / "c.db"))
    assert one["head"] in text.out
    assert "Write the heads down" in text.out


def test_a_backup_takes_no_files_place_without_force(campaign: Commands, tmp_path: Path) -> None:
    file = backed_up(campaign, tmp_path)

    answer = campaign("backup", file, "--json")

    assert (answer.code, answer.refusal["code"]) == (1, "file-there")
    assert campaign("backup", file, "--force").code == 0


def test_what_is_not_there_is_not_backed_up(elsewhere: Commands, tmp_path: Path) -> None:
    answer = elsewhere("backup", str(tmp_path / "b.db"), "--json")

    assert (answer.code, answer.refusal["code"]) == (1, "store-missing")


# --- restore


def test_a_restored_copy_says_so_with_every_command_until_it_is_confirmed(
    campaign: Commands, elsewhere: Commands, tmp_path: Path
) -> None:
    file = backed_up(campaign, tmp_path)
    document = elsewhere.json("restore", file)
    head = document["campaigns"][0]["head"]
    assert list(document) == ["database", "aside", "campaigns"]

    for words in (["status"], ["worklist"], ["acknowledge", KEY], ["verify"], ["history"], ["status", "--json"]):
        answer = elsewhere(*words, now=NOW)
        assert (answer.code, head[:16] in answer.err) == (0, True), words
        assert campaign(*words, now=NOW).err == ""
    assert elsewhere.json("status", now=NOW)["plan"]["restored"] == head
    refused = elsewhere("accept", KEY, now=NOW)
    assert refused.code == 1
    assert head[:16] in refused.err

    confirmed = elsewhere.json("restore", "--confirm", "--reason", "Máy cũ hỏng", now=NOW)
    assert list(confirmed) == ["campaign", "confirmed", "head", "sequence"]
    assert confirmed["head"] == head
    after = elsewhere("status", "--json", now=NOW)
    assert (after.err, after.document["plan"]["restored"]) == ("", None)
    assert "event 2, head" in elsewhere("history", width=200).out
    assert elsewhere.json("verify")["ok"]


def test_confirming_says_it_no_more(campaign: Commands, elsewhere: Commands, tmp_path: Path) -> None:
    elsewhere.json("restore", backed_up(campaign, tmp_path))

    answer = elsewhere("restore", "--confirm", "--reason", "x", now=NOW)

    assert (answer.code, answer.err) == (0, "")
    assert "is the campaign since 26 Oct 2020 10:00" in answer.out
    again = elsewhere("restore", "--confirm", "--reason", "x", "--json", now=NOW)
    assert (again.code, again.refusal["code"]) == (1, "not-restored")


def test_what_was_there_is_put_aside_when_it_is_forced(campaign: Commands, tmp_path: Path) -> None:
    file = backed_up(campaign, tmp_path)
    refused = campaign("restore", file, "--json")
    assert (refused.code, refused.refusal["code"]) == (1, "campaigns-there")
    assert "--force" in refused.refusal["cure"]

    document = campaign.json("restore", file, "--force", now=NOW)

    assert document["aside"] == str(campaign.folder / ".campaignflow" / "campaign-20201026T030000Z.db")
    assert Path(document["aside"]).exists()
    assert "campaign-20201026T030000Z-2.db" in campaign("restore", file, "--force", now=NOW, width=200).out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["b.db", "--confirm"],
        ["--confirm", "--force"],
        ["b.db", "--reason", "x"],
        ["b.db", "--note", "x"],
    ],
)
def test_restoring_and_confirming_are_not_mixed(campaign: Commands, words: list[str]) -> None:
    assert campaign("restore", *words).code == 2


# --- copy


def test_a_campaign_moves_to_a_server_and_back(campaign: Commands, tmp_path: Path) -> None:
    campaign.json("submit", KEY, "--sent", "2020-10-23", "--attach", "plan.yaml", now=NOW)
    head = campaign.json("verify")["head"]
    server, back = postgres_url(), f"sqlite:///{tmp_path / 'back.db'}"

    document = campaign.json("copy", "--to", server)
    assert list(document) == ["database", "campaigns"]
    assert document["campaigns"][0]["head"] == head
    assert document["campaigns"][0]["rows"]["blob"] == 1
    campaign.json("copy", "--database", server, "--to", back)

    for url in (server, back):
        assert campaign.json("verify", "--database", url, "--expect", head)["ok"]
        assert campaign.json("status", "--database", url, now=NOW) == campaign.json("status", now=NOW)
    told = campaign("copy", "--to", server, "--json")
    assert (told.code, told.refusal["code"]) == (1, "campaign-there")
    assert head in campaign("copy", "--to", f"sqlite:///{tmp_path / 'third.db'}").out


def test_only_the_campaign_that_is_named_is_copied(campaign: Commands, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'copy.db'}"

    answer = campaign("copy", "--campaign", "nobody", "--to", url, "--json")

    assert (answer.code, answer.refusal["code"]) == (1, "campaign-missing")
    assert not (tmp_path / "copy.db").exists()
    assert campaign("copy", "--campaign", "lltweek2020", "--to", url).code == 0


@pytest.mark.parametrize("url", ["copy.db", "mysql://u:secret@h/d", "sqlite://"])
def test_what_is_no_database_is_wrong_usage_and_no_password_is_repeated(campaign: Commands, url: str) -> None:
    answer = campaign("copy", "--to", url)

    assert answer.code == 2
    assert "secret" not in answer.err


# --- doctor


def results(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {one["name"]: one["result"] for one in document["checks"]}


def test_an_installation_that_is_well_has_nothing_wrong(campaign: Commands) -> None:
    document = campaign.json("doctor")

    assert (document["ok"], set(results(document).values())) == (True, {"ok"})
    assert [list(one) for one in document["checks"][:1]] == [["name", "result", "message", "cure"]]
    assert campaign.json("verify")["head"] in campaign("doctor", width=200).out
    assert campaign("doctor").out.endswith("Nothing is wrong.\n")


def test_doctor_writes_nothing(campaign: Commands) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(campaign.folder.rglob("*"))
            if path.is_file()
        }

    before = state()
    campaign("doctor")
    assert state() == before


def test_doctor_looks_at_a_database_that_others_have_open(campaign: Commands) -> None:
    held = sqlite3.connect(campaign.folder / ".campaignflow" / "campaign.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    held.execute("UPDATE campaign SET next_tick = 0")

    document = campaign.json("doctor")

    held.execute("ROLLBACK")
    held.close()
    assert set(results(document).values()) == {"ok"}


def test_where_nothing_is_yet_doctor_says_how_to_begin(elsewhere: Commands, tmp_path: Path) -> None:
    document = elsewhere.json("doctor")
    assert (document["ok"], results(document)["database"]) == (True, "warning")
    bare = Commands(folder=tmp_path).json("doctor")
    assert (bare["ok"], results(bare)["plan"], "database" in results(bare)) == (True, "not_checked", False)


def test_what_is_wrong_is_found_and_the_exit_code_says_so(
    campaign: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = campaign.folder / ".campaignflow" / "campaign.db"
    (campaign.folder / "plan.yaml").write_text("campaignflow: 1\nplan: [\n")
    database.write_bytes(b"spoilt " * 2000)
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 0:1 / {database.parent} rw - nfs server:/x rw\n")
    monkeypatch.setattr(places, "MOUNTS", str(table))

    answer = campaign("doctor", "--json")

    assert answer.code == 1
    found = results(answer.document)
    assert {name for name, result in found.items() if result == "error"} == {"plan", "database", "place"}
    assert {found[name] for name in ("schema", "integrity", "journal", "durability")} == {"not_checked"}
    assert campaign("doctor").out.rstrip().endswith("3 errors.")


def test_a_journal_that_somebody_changed_is_found(campaign: Commands) -> None:
    changed = sqlite3.connect(campaign.folder / ".campaignflow" / "campaign.db")
    changed.execute("UPDATE journal SET body = replace(body, 'so-gddt', 'so-xdxd') WHERE sequence = 2")
    changed.commit()
    changed.close()

    answer = campaign("doctor", "--json")

    assert (answer.code, results(answer.document)["journal"]) == (1, "error")


def test_a_newer_or_an_older_database_is_named_and_left_as_it_is(campaign: Commands) -> None:
    file = campaign.folder / ".campaignflow" / "campaign.db"
    for number, result in ((99, "error"), (1, "warning")):
        changed = sqlite3.connect(file)
        changed.execute(f"PRAGMA user_version = {number}")
        changed.close()
        found = results(campaign("doctor", "--json").document)
        assert (found["schema"], found["journal"]) == (result, "not_checked")
        looked = sqlite3.connect(file)
        assert looked.execute("PRAGMA user_version").fetchone() == (number,)
        looked.close()


def test_a_restored_copy_a_set_clock_and_a_misspelt_variable_are_warnings(
    campaign: Commands, elsewhere: Commands, tmp_path: Path
) -> None:
    elsewhere.json("restore", backed_up(campaign, tmp_path))
    misspelt = Commands(folder=elsewhere.folder, environ={"CAMPAIGNFLOW_DATABSE": "x"})

    document = misspelt.json("doctor", now=NOW)

    found = results(document)
    assert {name for name, result in found.items() if result != "ok"} == {"restored", "clock", "variables"}
    assert document["ok"]


def test_doctor_looks_at_a_server_and_says_that_this_one_forgets_in_a_power_cut(campaign: Commands) -> None:
    url = postgres_url()
    empty = results(campaign("doctor", "--database", url, "--json").document)
    assert (empty["server"], empty["schema"], empty["journal"]) == ("ok", "warning", "not_checked")
    campaign.json("copy", "--to", url)

    answer = campaign("doctor", "--database", url, "--json")

    found = results(answer.document)
    assert (answer.code, found["settings"]) == (1, "error")  # the tests' own server runs with fsync=off
    assert {found[name] for name in ("server", "schema", "journal")} == {"ok"}
    assert "integrity" not in found


def test_a_server_that_is_not_there_is_an_error_without_the_password(campaign: Commands) -> None:
    answer = campaign("doctor", "--database", "postgresql://u:secret@localhost:1/d", "--json")

    assert (answer.code, results(answer.document)["server"]) == (1, "error")
    assert "secret" not in answer.out + answer.err


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [40, 80])
def test_its_page_fits_the_terminal_in_both_languages(campaign: Commands, lang: str, width: int) -> None:
    said = Commands(folder=campaign.folder, lang=lang)("doctor", width=width)

    assert said.code == 0
    assert ("Không có gì bất thường." if lang == "vi" else "Nothing is wrong.") in said.out
    assert max(map(len, said.out.splitlines())) <= width
