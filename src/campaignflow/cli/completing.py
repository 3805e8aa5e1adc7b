"""What a shell offers for a word that is being typed, out of the database. Cheap, and never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from campaignflow.cli.context import Context, Invocation

if TYPE_CHECKING:
    from campaignflow.campaign import Campaign

MOST = 200
"""No more words are offered than this: nobody reads them."""

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _offering(words: Callable[[Campaign, dict[str, Any]], Iterable[str]]) -> Completer:
    """A completer that offers those of `words` that begin with what is typed."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        try:
            context = Context.of(ctx.find_root().ensure_object(Invocation))
            with context.campaign() as campaign:
                found = [word for word in words(campaign, ctx.params) if word.startswith(incomplete)]
        except Exception:  # noqa: BLE001 -- whoever presses Tab wants words or nothing
            return []
        return found[:MOST]

    return complete


def _keys(campaign: Campaign, params: dict[str, Any]) -> Iterable[str]:
    return [line.facts.key for line in campaign.status().lines]


def _triggers(campaign: Campaign, params: dict[str, Any]) -> Iterable[str]:
    words = [word for word in params.get("words_") or () if word]
    if not words:
        return _keys(campaign, params)
    return [step.trigger for step in campaign.show(words[0]).allowed]


def _parts(campaign: Campaign, params: dict[str, Any]) -> Iterable[str]:
    return [part.id for part in campaign.show(params["key"]).line.duty.parts]


keys = _offering(_keys)
"""Keys of assignments."""

triggers = _offering(_triggers)
"""A key, then the steps allowed to it now."""

parts = _offering(_parts)
"""Parts of the duty of the key before."""


def _demands(campaign: Campaign, params: dict[str, Any]) -> Iterable[str]:
    duties = campaign.running().duties.values()
    return dict.fromkeys(one.responsibility for one in duties if one.on_demand and one.dropped is None)


demands = _offering(_demands)
"""Duties on demand, which `open` opens."""

agencies = _offering(lambda campaign, params: campaign.running().agencies)
"""Agencies of the plan."""

events = _offering(lambda campaign, params: campaign.running().header["events"])
"""Outside events that the plan waits for."""

groups = _offering(lambda campaign, params: campaign.running().header["unconfirmed"])
"""Groups that wait for confirmation."""


def _actors(campaign: Campaign, params: dict[str, Any]) -> Iterable[str]:
    return ("coordinator", *campaign.running().agencies, *(contact.id for contact in campaign.contacts()))


actors = _offering(_actors)
"""Who may act: the coordinator, agencies, the bodies among them, and contacts."""

contacts = _offering(lambda campaign, params: [contact.id for contact in campaign.contacts()])
"""Contacts of the register."""
