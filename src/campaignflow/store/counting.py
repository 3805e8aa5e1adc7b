"""Counting assignments without reading them, and agencies that are read when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from campaignflow.domain.assignments import Facts, Owed
from campaignflow.ports import Agencies, AgencyRow, Bucket
from campaignflow.store.rows import agency_of, facts_of, joined, listed

FEW = 300
"""A roster of no more agencies than this is read at once; of a longer one what is asked for, and the rest with it once
that has happened as often."""


class Counting:
    """The part of a store that counts: see `ports.Store` for what each method promises."""

    _connection: Any
    _sql: Callable[[str], Any]

    def size(self, campaign: int) -> int:
        """The number of assignments."""
        found: int = self._sql("counting").size(self._connection, campaign=campaign)
        return found

    def buckets(self, campaign: int) -> Iterator[Bucket]:
        """Every assignment without terms of its own, counted: by duty in the order of the plan, then by region."""
        sql = self._sql("counting")
        for duty, number in self._sql("campaign").duty_ids(self._connection, campaign=campaign):
            for region, state, presumed, blocked, *counts in sql.buckets(
                self._connection, campaign=campaign, duty_id=number
            ):
                yield Bucket(duty, region or None, state, listed(presumed), listed(blocked), *counts)

    def by_agency(self, campaign: int) -> Iterator[tuple[str, str, str, tuple[str, ...], tuple[str, ...], int | None]]:
        """Of every assignment that a bucket counts: agency, duty, state, presumed, blocked, decided; in any order."""
        rows = self._sql("counting").by_agency(self._connection, campaign=campaign)
        return ((agency, duty, state, listed(one), listed(two), at) for agency, duty, state, one, two, at in rows)

    def decided_before(self, campaign: int, bucket: Bucket, moment: int) -> int:
        """How many of a bucket were decided before an instant (microseconds, UTC)."""
        found: int = self._sql("counting").decided_before(
            self._connection, campaign=campaign, duty=bucket.duty, region=bucket.region or "", state=bucket.state,
            presumed=joined(bucket.presumed), blocked=joined(bucket.blocked), moment=moment,
        )  # fmt: skip
        return found

    def singles(self, campaign: int) -> Iterator[Facts]:
        """The assignments that no bucket counts: with terms of their own, or of agencies that may pass them on."""
        return map(facts_of, self._sql("assignments").singles(self._connection, campaign=campaign))

    def assignments_by_key(self, campaign: int, keys: Sequence[str]) -> dict[str, Facts]:
        """Those of some assignments that are there, by their keys."""
        wanted = json.dumps(list(keys), ensure_ascii=False)
        rows = self._sql("bulk").assignments_by_key(self._connection, campaign=campaign, keys=wanted)
        return {row[0]: facts_of(row) for row in rows}

    def misfiled(self, campaign: int) -> list[str]:
        """Keys of assignments whose counting columns do not say what the others do."""
        return [key for (key,) in self._sql("counting").misfiled(self._connection, campaign=campaign)]

    def agencies(self, campaign: int) -> Agencies:
        """The agencies by key, in the order of the roster; to be used while the store is open."""
        return StoredAgencies(self._sql("counting"), self._connection, campaign)

    def _add_owed(self, campaign: int, owed: Sequence[Owed], born: int) -> None:
        """Adds who owes each duty, one statement a duty."""
        numbers = dict(self._sql("campaign").duty_ids(self._connection, campaign=campaign)) if owed else {}
        first: int = self._sql("assignments").last_assignment_id(self._connection, campaign=campaign) + 1
        for one in owed:
            added: int = self._sql("bulk").add_owed(
                self._connection, campaign=campaign, first=first, prefix=f"{one.responsibility}/",
                suffix=f"/{one.ending}" if one.ending else "", duty_id=numbers[one.duty], state=one.initial,
                born=born, agencies=json.dumps(one.agencies, ensure_ascii=False),
            )  # fmt: skip
            assert added == len(one.agencies), "a duty is owed by an agency that is not there"
            first += added


class StoredAgencies(Agencies):
    """The agencies of a campaign in a store, read when they are asked for, each once."""

    def __init__(self, sql: Any, connection: Any, campaign: int) -> None:
        super().__init__({})
        self._sql, self._connection, self._campaign = sql, connection, campaign
        rows = self._read("first_agencies", limit=FEW + 1)
        self._known = dict(rows)
        self._whole = len(self._known) <= FEW
        self._asked = 0
        self._moving: Mapping[str, AgencyRow] | None = None

    def __getitem__(self, key: str) -> AgencyRow:
        known = self._known.get(key)
        if known is None and not self._whole:
            known = self._ask(key)
        if known is None:
            raise KeyError(key)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        if self._whole:
            return len(self._known)
        found: int = self._sql.agency_count(self._connection, campaign=self._campaign)
        return found

    def moving(self) -> Mapping[str, AgencyRow]:
        """Those that another may stand for one day: bodies, and agencies with an end."""
        if self._whole:
            return super().moving()
        if self._moving is None:
            self._moving = dict(self._read("moving_agencies"))
        return self._moving

    def in_order(self, keys: Collection[str]) -> list[str]:
        """Those of the keys that are agencies, in the order of the roster."""
        if self._whole or len(keys) > FEW:
            self._all()
            return super().in_order(keys)
        places = {key: self._sql.place(self._connection, campaign=self._campaign, key=key) for key in keys}
        return sorted((key for key, place in places.items() if place is not None), key=lambda key: places[key])

    def replaced(self, row: AgencyRow) -> Agencies:
        """The same with another row in the place of one that is there."""
        return _Replaced(self, {row.key: row})

    def _ask(self, key: str) -> AgencyRow | None:
        self._asked += 1
        if self._asked > FEW:
            return self._all().get(key)
        row = self._sql.agency(self._connection, campaign=self._campaign, key=key)
        if row is None:
            return None
        self._known[key] = found = agency_of(row)
        return found

    def _all(self) -> dict[str, AgencyRow]:
        if not self._whole:
            count = len(self)
            self._known, self._whole = dict(self._read("first_agencies", limit=count)), True
        return self._known

    def _read(self, name: str, **narrowed: Any) -> Iterator[tuple[str, AgencyRow]]:
        rows = getattr(self._sql, name)(self._connection, campaign=self._campaign, **narrowed)
        return ((row[0], agency_of(row)) for row in rows)


class _Replaced(Agencies):
    """Agencies of which some read otherwise than they are stored."""

    def __init__(self, stored: Agencies, rows: Mapping[str, AgencyRow]) -> None:
        super().__init__(rows)
        self._stored = stored

    def __getitem__(self, key: str) -> AgencyRow:
        found = self._rows.get(key)
        return self._stored[key] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def in_order(self, keys: Collection[str]) -> list[str]:
        """See `ports.Agencies`."""
        return self._stored.in_order(keys)

    def moving(self) -> Mapping[str, AgencyRow]:
        """See `ports.Agencies`."""
        return {key: self[key] for key in self._stored.moving()}

    def replaced(self, row: AgencyRow) -> Agencies:
        """See `ports.Agencies`."""
        return _Replaced(self._stored, {**self._rows, row.key: row})
