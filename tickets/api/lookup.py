"""The rows that a body names, out of those that the caller sees. Missing and hidden ones are refused alike."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import UserKind
from accounts.models import User
from accounts.queries.user import users_for
from core.api.fields import existing
from core.permissions import require
from customers.models import Asset, Contact, Site
from customers.queries.customer import assets_for, contacts_for, customers_for, sites_for
from tickets.domain.ticket import Report
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for


def assignee(user: Any, pk: int | None) -> User | None:
    """A member of staff; only for who may assign."""
    if pk is None:
        return None
    require(user, "tickets.assign_ticket")
    found: User = existing(users_for(user).filter(kind=UserKind.STAFF), pk, "assignee")
    return found


def other_ticket(user: Any, number: str) -> Ticket:
    found: Ticket = existing(tickets_for(user), number, "other", by="number", message=_("This ticket does not exist."))
    return found


def contact(user: Any, customer_id: int, pk: int | None, field: str = "contact") -> Contact | None:
    message = _("This contact does not exist.") if field == "to_contact" else _not_there()
    return existing(contacts_for(user).filter(customer=customer_id), pk, field, message=message) if pk else None


def site(user: Any, customer_id: int, pk: int | None) -> Site | None:
    return existing(sites_for(user).filter(customer=customer_id), pk, "site", message=_not_there()) if pk else None


def asset(user: Any, customer_id: int, pk: int | None) -> Asset | None:
    return existing(assets_for(user).filter(customer=customer_id), pk, "asset", message=_not_there()) if pk else None


def report(user: Any, data: dict[str, Any]) -> Report:
    """The report with the rows that it names."""
    customer = existing(customers_for(user), data.pop("customer"), "customer")
    rows: dict[str, Any] = {
        "contact": contact(user, customer.pk, data.pop("contact", None)),
        "site": site(user, customer.pk, data.pop("site", None)),
        "asset": asset(user, customer.pk, data.pop("asset", None)),
    }
    return Report(customer=customer, **rows, **data)


def _not_there() -> str:
    return _("This entry does not exist at the customer.")
