from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError
from customers.domain import record
from customers.models import Asset, Product, Site

FIELDS = frozenset({"site", "product", "name", "serial", "accepted_on"})


def create(
    *,
    site: Site,
    product: Product,
    actor: Any,
    now: datetime,
    name: str = "",
    serial: str = "",
    accepted_on: date | None = None,
) -> Asset:
    """Add an installed device or system at a site, of the site's customer; without a name it has the product's.

    Serial numbers are kept in capitals and are unique within a product. InputError at the field for bad input.
    """
    asset = Asset(customer_id=site.customer_id)
    values = {
        "site": site,
        "product": product,
        "name": name or product.name,
        "serial": serial.upper(),
        "accepted_on": accepted_on,
    }
    _refuse_twin(asset, values)
    record.save(asset, values, actor=actor, action="asset.create", now=now)
    return asset


def change(*, asset: Asset, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; an asset moves only between sites of its customer.

    InputError at the field, StaleError if `version` is no longer the row's.
    """
    if "serial" in values:
        values["serial"] = values["serial"].upper()
    if "site" in values and values["site"].customer_id != asset.customer_id:
        raise InputError("foreign", _("This site does not belong to the customer."), "site")
    _refuse_twin(asset, values)
    record.change(asset, values, FIELDS, version=version, actor=actor, action="asset.change", now=now)


def _refuse_twin(asset: Asset, values: dict[str, Any]) -> None:
    product, serial = values.get("product") or asset.product, values.get("serial", asset.serial).strip()
    if serial and Asset.objects.filter(product=product, serial=serial).exclude(pk=asset.pk).exists():
        raise InputError("taken", _("This serial number is registered already."), "serial")
