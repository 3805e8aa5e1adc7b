"""Looking at a round's database: after kills at what was acknowledged, now and then and at the end at everything."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Mapping

from campaignflow import Campaign
from campaignflow.services.errors import CampaignMissing
from campaignflow.store.errors import StoreMissing
from tests.chaos.copies import Copies
from tests.chaos.engines import Database
from tests.chaos.ledger import Ledger
from tests.chaos.tally import Tally

Ledgers = Mapping[str, Ledger]
_SECONDS = 120
"""How long `verify` may take; the journals of a round have some hundreds of events."""


def look(database: Database, ledgers: Ledgers, tally: Tally) -> list[str]:
    """Whether every event that was acknowledged is in the journal; what is not, in words."""
    tally.looks += 1
    found = []
    for campaign, ledger in ledgers.items():
        if ledger.acknowledged:
            kept = {sequence: digest for sequence, digest, _ in database.journal(campaign)}
            found += [f"{campaign}: event {sequence} was acknowledged and is lost" for sequence in ledger.lost(kept)]
    return found


def audit(database: Database, ledgers: Ledgers, tally: Tally) -> list[str]:
    """Compares everything that was said with everything that is there, and has the product verify itself."""
    found = [f"the engine says: {text}" for text in database.damage()]
    for campaign, ledger in ledgers.items():
        journal = database.journal(campaign)
        found += [f"{campaign}: {text}" for text in ledger.wrong(journal, database.files(campaign))]
    for campaign, ledger in ledgers.items():
        found += [f"{campaign}: verify: {text}" for text in verified(database.url, campaign, bool(ledger.acknowledged))]
        tally.verified += 1
    return found


def audit_copies(copies: Copies, database: Database, ledgers: Ledgers, tally: Tally, *, over: bool) -> list[str]:
    """Whether every backup and copy is what was said of it, and takes them away.

    Args:
        copies: where they are.
        database: what they are copies of.
        ledgers: by campaign.
        tally: where they are counted.
        over: whether nobody works any more, so that also what the killed have left is looked at.
    """
    names = copies.names(all_of_them=over)
    journals = {campaign: database.journal(campaign) for campaign in ledgers} if names else {}
    found = []
    for name in names:
        found += copies.wrong(name, journals)
        for campaign in ledgers:
            there = campaign in copies.told.get(name, {})
            url = f"sqlite:///{copies.folder / name}"
            found += [f"the copy {name}: {campaign}: verify: {text}" for text in verified(url, campaign, there)]
        tally.copies += 1
        copies.remove(name)
    return found


def verified(url: str, campaign: str, there: bool) -> list[str]:
    """What `verify` finds, in a process of its own, so that this one never has a connection or a thread of it.

    Args:
        url: the database.
        campaign: which one.
        there: whether it must be there.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(_SECONDS)  # which kills it
        try:
            answer = _verify(url, campaign, there)
        except BaseException:  # noqa: BLE001
            answer = [traceback.format_exc()[-3000:]]
        os.write(writing, json.dumps(answer).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer_of:
        text = answer_of.read()
    os.waitpid(child, 0)
    found: list[str] = json.loads(text or json.dumps([f"it did not end within {_SECONDS} s"]))
    return found


def _verify(url: str, name: str, there: bool) -> list[str]:
    with Campaign.open(database=url, campaign=name) as campaign:
        try:
            verdict = campaign.verify()
        except (StoreMissing, CampaignMissing) as missing:
            return [str(missing)] if there else []
        return [fault.text() for fault in verdict.faults]
