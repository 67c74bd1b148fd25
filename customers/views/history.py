"""The audit trail of master data in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Audit

ACTIONS = {
    "customer.create": gettext_lazy("Customer registered"),
    "customer.change": gettext_lazy("Customer changed"),
    "site.create": gettext_lazy("Site registered"),
    "site.change": gettext_lazy("Site changed"),
    "site.relocate": gettext_lazy("Site estimated anew"),
    "contact.create": gettext_lazy("Contact registered"),
    "contact.change": gettext_lazy("Contact changed"),
    "contact.assign_sites": gettext_lazy("Sites of a contact changed"),
    "contact.invite": gettext_lazy("Contact invited to the portal"),
    "contact.appoint": gettext_lazy("Customer administrator named or relieved"),
    "care_plan.create": gettext_lazy("Care planned"),
    "care_plan.change": gettext_lazy("Care plan changed"),
    "care_plan.visited": gettext_lazy("Visit noted"),
    "asset.create": gettext_lazy("Device registered"),
    "asset.change": gettext_lazy("Device changed"),
    "asset.accept": gettext_lazy("Device accepted"),
    "customer.merge": gettext_lazy("Double merged into this customer"),
    "secret.create": gettext_lazy("Access data saved"),
    "secret.change": gettext_lazy("Access data changed"),
    "secret.replace": gettext_lazy("Access data replaced"),
    "secret.show": gettext_lazy("Access data shown"),
    "secret.remove": gettext_lazy("Access data removed"),
    "contract.create": gettext_lazy("Contract registered"),
    "contract.add_line": gettext_lazy("Contract line added"),
    "contract.add_warranty": gettext_lazy("Warranty added"),
    "contract.terminate": gettext_lazy("Contract ended early"),
}
COLUMNS = {
    "name": gettext_lazy("Name"),
    "code": gettext_lazy("Code"),
    "short_name": gettext_lazy("Short name"),
    "industry": gettext_lazy("Industry"),
    "phone": gettext_lazy("Phone"),
    "is_key": gettext_lazy("Key customer"),
    "is_active": gettext_lazy("Active"),
    "address": gettext_lazy("Address"),
    "district": gettext_lazy("Region"),
    "locality": gettext_lazy("Locality"),
    "distance_km": gettext_lazy("Distance by road (km)"),
    "is_placed_by_hand": gettext_lazy("Placed by hand"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "every_months": gettext_lazy("Every how many months"),
    "next_on": gettext_lazy("Next visit"),
    "note": gettext_lazy("Note"),
    "position": gettext_lazy("Position"),
    "email": gettext_lazy("E-mail"),
    "may_report": gettext_lazy("Authorised caller"),
    "serial": gettext_lazy("Serial number"),
    "software_version": gettext_lazy("Software version"),
    "accepted_in": gettext_lazy("Certificates of acceptance"),
    "accepted_on": gettext_lazy("Accepted on"),
    "number": gettext_lazy("Number"),
    "title": gettext_lazy("Title"),
    "starts_on": gettext_lazy("From"),
    "ends_on": gettext_lazy("Until"),
    "end_reason": gettext_lazy("Reason"),
}


def told(lines: Iterable[Audit]) -> list[dict[str, Any]]:
    """Each line with who, when and what; values that are rows of ours are left out."""
    return [
        {
            "at": line.at,
            "who": line.actor.name if line.actor else _("System"),
            "what": ACTIONS.get(line.action, line.action),
            "changes": _changes(line.changes),
        }
        for line in lines
    ]


def _changes(changes: dict[str, Any]) -> list[dict[str, str]]:
    """What was something else before, or for a new row what it is; what stays empty is left out."""
    return [
        {"label": str(COLUMNS[name]), "before": _plain(pair[0]), "after": _plain(pair[1])}
        for name, pair in changes.items()
        if name in COLUMNS and isinstance(pair, list) and len(pair) == 2 and any(pair)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
