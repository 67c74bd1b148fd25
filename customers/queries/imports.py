"""Files of master data on their way in, and what is wrong with them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from core.permissions import can
from customers.enums import Verdict
from customers.models import ImportRow, ImportRun

SAMPLE = 5


def imports_for(user: Any) -> QuerySet[ImportRun]:
    """Whoever takes files in sees those of everybody, the newest first; others see none."""
    runs = ImportRun.objects.select_related("created_by", "started_by").order_by("-id")
    return runs if can(user, "customers.import_rows") else runs.none()


def bad_rows(run: ImportRun) -> QuerySet[ImportRow]:
    return run.rows.filter(verdict=Verdict.BAD).order_by("number")


def sample(run: ImportRun) -> list[ImportRow]:
    """The first rows that would be taken in."""
    return list(run.rows.filter(verdict=Verdict.GOOD).order_by("number")[:SAMPLE])


def bad_lines(run: ImportRun) -> Iterator[tuple[int, dict[str, str], list[list[str]]]]:
    """Number, texts and problems of every bad row."""
    return bad_rows(run).values_list("number", "cells", "problems").iterator(1000)
