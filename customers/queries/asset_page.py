"""What the page of a device tells beside its facts."""

from typing import Any

from django.utils.translation import gettext as _

from customers.models import Asset
from customers.queries.life_line import LifeEvent


def accepted(user: Any, asset: Asset) -> list[LifeEvent]:
    """The day on which the customer accepted the device."""
    if asset.accepted_on is None:
        return []
    return [LifeEvent(asset.accepted_on, "circle-check", _("Accepted by the customer"))]
