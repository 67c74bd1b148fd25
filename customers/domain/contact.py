from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import UserKind
from core.domain import audit, record
from core.errors import InputError
from customers.domain import access
from customers.domain import phone as phones
from customers.enums import ContactRole
from customers.models import Contact, ContactSite, Customer, Site

SHOWN = frozenset({"name", "position", "role", "phone", "email", "may_report", "is_active"})
FIELDS = SHOWN | {"user"}


def create(
    *,
    customer: Customer,
    name: str,
    actor: Any,
    now: datetime,
    position: str = "",
    role: str = ContactRole.OTHER,
    phone: str = "",
    email: str = "",
    may_report: bool = True,
    user: Any = None,
    sites: Iterable[Site] = (),
) -> Contact:
    """Add a person at a customer, with a portal login if `user` is given. InputError at the field for bad input."""
    _refuse_staff_login(user)
    contact = Contact(customer=customer)
    values = {
        "user": user,
        "name": name,
        "position": position,
        "role": role,
        "phone": phones.stored(phone),
        "email": email,
        "may_report": may_report,
    }
    with transaction.atomic():
        record.save(contact, values, actor=actor, action="contact.create", now=now)
        assign_sites(contact=contact, sites=sites, actor=actor, now=now)
        if user and not customer.is_active:
            access.settle(contact=contact, actor=actor, now=now)
    return contact


def change(*, contact: Contact, actor: Any, now: datetime, **values: Any) -> None:
    """Change any of `FIELDS`; with `is_active` the login follows at once. InputError at the field for bad input."""
    _refuse_staff_login(values.get("user"))
    if "phone" in values:
        values["phone"] = phones.stored(values["phone"])
    with transaction.atomic():
        record.change(contact, values, FIELDS, actor=actor, action="contact.change", now=now)
        if not {"is_active", "user"}.isdisjoint(values):
            access.settle(contact=contact, actor=actor, now=now)


def version_of(contact: Contact) -> str:
    """What the contact's form carries, its sites included."""
    sites = sorted(site.pk for site in contact.sites.all()) if contact.pk else []
    return record.version_of(contact, SHOWN, sites=sites)


def revise(
    *,
    contact: Contact,
    actor: Any,
    now: datetime,
    version: str | None = None,
    sites: Iterable[Site] | None = None,
    **values: Any,
) -> None:
    """What the contact's form does: `change` and `assign_sites` in one transaction, by the version it was drawn from.

    StaleError if the contact or its sites were changed meanwhile, InputError at the field; then nothing is changed.
    """
    with transaction.atomic():
        contact.refresh_from_db(from_queryset=Contact.objects.select_for_update())
        if version is not None and version_of(contact) != version:
            raise record.stale(contact, SHOWN)
        change(contact=contact, actor=actor, now=now, **values)
        if sites is not None:
            assign_sites(contact=contact, sites=sites, actor=actor, now=now)


def assign_sites(*, contact: Contact, sites: Iterable[Site], actor: Any, now: datetime) -> None:
    """Replace the sites that the contact answers for. InputError at `sites` for another customer's."""
    wanted = {site.pk: site for site in sites}
    if any(site.customer_id != contact.customer_id for site in wanted.values()):
        raise InputError("foreign", _("This site does not belong to the customer."), "sites")
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=contact.pk)
        present = set(contact.sites.values_list("pk", flat=True))
        if present != set(wanted):
            _replace_sites(contact, present, wanted)
            changes = {"sites": [sorted(present), sorted(wanted)]}
            audit.record(
                actor=actor,
                action="contact.assign_sites",
                subject=record.subject(contact),
                changes=changes,
                now=now,
                customer_id=contact.customer_id,
            )


def _refuse_staff_login(user: Any) -> None:
    if user is not None and user.kind != UserKind.CONTACT:
        raise InputError("kind", _("This login does not belong to a customer contact."), "user")


def _replace_sites(contact: Contact, present: set[int], wanted: dict[int, Site]) -> None:
    ContactSite.objects.filter(contact=contact, site__in=present - wanted.keys()).delete()
    added = [wanted[pk] for pk in wanted.keys() - present]
    ContactSite.objects.bulk_create(
        ContactSite(customer_id=contact.customer_id, contact=contact, site=site) for site in added
    )
