"""What the page of a device tells beside its facts."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import AssetChangeKind, AssetState
from customers.models import Asset, AssetChange
from customers.queries.life_line import LifeEvent

MOST_TOLD = 100


def accepted(user: Any, asset: Asset) -> list[LifeEvent]:
    """The day on which the customer accepted the device, as typed by hand; a certificate tells of itself."""
    if asset.accepted_on is None or asset.accepted_in:
        return []
    return [LifeEvent(asset.accepted_on, "circle-check", _("Accepted by the customer"))]


STATES = dict(AssetState.choices)
CHANGED = {
    AssetChangeKind.STATE: ("progress", gettext_lazy("State: %(before)s → %(after)s")),
    AssetChangeKind.VERSION: ("package", gettext_lazy("Software version %(before)s → %(after)s")),
    AssetChangeKind.SITE: ("map-pin", gettext_lazy("Moved from %(before)s to %(after)s")),
}


def changed(user: Any, asset: Asset) -> list[LifeEvent]:
    """What became of the device: states, software versions, sites."""
    return [_told(change) for change in AssetChange.objects.filter(asset=asset).order_by("-at", "-pk")[:MOST_TOLD]]


def _told(change: AssetChange) -> LifeEvent:
    icon, words = CHANGED[AssetChangeKind(change.kind)]
    before, after = change.before, change.after
    if change.kind == AssetChangeKind.STATE:
        before, after = str(STATES.get(before, before)), str(STATES.get(after, after))
    if change.kind == AssetChangeKind.VERSION and not before:
        words = gettext_lazy("Software version %(after)s")
    text = words % {"before": before or "—", "after": after or "—"}
    return LifeEvent(change.at, icon, f"{text} · {change.note}" if change.note else text)
