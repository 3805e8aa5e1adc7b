"""What writers do: everything that people do with a campaign, drawn at random.

Every deed that writes carries a word of its own (its *token*) in the note or the reason, so that it can be found in the
journal, and found twice if it was done twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from campaignflow import Campaign
from campaignflow.domain.assignments import Facts
from campaignflow.loading.plans import LoadedPlan
from campaignflow.ports import Blob, ContactRow
from campaignflow.services.documents import Attachment, Document
from campaignflow.services.running import Running
from tests.chaos.marks import Marks
from tests.support.changing_plan import BEGINS, EDITS, EXTERNAL, together, variation
from tests.support.course import Edit, texts
from tests.support.plans import WORKSHOP, moment

VARIATIONS = 14
LAST = {"roads": moment("2028-03-31"), "workshop": moment("2026-09-30")}
"""The clock goes no further: by then everything of the plans has happened."""
BEGIN = {"roads": moment(BEGINS), "workshop": moment("2026-02-16 08:00")}
GRANTER = {"roads": "province", "workshop": "office"}
_EVENTS: Mapping[str, tuple[str, ...]] = {"roads": EXTERNAL, "workshop": ("decision",)}
_PARTS = ("open", "close")
_AHEAD = (0, 0, 0, 1, 5, 9, 30, 90)
"""By how many hours a deed may move the clock."""


@cache
def plans(name: str) -> tuple[LoadedPlan, ...]:
    """The texts of a plan: the first one, and those that it may become."""
    chance = random.Random(f"the texts of {name}")
    if name == "roads":
        sets = [together(chance.sample(sorted(EDITS), chance.randint(1, 3))) for _ in range(VARIATIONS)]
        return (variation(), *map(variation, dict.fromkeys(sets)))
    edits: list[Edit] = [("reports.results.due", {"before": f"2026-{month}-16"}) for month in ("03", "04", "05")]
    return (
        texts(WORKSHOP),
        *(texts(WORKSHOP, edit, ("reports.summary.due", {"before": "2026-06-20"})) for edit in edits),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to do: it is done by calling `act`."""

    name: str
    token: str
    act: Callable[[], object]
    #: The SHA-256 of the files that it brings.
    files: tuple[str, ...] = ()
    #: The name of the copy that it makes.
    copy: str | None = None


