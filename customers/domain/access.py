"""Who of the customers' people has access: the one place where contact, customer and login are brought together.

A login is open exactly while its contact is active and its customer is served. Closing takes effect at once: sessions
end, links and invitations that were mailed are dead. What is closed with the customer opens again with it; old
sessions and links stay dead.
"""

from datetime import datetime
from typing import Any

from accounts.domain import link
from accounts.domain import user as users
from core.domain import record
from customers.models import Contact, Customer


def settle(*, contact: Contact, actor: Any, now: datetime) -> None:
    """Make the contact's login what it must be. Runs in the caller's transaction; twice is once."""
    if contact.is_active and contact.customer.is_active:
        if contact.user:
            users.enable_user(user=contact.user, actor=actor, now=now)
        return
    link.withdraw(now, subject=record.subject(contact))
    if contact.user:
        users.disable_user(user=contact.user, actor=actor, now=now)


def settle_all(*, customer: Customer, actor: Any, now: datetime) -> None:
    """`settle` for everybody of the customer, in the order of their keys."""
    locked = list(Contact.objects.filter(customer=customer).order_by("pk").select_for_update().values_list("pk"))
    people = Contact.objects.filter(pk__in=[pk for (pk,) in locked]).select_related("user", "customer").order_by("pk")
    for contact in people:
        settle(contact=contact, actor=actor, now=now)
