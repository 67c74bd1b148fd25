from datetime import datetime
from typing import Any

from core.models import Audit


def record(
    *, actor: Any, action: str, subject: str, changes: dict[str, Any], now: datetime, customer_id: int | None = None
) -> Audit:
    """Add one line to the audit trail, in the caller's transaction. `actor` is None for the system itself."""
    return Audit.objects.create(
        at=now, actor=actor, action=action, subject=subject, changes=changes, customer_id=customer_id
    )
