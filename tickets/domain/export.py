from datetime import datetime
from typing import Any

from core.domain import audit


def note_export(*, actor: Any, rows: int, form: str, query: str, now: datetime) -> None:
    """Keep in the audit trail that somebody took a list of tickets out of the house: how many, as what, which."""
    changes = {"rows": rows, "format": form, "query": query}
    audit.record(actor=actor, action="ticket.export", subject="tickets.ticket:list", changes=changes, now=now)
