"""Processes that take the same step at the same moment, and tell what they were told."""

from __future__ import annotations

from multiprocessing.connection import Connection

from campaignflow import Campaign
from campaignflow.errors import CampaignflowError
from tests.support.plans import moment


def take_as(connection: Connection, database: str, key: str, trigger: str, actor: str, at: str) -> None:
    """Waits for the word, then takes one step; sends its event's sequence, or the error's code, text and data."""
    with Campaign.open(database=database, now=moment(at)) as campaign:
        campaign.running()
        connection.send("ready")
        connection.recv()
        try:
            taken = campaign.advance(key, trigger, actor=actor)
        except CampaignflowError as error:
            connection.send((error.code, error.text(), error.data))
        else:
            connection.send((taken.sequence,))