@dataclass(slots=True)
class Doer:
    """One writer's campaign, and the chance that decides what it does."""

    campaign: Campaign
    plan: str
    marks: Marks
    life: int
    chance: random.Random
    #: Where to put copies.
    folder: Path
    _count: int = field(default=0)

    def begin(self) -> Deed | None:
        """What a writer does first: where there is no campaign yet, it applies the plan."""
        from campaignflow.services.errors import CampaignMissing
        from campaignflow.store.errors import StoreMissing

        try:
            self.campaign.running()
        except (StoreMissing, CampaignMissing):
            token = self._token()
            return Deed(
                name="apply", token=token,
                act=lambda: self.campaign.apply_loaded(plans(self.plan)[0], note=token, document=Document(number="1")),
            )  # fmt: skip
        return None

    def next(self) -> Deed:
        """The next thing to do."""
        now = self.marks.now(self.plan)
        ahead = dt.timedelta(hours=self.chance.choice(_AHEAD))
        self.marks.set_clock(self.plan, max(now, min(now + ahead, LAST[self.plan])))
        name = self.chance.choices([*_DEEDS], [weight for _, weight in _DEEDS.values()])[0]
        return _DEEDS[name][0](self, name)

    # --- what there is

    def _token(self) -> str:
        self._count += 1
        return f"life {self.life} deed {self._count}"

    def _here(self) -> tuple[Running, list[Facts]]:
        with self.campaign._reading() as (store, running):
            return running, [*store.assignments(running.id)]

    def _key(self) -> str:
        return self.chance.choice(self._here()[1]).key

    def _day(self, days: int) -> dt.date:
        return self.marks.now(self.plan).date() + dt.timedelta(days=days)

    def _paper(self, most: int = 0) -> tuple[Document, tuple[str, ...]]:
        """A document, with up to so many files."""
        files = []
        for number in range(self.chance.randint(0, most)):
            size = self.chance.choice((0, 9, 500, 5_000, 40_000, 200_000))
            content = self.chance.randbytes(size)
            blob = Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content), content=content)
            files.append(Attachment(name=f"{number}.pdf", blob=blob))
        return Document(number="7", attachments=tuple(files)), tuple(one.blob.sha256 for one in files)

    def _deed(self, name: str, act: Callable[[str], object], files: tuple[str, ...] = ()) -> Deed:
        token = self._token()
        return Deed(name=name, token=token, act=lambda: act(token), files=files)

    # --- deeds

    def step(self, name: str) -> Deed:
        """One step of one assignment, by the coordinator, whether the store still allows it or not."""
        running, owed = self._here()
        facts = self.chance.choice(_open(running, owed))
        steps = running.table(running.duty_of(facts)).offered(facts.state)
        trigger = self.chance.choice([one.trigger for one in steps] or ["open", "done"])
        paper, files = self._paper(1)
        return self._deed(
            name, lambda token: self.campaign.advance(
                facts.key, trigger, reason="a reason", note=token, document=paper,
            ), files,
        )  # fmt: skip

    def submit(self, name: str) -> Deed:
        """A report with its files; a paper that carries no report where none is owed."""
        running, owed = self._here()
        reports = [
            facts for facts in owed
            if (duty := running.duty_of(facts)).report and running.table(duty).step(facts.state, "submit")
        ]  # fmt: skip
        facts = self.chance.choice(reports or owed)
        paper, files = self._paper(3)
        return self._deed(
            name, lambda token: self.campaign.advance(
                facts.key, "submit", reason="a reason", note=token, document=paper
            ), files,
        )  # fmt: skip

    def many(self, name: str) -> Deed:
        """The same step of several assignments: of all of them, or of none."""
        running, owed = self._here()
        one = self.chance.choice(_open(running, owed))
        keys = [facts.key for facts in owed if (facts.duty, facts.state) == (one.duty, one.state)]
        steps = running.table(running.duty_of(one)).offered(one.state)
        trigger = self.chance.choice([step.trigger for step in steps] or ["done"])
        return self._deed(
            name, lambda token: self.campaign.advance_many(
                keys, trigger, reason="a reason", note=token, document=Document(number="8")
            )
        )  # fmt: skip

    def amend(self, name: str) -> Deed:
        """The plan becomes another of its texts."""
        loaded = self.chance.choice(plans(self.plan))
        paper, files = self._paper(1)
        return self._deed(
            name, lambda token: self.campaign.apply_loaded(loaded, note=token, document=paper), files
        )  # fmt: skip

    def extend(self, name: str) -> Deed:
        """A later deadline for one assignment."""
        key, until = self._key(), self._day(self.chance.randint(1, 200))
        granter = GRANTER[self.plan]
        return self._deed(
            name, lambda token: self.campaign.extend(
                key, until, granted_by=granter, reason="a reason", note=token, document=Document(number="9")
            )
        )  # fmt: skip

    def undo(self, name: str) -> Deed:
        """The last step of an assignment is taken back."""
        moved = [facts.key for facts in self._here()[1] if facts.version]
        key, force = self.chance.choice(moved) if moved else self._key(), self.chance.random() < 0.5
        return self._deed(name, lambda token: self.campaign.undo(key, force=force, reason="a reason", note=token))

    def tick(self, name: str) -> Deed:
        """The clock does its work."""
        return self._deed(name, lambda _: self.campaign.tick())

    def acknowledge(self, name: str) -> Deed:
        """An agency knows of its duty, and may promise a day."""
        key, promised = self._key(), self.chance.choice((None, self._day(3)))
        return self._deed(name, lambda token: self.campaign.acknowledge(key, promised=promised, note=token))

    def part(self, name: str) -> Deed:
        """A part is ticked, or the tick taken back."""
        keys = [facts.key for facts in self._here()[1] if facts.duty == "hold"]
        key, part = self.chance.choice(keys) if keys else self._key(), self.chance.choice(_PARTS)
        ticked = self.chance.random() < 0.7
        return self._deed(name, lambda token: self.campaign.tick_part(key, part, ticked=ticked, note=token))

    def delegate(self, name: str) -> Deed:
        """Another agency acts for the one that holds an assignment."""
        running, owed = self._here()
        key, to = self.chance.choice(owed).key, self.chance.choice(sorted(running.agencies))
        first, last = self._day(0), self._day(20)
        return self._deed(name, lambda token: self.campaign.delegate(key, to, first, last, note=token))

    def occur(self, name: str) -> Deed:
        """An outside event happens."""
        event = self.chance.choice(_EVENTS[self.plan])
        return self._deed(name, lambda token: self.campaign.occur(event, note=token))

    def open(self, name: str) -> Deed:
        """A duty on demand is opened."""
        agency = self.chance.choice(("ash", "birch", "cedar"))
        return self._deed(name, lambda token: self.campaign.open_for("answer", agency, note=token))

    def exempt(self, name: str) -> Deed:
        """The coordinator lets somebody off."""
        key = self._key()
        return self._deed(name, lambda token: self.campaign.advance(key, "exempt", reason="a reason", note=token))

    def contact(self, name: str) -> Deed:
        """A person is added to the register."""
        agency = self.chance.choice(("ash", "birch"))
        token = self._token()
        row = ContactRow(
            id=token.replace(" ", "-"), agency=agency, role="clerk", name="A Person", email="person@ash.example",
            phone="", since=None, until=None,
        )  # fmt: skip
        return Deed(name=name, token=token, act=lambda: self.campaign.add_contact(row, reason=token))

    def backup(self, name: str) -> Deed:
        """The database is backed up into a file."""
        token = self._token()
        copy = f"backup of {token}.db"
        return Deed(name=name, token=token, copy=copy, act=lambda: self.campaign.backup(self.folder / copy).campaigns)

    def copy(self, name: str) -> Deed:
        """The database is copied into another one."""
        token = self._token()
        copy = f"copy of {token}.db"
        url = f"sqlite:///{self.folder / copy}"
        return Deed(name=name, token=token, copy=copy, act=lambda: self.campaign.copy_to(url).campaigns)

    def close(self, name: str) -> Deed:
        """The campaign is closed."""
        return self._deed(name, lambda token: self.campaign.close_campaign(force=True, note=token))

    def reopen(self, name: str = "reopen") -> Deed:
        """The campaign is opened again."""
        return self._deed(name, lambda token: self.campaign.reopen(reason="a reason", note=token))


def _open(running: Running, owed: list[Facts]) -> list[Facts]:
    """The assignments that are not over; all, where all of them are."""
    return [one for one in owed if not running.table(running.duty_of(one)).states[one.state].final] or owed


_DEEDS: Mapping[str, tuple[Callable[[Doer, str], Deed], int]] = {
    "advance": (Doer.step, 30), "submit": (Doer.submit, 14), "many": (Doer.many, 3), "amend": (Doer.amend, 7),
    "extend": (Doer.extend, 7), "undo": (Doer.undo, 9), "tick": (Doer.tick, 8), "acknowledge": (Doer.acknowledge, 8),
    "part": (Doer.part, 5), "delegate": (Doer.delegate, 3), "occur": (Doer.occur, 1), "open": (Doer.open, 3),
    "exempt": (Doer.exempt, 1), "contact": (Doer.contact, 3), "close": (Doer.close, 1),
    "backup": (Doer.backup, 2), "copy": (Doer.copy, 1),
}  # fmt: skip
"""What is done, and how often of some hundred times."""
