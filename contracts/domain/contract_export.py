"""Whoever takes the list of contracts away leaves a trace."""

from datetime import datetime
from typing import Any

from core.domain import audit


def note_export(*, actor: Any, rows: int, kind: str, now: datetime) -> None:
    """Record that a list of so many contracts left as a file."""
    changes = {"rows": rows, "format": kind}
    audit.record(actor=actor, action="contract.export", subject="contracts.contract:list", changes=changes, now=now)
