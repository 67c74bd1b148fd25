"""Software releases: who may be told of one, who was, and where it is installed."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Max, QuerySet

from accounts.enums import Role, UserKind
from customers.enums import AssetState
from customers.models import Asset, Contact, Customer, Product, Release, ReleaseNotice
from customers.queries.customer import assets_for

Entitled = Callable[[Release], Iterable[int]]
_entitled: dict[str, Entitled] = {}


def register_entitled(name: str, provider: Entitled) -> None:
    """Let an upper app name the customers (ids) who have a right to a release. The same name again replaces it."""
    _entitled[name] = provider


def entitled_to(release: Release) -> set[int]:
    """The customers with a right to the release who have its product installed [001][003]."""
    allowed = {pk for provider in _entitled.values() for pk in provider(release)}
    return allowed & set(served(release.product).order_by().values_list("customer", flat=True))


def releases_for(user: Any) -> QuerySet[Release]:
    """The releases, the newest first: for staff and REST clients, who know the catalogue."""
    kind = getattr(user, "kind", None)
    known = Release.objects.select_related("product").order_by("-released_on", "-pk")
    return known if kind in {UserKind.STAFF, UserKind.CLIENT} else known.none()


def listed_releases_for(user: Any) -> QuerySet[Release]:
    """With `told`, how many customers were told."""
    return releases_for(user).annotate(told=Count("notices"))


def served(product: Product) -> QuerySet[Asset]:
    """The installed ones that are not retired."""
    return Asset.objects.filter(product=product).exclude(state=AssetState.RETIRED)


def seen_of(user: Any, product: Product) -> QuerySet[Asset]:
    """Those of them that the person sees, by customer and site."""
    seen = assets_for(user).filter(product=product).exclude(state=AssetState.RETIRED)
    return seen.select_related("site__customer").order_by("customer__name", "site__name", "name", "pk")


def versions_of(product: Product) -> dict[str, int]:
    """How many are installed of each recorded version; "" where none is recorded. One statement."""
    counted = served(product).order_by().values("software_version").annotate(n=Count("pk"))
    return {row["software_version"]: row["n"] for row in counted}


def notices_of(release: Release) -> dict[int, ReleaseNotice]:
    """What was told, by customer."""
    return {notice.customer_id: notice for notice in release.notices.select_related("told_by")}


def customers_of(product: Product) -> list[Customer]:
    """Who has the product installed, by name."""
    ids = served(product).order_by().values("customer")
    return list(Customer.objects.filter(pk__in=ids).order_by("name"))


def receivers_of(customer_ids: Iterable[int]) -> dict[int, list[Contact]]:
    """Whom a letter about a release goes to, by customer: the customer's administrators, without any the authorised
    callers. Two statements.
    """
    reachable = Contact.objects.filter(customer__in=list(customer_ids), is_active=True).exclude(email="").order_by("pk")
    admins = reachable.filter(user__is_active=True, user__roles__role=Role.CONTACT_ADMIN).distinct()
    found: dict[int, list[Contact]] = {}
    for contact in admins:
        found.setdefault(contact.customer_id, []).append(contact)
    for contact in reachable.filter(may_report=True).exclude(customer__in=list(found)):
        found.setdefault(contact.customer_id, []).append(contact)
    return found


def newest_of(product: Product) -> Release | None:
    """The release of a product that came out last."""
    return Release.objects.filter(product=product).order_by("-released_on", "-pk").first()


def software() -> QuerySet[Product]:
    """What releases can be of: active software, by name; hardware with firmware too, after it."""
    return Product.objects.filter(is_active=True).order_by("-kind", "name", "code")


def last_told(release: Release) -> Any:
    """When the last customer was told; None if nobody was."""
    return release.notices.aggregate(at=Max("told_at"))["at"]
