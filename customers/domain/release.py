"""New versions of software: recorded, told to those with a right to them, installed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from core.domain import audit, notification, outbox
from core.errors import InputError, RuleError
from core.models import Outbox
from customers.domain import asset as assets
from customers.domain import record
from customers.domain.version import is_older, version_key
from customers.enums import AssetState
from customers.models import Asset, Contact, Product, Release, ReleaseNotice
from customers.queries.release import entitled_to, receivers_of, versions_of

FIELDS = frozenset({"number", "released_on", "notes", "minimum"})
MOST_AT_ONCE = 500
LONGEST_NOTES = 4000
KIND = "release.told"


def create(
    *,
    product: Product,
    number: str,
    released_on: date,
    actor: Any,
    now: datetime,
    notes: str = "",
    minimum: str = "",
) -> Release:
    """Record a version that came out. InputError at the field for bad input; nobody is told yet."""
    release = Release(product=product, created_at=now, created_by=actor)
    values = {"number": number, "released_on": released_on, "notes": notes, "minimum": minimum}
    _check(release, values)
    record.save(release, values, actor=actor, action="release.create", now=now)
    return release


def change(*, release: Release, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; once a customer was told of it, it keeps its number.

    InputError at the field, StaleError if `version` (record.version_of) is no longer the row's.
    """
    if "number" in values and values["number"].strip() != release.number and release.notices.exists():
        raise InputError("told", _("Customers were told of this version, so that it keeps its name."), "number")
    _check(release, values)
    record.change(release, values, FIELDS, version=version, actor=actor, action="release.change", now=now)


def _check(release: Release, values: dict[str, Any]) -> None:
    number, minimum = values.get("number", release.number), values.get("minimum", release.minimum)
    if minimum.strip() and version_key(minimum) > version_key(number):
        raise InputError("minimum", _("The oldest version it fits on must not be newer than itself."), "minimum")
    if len(values.get("notes", "")) > LONGEST_NOTES:
        raise InputError(
            "too_long", _("Please write at most %(limit)s characters.") % {"limit": LONGEST_NOTES}, "notes"
        )
    twin = Release.objects.filter(product=release.product_id, number=number.strip()).exclude(pk=release.pk)
    if twin.exists():
        raise InputError("taken", _("This version of the product is recorded already."), "number")


# --- Telling ----------------------------------------------------------------------------------------------------------


def tell(*, release: Release, actor: Any, now: datetime, version: str | None = None) -> list[ReleaseNotice]:
    """Tell every customer with a right to the release who was not told yet, by mail through the outbox [001][003].

    However often it is called, a customer is told once. A customer without an address stays untold, so that it can be
    told later. Locks the release. RuleError if there is nobody left to tell, StaleError if
    `version` is no longer the row's.
    """
    with transaction.atomic():
        if version is not None:
            record.check_version(release, FIELDS, version)
        Release.objects.select_for_update().get(pk=release.pk)
        left = entitled_to(release) - set(release.notices.values_list("customer", flat=True))
        told = [
            _tell(release, customer, contacts, actor, now) for customer, contacts in sorted(receivers_of(left).items())
        ]
        if not told:
            raise RuleError("nobody", _("Everybody with a right to this version and a mail address was told already."))
        changes = {"customers": [notice.customer_id for notice in told]}
        audit.record(actor=actor, action="release.tell", subject=record.subject(release), changes=changes, now=now)
    return told


def _tell(release: Release, customer: int, contacts: list[Contact], actor: Any, now: datetime) -> ReleaseNotice:
    for contact in contacts:
        payload = {"release": release.pk, "contact": contact.pk}
        outbox.post(kind=KIND, key=f"{KIND}:{release.pk}:{contact.pk}", payload=payload, now=now)
    return ReleaseNotice.objects.create(
        release=release, customer_id=customer, told_at=now, told_by=actor, receivers=len(contacts)
    )


@outbox.deliverer(KIND)
def deliver_told(row: Outbox, now: datetime) -> None:
    """The letter to one contact; somebody who has left since gets none."""
    release = Release.objects.select_related("product").get(pk=row.payload["release"])
    contact = Contact.objects.select_related("user").get(pk=row.payload["contact"])
    if not contact.is_active or not contact.email:
        return
    with translation.override(contact.user.language if contact.user else settings.LANGUAGE_CODE):
        facts = {
            "name": contact.name,
            "product": release.product.name,
            "version": release.number,
            "day": release.released_on.isoformat(),
            "hotline": settings.SERVICE_HOTLINE,
        }
        subject, body = _("New version of %(product)s: %(version)s") % facts, _letter(release) % facts
        notification.send_mail(key=row.key, to=(contact.name, contact.email), subject=subject, body=body)


def _letter(release: Release) -> str:
    """The paragraphs, with their places for facts; what staff wrote is taken as it is."""
    lines = [
        _("Dear %(name)s,"),
        _("Version %(version)s of %(product)s has been available since %(day)s. Your contract includes it."),
        release.notes.strip().replace("%", "%%"),
        _("Please call our service hotline %(hotline)s to agree on a time for the installation."),
        "",
    ]
    return "\n\n".join(line for place, line in enumerate(lines) if line or place == len(lines) - 1)


# --- Installing -------------------------------------------------------------------------------------------------------


def install(*, release: Release, chosen: Iterable[Asset], actor: Any, now: datetime, note: str = "") -> int:
    """Note on each chosen asset that it runs this release now. How many it was new to.

    One transaction, in the order of their keys. InputError for an asset of another product, a retired one, one whose
    version is too old for it, or too many at once.
    """
    wanted = sorted(chosen, key=lambda asset: asset.pk)
    if not wanted:
        raise InputError("required", _("Please choose the devices first."), "assets")
    if len(wanted) > MOST_AT_ONCE:
        raise InputError("too_many", _("Please choose at most %(n)s devices at once.") % {"n": MOST_AT_ONCE}, "assets")
    with transaction.atomic():
        fresh = 0
        for asset in wanted:
            _check_fits(release, asset)
            fresh += asset.software_version != release.number
            assets.change(asset=asset, software_version=release.number, note=note, actor=actor, now=now)
    return fresh


def _check_fits(release: Release, asset: Asset) -> None:
    facts = {"name": asset.name, "version": release.minimum}
    if asset.product_id != release.product_id:
        raise InputError("foreign", _("%(name)s is another product.") % facts, "assets")
    if asset.state == AssetState.RETIRED:
        raise InputError("retired", _("%(name)s is retired.") % facts, "assets")
    if release.minimum and is_older(asset.software_version, release.minimum):
        said = _("%(name)s needs at least version %(version)s before this one can be installed.")
        raise InputError("minimum", said % facts, "assets")


def older_than(release: Release) -> Q:
    """A condition on assets: they are served and run an older version. One statement."""
    older = [number for number in versions_of(release.product) if is_older(number, release.number)]
    served = ~Q(state=AssetState.RETIRED)
    return served & Q(product=release.product_id, software_version__in=older)
