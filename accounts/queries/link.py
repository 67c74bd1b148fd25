from collections.abc import Iterable
from datetime import datetime

from accounts.models import OneUseLink


def living_until(purpose: str, subjects: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Until when each subject has a link that can still be used; a subject without one is missing. One statement."""
    links = OneUseLink.objects.filter(
        purpose=purpose, subject__in=list(subjects), used_at=None, withdrawn_at=None, expires_at__gt=now
    )
    return dict(links.order_by("expires_at").values_list("subject", "expires_at"))
