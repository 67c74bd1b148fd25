"""Who may read and keep the master data. Which rows a person sees is decided by `customers.queries`."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from accounts.enums import Role, UserKind
from core.permissions import permission
from customers.models import Customer

KEEPERS = frozenset({Role.AGENT, Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})
CATALOGUE_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})
AT_THE_DEVICE = KEEPERS | {Role.ENGINEER}


@permission("customers.list_customers")
@permission("customers.list_contacts")
@permission("customers.list_sites")
@permission("customers.list_assets")
def reads(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("customers.create_asset")
@permission("customers.change_asset")
@permission("customers.create_care_plan")
@permission("customers.change_care_plan")
@permission("customers.visited_care_plan")
def keeps(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not KEEPERS.isdisjoint(user.role_codes)


@permission("customers.create_customer")
@permission("customers.change_customer")
@permission("customers.create_contact")
@permission("customers.change_contact")
@permission("customers.create_site")
@permission("customers.change_site")
def keeps_people_and_places(user: Any, obj: Any) -> bool:
    """Our keepers, and programs such as a CRM within their token's scope."""
    return keeps(user, obj) or user.kind == UserKind.CLIENT


@permission("customers.list_partners")
@permission("customers.list_care_plans")
def reads_partners(user: Any, obj: Any) -> bool:
    return user.kind in {UserKind.STAFF, UserKind.CLIENT}


@permission("customers.create_partner")
@permission("customers.change_partner")
def keeps_partners(user: Any, obj: Any) -> bool:
    return keeps_catalogue(user, obj)


@permission("customers.appoint_contact")
def appoints_contact(user: Any, obj: Any) -> bool:
    """Who names a customer's administrator: our keepers, never the customer."""
    return keeps(user, obj)


@permission("customers.list_products")
@permission("customers.list_releases")
def reads_catalogue(user: Any, obj: Any) -> bool:
    return user.kind in {UserKind.STAFF, UserKind.CLIENT}


@permission("customers.record_asset")
@permission("customers.install_release")
def notes_at_the_device(user: Any, obj: Any) -> bool:
    """Who may say what state a device is in and what it runs: whoever keeps it or stands before it."""
    return user.kind == UserKind.STAFF and not AT_THE_DEVICE.isdisjoint(user.role_codes)


@permission("customers.create_product")
@permission("customers.change_product")
@permission("customers.create_release")
@permission("customers.change_release")
@permission("customers.tell_release")
def keeps_catalogue(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not CATALOGUE_KEEPERS.isdisjoint(user.role_codes)


@permission("customers.create_colleague")
@permission("customers.change_colleague")
def keeps_colleague(user: Any, obj: Any) -> bool:
    """The customer's administrator, for the own organisation (`obj` a Customer, or a Contact of it but themselves)."""
    own = getattr(user, "contact", None) if user.kind == UserKind.CONTACT else None
    if own is None or not own.is_active or Role.CONTACT_ADMIN not in user.role_codes:
        return False
    return bool(getattr(obj, "customer_id", obj.pk) == own.customer_id and obj != own)


@permission("customers.admit_contact")
def admits_contact(user: Any, obj: Any) -> bool:
    """Who invites, disables and enables a contact: our keepers of master data, and the customer's administrator."""
    return keeps(user, obj) or keeps_colleague(user, obj)


# --- Access data of customers' systems --------------------------------------------------------------------------------

SECRET_KEEPERS = frozenset({Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER})
LOOK_READERS = SECRET_KEEPERS | {Role.ADMIN}
_at_work: dict[str, Callable[[Any], Q]] = {}


def register_at_work(name: str, condition: Callable[[Any], Q]) -> None:
    """Say for which customers an engineer is at work now: a condition on Customer. Called in `AppConfig.ready`; the
    same name again replaces it.
    """
    _at_work[name] = condition


def is_secret_keeper(user: Any) -> bool:
    return _is_staff_with(user, SECRET_KEEPERS)


def helped_customers(user: Any) -> Q | None:
    """The condition on the customers whose access data an engineer needs now; None for everybody else."""
    if not _at_work or not _is_staff_with(user, frozenset({Role.ENGINEER})):
        return None
    return reduce(or_, (condition(user) for condition in _at_work.values()))


@permission("customers.create_secret")
@permission("customers.change_secret")
@permission("customers.remove_secret")
def keeps_secret(user: Any, obj: Any) -> bool:
    return is_secret_keeper(user)


@permission("customers.list_secrets")
@permission("customers.show_secret")
def shows_secret(user: Any, obj: Any) -> bool:
    """Keepers, and engineers at work for the customer (`obj` a Secret or a Customer; None: for any)."""
    condition = helped_customers(user)
    if is_secret_keeper(user) or condition is None:
        return is_secret_keeper(user)
    whole = Customer.objects.filter(condition)
    return obj is None or whole.filter(pk=obj.customer_id).exists()


@permission("customers.list_secret_looks")
def reads_looks(user: Any, obj: Any) -> bool:
    return _is_staff_with(user, LOOK_READERS)


def _is_staff_with(user: Any, roles: frozenset[Role]) -> bool:
    return bool(user.is_active and user.kind == UserKind.STAFF and not roles.isdisjoint(user.role_codes))


# --- Files of master data, doubled customers --------------------------------------------------------------------------

IMPORTERS = frozenset({Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})
MERGERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})


@permission("customers.import_rows")
def imports_rows(user: Any, obj: Any) -> bool:
    return _is_staff_with(user, IMPORTERS)


@permission("customers.merge_customer")
def merges_customer(user: Any, obj: Any) -> bool:
    return _is_staff_with(user, MERGERS)
