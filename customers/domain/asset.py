"""Installed systems and devices: what they are, where in the tree they hang, and what became of them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import InputError
from customers.domain import record
from customers.enums import AssetChangeKind, AssetLevel, AssetState
from customers.models import Asset, AssetChange, Customer, Product, Site

FIELDS = frozenset({"site", "product", "parent", "level", "state", "name", "serial", "software_version", "accepted_on"})
NOTED = frozenset({"state", "software_version"})
PLACE = frozenset({"site", "parent", "level", "state"})
DEEPEST = 5
TOLD = {
    "state": AssetChangeKind.STATE,
    "software_version": AssetChangeKind.VERSION,
    "site": AssetChangeKind.SITE,
}


def create(
    *,
    site: Site,
    product: Product,
    actor: Any,
    now: datetime,
    name: str = "",
    serial: str = "",
    accepted_on: date | None = None,
    parent: Asset | None = None,
    level: str = AssetLevel.DEVICE,
    state: str = AssetState.IN_USE,
    software_version: str = "",
) -> Asset:
    """Add an installed device or system at a site, of the site's customer; without a name it has the product's.

    Serial numbers are kept in capitals and are unique within a product. InputError at the field for bad input.
    """
    asset = Asset(customer_id=site.customer_id)
    values = {
        "site": site,
        "product": product,
        "parent": parent,
        "level": level,
        "state": state,
        "name": name or product.name,
        "serial": serial.upper(),
        "software_version": software_version,
        "accepted_on": accepted_on,
    }
    _check_product(asset, values)
    with transaction.atomic():
        if parent:
            _lock_tree(asset)
        _check_place(asset, values)
        record.save(asset, values, actor=actor, action="asset.create", now=now)
        if asset.software_version:
            _tell(asset, AssetChangeKind.VERSION, "", asset.software_version, "", actor, now)
    return asset


def change(
    *, asset: Asset, actor: Any, now: datetime, version: str | None = None, note: str = "", **values: Any
) -> None:
    """Change any of `FIELDS`; an asset moves only between sites of its customer, and its parts move with it.

    State, software version and site leave a line in its life, with the `note`. InputError at the field, StaleError if
    `version` is no longer the row's. Locks the customer's tree where the place in it changes.
    """
    if "serial" in values:
        values["serial"] = values["serial"].upper()
    if "site" in values and values["site"].customer_id != asset.customer_id:
        raise InputError("foreign", _("This site does not belong to the customer."), "site")
    _check_product(asset, values)
    with transaction.atomic():
        if PLACE & values.keys():
            _lock_tree(asset)
            asset.refresh_from_db()
            if version is not None:
                record.check_version(asset, FIELDS, version)
            _check_place(asset, values)
        before = _told(asset)
        record.change(asset, values, FIELDS, version=version, actor=actor, action="asset.change", now=now)
        _tell_changes(asset, before, note, actor, now)


def record_state(
    *,
    asset: Asset,
    state: str,
    software_version: str,
    actor: Any,
    now: datetime,
    version: str | None = None,
    note: str = "",
) -> None:
    """`change` of what somebody finds or does at the device. StaleError if `version` (of `NOTED`) is not the row's."""
    with transaction.atomic():
        if version is not None:
            _lock_tree(asset)
            record.check_version(asset, NOTED, version)
        change(asset=asset, state=state, software_version=software_version, note=note, actor=actor, now=now)


def accept(*, asset: Asset, accepted_on: date, number: str, actor: Any, now: datetime) -> None:
    """Note that the customer accepted the asset, by the certificate of this number."""
    values = {"accepted_on": accepted_on, "accepted_in": number}
    record.save(asset, values, actor=actor, action="asset.accept", now=now)


# --- The tree ---------------------------------------------------------------------------------------------------------


def _lock_tree(asset: Asset) -> None:
    """One change of a customer's tree at a time: two moves that are fine each could close a circle together."""
    Customer.objects.select_for_update(no_key=True).get(pk=asset.customer_id)


def _check_place(asset: Asset, values: dict[str, Any]) -> None:
    parent = values.get("parent", asset.parent)
    if parent:
        _check_parent(asset, parent, values.get("site") or asset.site)
    if asset.pk:
        _check_parts(asset, values.get("level", asset.level), values.get("state", asset.state))


