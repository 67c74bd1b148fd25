"""How contracts are shown: state, term, lines with their promises, the track of its life, its history."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.domain.contract_cover import thing
from contracts.domain.promise_matrix import matrix
from contracts.domain.promise_words import included, set_name, sets_in_force
from contracts.enums import ContractState
from contracts.models import Contract, ContractLine
from contracts.views.words import EXPIRING_DAYS
from core import clock
from core.models import Audit
from customers.enums import Locality

ICONS = {
    ContractState.DRAFT: "edit",
    ContractState.REVIEW: "eye",
    ContractState.APPROVED: "user-check",
    ContractState.SIGNED: "checks",
    ContractState.ACTIVE: "shield-check",
    ContractState.EXPIRED: "archive",
    ContractState.TERMINATED: "ban",
}
TONES = {ContractState.ACTIVE: "met", ContractState.EXPIRED: "paused", ContractState.TERMINATED: "missed"}
STEPS = (
    ContractState.DRAFT,
    ContractState.REVIEW,
    ContractState.APPROVED,
    ContractState.SIGNED,
    ContractState.ACTIVE,
)
ACTIONS: dict[str, str | Promise] = {
    "contract.create": gettext_lazy("Contract registered"),
    "contract.draft": gettext_lazy("Draft begun"),
    "contract.change": gettext_lazy("Contract changed"),
    "contract.add_line": gettext_lazy("Contract line added"),
    "contract.remove_line": gettext_lazy("Contract line removed"),
    "contract.submit": gettext_lazy("Given to the departments"),
    "contract.ask_again": gettext_lazy("Changed, departments asked again"),
    "contract.review": gettext_lazy("Department has decided"),
    "contract.reject": gettext_lazy("Back to the draft"),
    "contract.approve": gettext_lazy("Approved"),
    "contract.sign": gettext_lazy("Signed"),
    "contract.activate": gettext_lazy("In force"),
    "contract.expire": gettext_lazy("Expired"),
    "contract.terminate": gettext_lazy("Contract ended early"),
    "contract.amend": gettext_lazy("Changed by a supplement"),
    "contract.draft_supplement": gettext_lazy("Supplement written"),
    "contract.change_supplement": gettext_lazy("Supplement changed"),
    "contract.approve_supplement": gettext_lazy("Supplement approved"),
    "contract.sign_supplement": gettext_lazy("Supplement signed"),
    "contract.drop_supplement": gettext_lazy("Supplement dropped"),
    "contract.add_file": gettext_lazy("Document added"),
    "contract.send_copy": gettext_lazy("Copies sent"),
    "contract.acknowledge_copy": gettext_lazy("Copy acknowledged"),
    "contract.change_liability": gettext_lazy("Liability clause changed"),
}
HISTORY = 12


def state_look(contract: Contract, day: date) -> dict[str, str]:
    """Tone, icon and word of the state's chip."""
    state = ContractState(contract.state)
    soon = state == ContractState.ACTIVE and 0 <= (contract.ends_on - day).days <= EXPIRING_DAYS
    return {"tone": "soon" if soon else TONES.get(state, "plain"), "icon": ICONS[state], "word": str(state.label)}


def left_words(contract: Contract, day: date) -> str:
    """How many days the term has left, for a contract in force."""
    if contract.state != ContractState.ACTIVE or contract.ends_on < day:
        return ""
    days = (contract.ends_on - day).days
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days} if days else _("last day today")


def fraction_used(contract: Contract, day: date) -> float:
    """How much of the term is over, 0 to 1."""
    whole = (contract.ends_on - contract.starts_on).days + 1
    return min(max((day - contract.starts_on).days / whole, 0.0), 1.0)


def track(contract: Contract) -> list[dict[str, Any]]:
    """The way of a contract to its being in force, and its end, as wb/track_line draws it."""
    over = contract.state in (ContractState.EXPIRED, ContractState.TERMINATED)
    states = [*STEPS, ContractState(contract.state)] if over else list(STEPS)
    at = states.index(ContractState(contract.state))
    return [
        {
            "label": state.label,
            "icon": ICONS[state],
            "state": "done" if i < at or (i == at and state == ContractState.ACTIVE) else "now" if i == at else "todo",
        }
        for i, state in enumerate(states)
    ]


def shown_lines(lines: Iterable[ContractLine]) -> list[dict[str, Any]]:
    """Each line with what it covers and promises; two statements for the sets, none a line."""
    listed = list(lines)
    sets = sets_in_force({line.promise_set_id for line in listed}, clock.now())
    return [_line(line, sets.get(line.promise_set_id)) for line in listed]


def _line(line: ContractLine, promise_set: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": line, "about": thing(line), "code": line.promise_set.code}
    if promise_set is None:
        return shown
    return shown | {
        "set_name": set_name(promise_set),
        "tables": _tables(line, promise_set),
        "includes": included(promise_set, []),
    }


def _tables(line: ContractLine, promise_set: Any) -> list[tuple[str, Any]]:
    """One table, or one for each locality where they differ."""
    now, site = clock.now(), line.asset.site if line.asset else line.site
    if site:
        return [("", matrix(promise_set, locality=site.locality, distance_km=site.distance_km, now=now))]
    tables = [(str(one.label), matrix(promise_set, locality=one.value, distance_km=None, now=now)) for one in Locality]
    return tables if tables[0][1] != tables[1][1] else [("", tables[0][1])]


def set_names(set_ids: Collection[int]) -> dict[int, str]:
    """The names of sets in the reader's language; those without a version in force are left out."""
    return {pk: set_name(compiled) for pk, compiled in sets_in_force(set_ids, clock.now()).items()}


def history(contract: Contract) -> list[dict[str, Any]]:
    """The last acts, the newest first; one statement."""
    kept = Audit.objects.filter(subject=f"contracts.contract:{contract.pk}").select_related("actor")
    return [
        {
            "at": line.at,
            "who": line.actor.name if line.actor else _("System"),
            "what": ACTIONS.get(line.action, line.action),
            "note": _note(line),
        }
        for line in kept.order_by("-id")[:HISTORY]
    ]


def _note(line: Audit) -> str:
    """The one detail that the act's name leaves open."""
    if line.action == "contract.review":
        return f"{line.changes.get('department', '')}"
    if "supplement" in line.changes and line.changes["supplement"]:
        return _("Supplement %(number)s") % {"number": line.changes["supplement"]}
    if line.action == "contract.add_file":
        return f"{line.changes.get('title', '')} v{line.changes.get('version', '')}"
    return ""
