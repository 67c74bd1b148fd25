"""Whether a request was confirmed, and who may confirm it [004]."""

from typing import Any

from customers.models import CallerCheck, Contact
from customers.queries.customer import contacts_for

MOST_CALLERS = 20


def needs_check(contact: Contact | None) -> bool:
    """Whether what this person (None: somebody unknown) asks for is to be confirmed. Pure."""
    return contact is None or not contact.may_report


def check_of(subject: str) -> CallerCheck | None:
    """One statement."""
    return CallerCheck.objects.filter(subject=subject).select_related("contact", "actor").first()


def authorised_callers(user: Any, customer_id: int) -> list[Contact]:
    """Who may confirm requests at a customer, by name; one statement."""
    people = contacts_for(user).filter(customer=customer_id, may_report=True, is_active=True)
    return list(people.order_by("name", "pk")[:MOST_CALLERS])