def _check_parent(asset: Asset, parent: Asset, site: Site) -> None:
    parent.refresh_from_db()
    if parent.customer_id != asset.customer_id or parent.site_id != site.pk:
        raise InputError("foreign", _("Please choose a system at the same site."), "parent")
    if parent.level != AssetLevel.SYSTEM:
        raise InputError("level", _("Only a system can have parts."), "parent")
    if parent.state == AssetState.RETIRED:
        raise InputError("retired", _("This system is retired. Please choose another one."), "parent")
    above = _above(parent)
    if asset.pk and asset.pk in above:
        raise InputError("circle", _("A system cannot be a part of itself or of one of its parts."), "parent")
    if len(above) + _height(asset) > DEEPEST:
        raise InputError("deep", _("At most %(n)s levels can hang below each other.") % {"n": DEEPEST}, "parent")


def _check_parts(asset: Asset, level: str, state: str) -> None:
    if level == AssetLevel.DEVICE and asset.level != level and asset.parts.exists():
        raise InputError("parts", _("It has parts, so that it stays a system."), "level")
    if state == AssetState.RETIRED and asset.state != state:
        left = asset.parts.exclude(state=AssetState.RETIRED).count()
        if left:
            said = ngettext("Move or retire its %(n)s part first.", "Move or retire its %(n)s parts first.", left)
            raise InputError("parts", said % {"n": left}, "state")


def _above(asset: Asset) -> list[int]:
    """The asset and the systems that it hangs below, the nearest first."""
    found: list[int] = []
    pk: int | None = asset.pk
    while pk is not None and pk not in found:
        found.append(pk)
        pk = Asset.objects.values_list("parent", flat=True).get(pk=pk)
    return found


def _height(asset: Asset) -> int:
    """How many levels the asset and what hangs below it take."""
    height, level = 1, list(Asset.objects.filter(parent=asset.pk).values_list("pk", flat=True)) if asset.pk else []
    while level and height <= DEEPEST:
        height, level = height + 1, list(Asset.objects.filter(parent__in=level).values_list("pk", flat=True))
    return height


# --- Its life ---------------------------------------------------------------------------------------------------------


def _told(asset: Asset) -> dict[str, str]:
    """What of the asset its life line tells, as it is stored now."""
    stored = Asset.objects.select_related("site").get(pk=asset.pk) if asset.pk else asset
    return {field: _word(stored, field) for field in TOLD}


def _word(asset: Asset, field: str) -> str:
    return asset.site.name if field == "site" else str(getattr(asset, field))


def _tell_changes(asset: Asset, before: dict[str, str], note: str, actor: Any, now: datetime) -> None:
    for field, kind in TOLD.items():
        after = _word(asset, field)
        if after != before[field]:
            _tell(asset, kind, before[field], after, note, actor, now)
            if field == "site":
                _tell_parts_moved(asset, before[field], after, actor, now)


def _tell_parts_moved(asset: Asset, before: str, after: str, actor: Any, now: datetime) -> None:
    """The database has moved the parts along with their system."""
    for part in Asset.objects.filter(parent=asset):
        _tell(part, AssetChangeKind.SITE, before, after, "", actor, now)
        _tell_parts_moved(part, before, after, actor, now)


def _tell(asset: Asset, kind: str, before: str, after: str, note: str, actor: Any, now: datetime) -> None:
    AssetChange.objects.create(
        customer_id=asset.customer_id,
        asset=asset,
        kind=kind,
        before=before[:80],
        after=after[:80],
        note=note.strip()[:200],
        at=now,
        actor=actor,
    )


def _check_product(asset: Asset, values: dict[str, Any]) -> None:
    """A product of the catalogue (one that is out of it may stay), and no second device of the same serial number."""
    product, serial = values.get("product") or asset.product, values.get("serial", asset.serial).strip()
    if product.pk != asset.product_id and not product.is_active:
        raise InputError("retired", _("This product is no longer in the catalogue."), "product")
    if serial and Asset.objects.filter(product=product, serial=serial).exclude(pk=asset.pk).exists():
        raise InputError("taken", _("This serial number is registered already."), "serial")
