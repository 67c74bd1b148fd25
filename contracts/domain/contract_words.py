"""What people are told about contracts, in their own language."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Contract
from core.domain import notification

TEXTS = {
    "contract.review": gettext_lazy("Please review contract %(number)s (%(customer)s)."),
    "contract.rejected": gettext_lazy("Contract %(number)s (%(customer)s) went back to its draft."),
    "contract.reviewed": gettext_lazy(
        "All departments agree to contract %(number)s (%(customer)s). Please approve it."
    ),
    "contract.copy": gettext_lazy("Contract %(number)s (%(customer)s): please acknowledge your copy."),
}


def tell(contract: Contract, user: Any, key: str, kind: str, now: datetime, *, text: Any = None) -> None:
    """Put a line into a person's list and mail it, once a key. Nothing without a person."""
    if user is None or not user.is_active:
        return
    words = text or (lambda: str(TEXTS[kind]) % {"number": contract.number, "customer": contract.customer.short_name})
    notification.notify(user=user, key=key, kind=kind, text=words, url=address(contract), now=now, mail=True)


def renewal_text(contract: Contract, days: int) -> str:
    words = _("Contract %(number)s (%(customer)s) ends on %(day)s, in %(days)s days. Please think of its renewal.")
    return words % {
        "number": contract.number,
        "customer": contract.customer.short_name,
        "day": contract.ends_on.isoformat(),
        "days": days,
    }


def address(contract: Contract) -> str:
    """The page of a contract."""
    return f"/contracts/{contract.pk}/"
