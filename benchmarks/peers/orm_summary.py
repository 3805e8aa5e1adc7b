"""A command that counts tasks by region and state with Django's ORM: `python orm_summary.py FILE` prints the counts.

`python orm_summary.py FILE --fill ROWS` makes the file first.
"""

# Django is installed only where the benchmarks run, not where types are checked.
# mypy: disable-error-code="import-not-found,misc"

from __future__ import annotations

import sys
from typing import Any

import django
from django.conf import settings

_REGIONS, _STATES = 63, ("open", "drafting", "submitted", "completed")


def task_model(database: str) -> Any:
    """The model of a task in a file."""
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
    settings.configure(DATABASES={"default": engine}, INSTALLED_APPS=[], USE_TZ=True, DEBUG=False)
    django.setup()
    from django.db import models

    class Task(models.Model):
        """An assignment."""

        key = models.CharField(max_length=200)
        agency = models.CharField(max_length=64)
        region = models.CharField(max_length=64)
        state = models.CharField(max_length=40)
        due = models.DateTimeField()

        class Meta:
            """Models outside an application say which one they would be in."""

            app_label = "peers"

    return Task


def fill(task: Any, rows: int) -> None:
    """Makes the table with so many rows."""
    import datetime as dt

    from django.db import connection, transaction

    with connection.schema_editor() as editor:
        editor.create_model(task)
    due = dt.datetime(2024, 9, 20, 17, tzinfo=dt.UTC)
    made = (
        task(key=f"duty/{n}", agency=f"a{n}", region=f"tinh-{n % _REGIONS:02}", state=_STATES[n % 4], due=due)
        for n in range(rows)
    )
    with transaction.atomic():
        task.objects.bulk_create(made, batch_size=5000)


def main() -> None:
    """Counts, or fills."""
    from django.db.models import Count

    task = task_model(sys.argv[1])
    if len(sys.argv) > 2:
        fill(task, int(sys.argv[3]))
        return
    for line in task.objects.values("region", "state").annotate(count=Count("pk")).order_by("region", "state"):
        print(line["region"], line["state"], line["count"])


if __name__ == "__main__":
    main()
