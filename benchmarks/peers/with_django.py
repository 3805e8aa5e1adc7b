"""django-fsm over Django's ORM on a SQLite file, with the pragmas that ours has: a step and a line of history."""

# Django is installed only where the benchmarks run, not where types are checked.
# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings


class DjangoFsm:
    """A database with as many rows as there are assignments."""

    def __init__(self, path: Path, rows: int, body: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _configure(path)
        self._assignment, self._history = _models()
        from django.db import connection

        with connection.schema_editor() as editor:
            editor.create_model(self._assignment)
            editor.create_model(self._history)
        self._assignment.objects.bulk_create(self._assignment(id=number) for number in range(rows))
        self._body = body

    def steps(self, numbers: Iterable[int]) -> None:
        """One transaction for each number: the row is read, moved by its guarded method, saved, and a line kept."""
        from django.db import transaction

        for number in numbers:
            with transaction.atomic():
                assignment = self._assignment.objects.get(pk=number)
                assignment.register()
                assignment.save(update_fields=["state"])
                self._history.objects.create(
                    subject=number, kind="register", recorded=dt.datetime.now(dt.UTC), body=self._body
                )

    def steps_at_once(self, numbers: Sequence[int]) -> None:
        """One transaction for all, and the ORM's ways of writing many at once."""
        from django.db import transaction

        now = dt.datetime.now(dt.UTC)
        with transaction.atomic():
            moved = list(self._assignment.objects.filter(pk__range=(numbers[0], numbers[-1])))
            for assignment in moved:
                assignment.register()
            self._assignment.objects.bulk_update(moved, ["state"], batch_size=200)
            lines = (self._history(subject=one.pk, kind="register", recorded=now, body=self._body) for one in moved)
            self._history.objects.bulk_create(lines, batch_size=200)


def _configure(path: Path) -> None:
    pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
    options = {"init_command": pragmas, "transaction_mode": "IMMEDIATE"}
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    if not settings.configured:
        settings.configure(DATABASES={"default": database}, INSTALLED_APPS=[], USE_TZ=True, DEBUG=False)
        django.setup()
        return
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(path)


@cache
def _models() -> tuple[Any, Any]:
    from django.db import models
    from django_fsm import FSMField, transition

    class Assignment(models.Model):
        """What has a state."""

        state = FSMField(default="drafting", protected=True)

        class Meta:
            """Models outside an application say which one they would be in."""

            app_label = "peers"

        @transition(field=state, source="drafting", target="opening")
        def register(self) -> None:
            """Registers the own plan."""

        @transition(field=state, source="opening", target="running")
        def open(self) -> None:
            """Opens the week."""

    class History(models.Model):
        """A line of the journal."""

        subject = models.IntegerField(db_index=True)
        kind = models.CharField(max_length=40)
        recorded = models.DateTimeField()
        body = models.TextField()

        class Meta:
            """Models outside an application say which one they would be in."""

            app_label = "peers"

    return Assignment, History
