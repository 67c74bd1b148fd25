"""Who rates, and who reads ratings. Which tickets and ratings a person sees is decided by the queries."""

from typing import Any

from accounts.enums import UserKind
from core.permissions import permission


@permission("feedback.create_rating")
def create_rating(user: Any, ticket: Any) -> bool:
    """Contacts of the ticket's customer; staff never rate."""
    contact = getattr(user, "contact", None) if user.kind == UserKind.CONTACT else None
    return contact is not None and contact.is_active and contact.customer_id == ticket.customer_id


@permission("feedback.list_ratings")
def list_ratings(user: Any, _obj: Any) -> bool:
    return user.kind in (UserKind.STAFF, UserKind.CLIENT)
