from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.enums import ImportKind, ImportState, Verdict


class ImportRun(models.Model):
    """A file of master data on its way in: read, checked row by row, then taken in as a whole.

    `file` is the name in the storage; `attempts` counts begun readings and writings, so that a file that kills its
    worker is given up. `trouble` says why nothing came of it.
    """

    kind = models.CharField(max_length=8, choices=ImportKind.choices)
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.WAITING)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    good_only = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="import_at_work",
                condition=Q(state__in=[ImportState.WAITING, ImportState.STARTED]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class ImportRow(models.Model):
    """A row of the file as it was read. `problems` are pairs of column and sentence; `cells` the texts by column."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["run", "verdict", "number"], name="import_row_verdict")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"
