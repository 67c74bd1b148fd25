"""Who may open which route: ONE table, one row for every named route, read by the middleware and by the API alike.

A route that is missing here does not exist for anybody (404). The row says who gets as far as the view; the view then
starts from what the person may see and asks `can`. Add a row with the route; tests/test_access.py compares the table
with the URLs.
"""

from dataclasses import dataclass
from typing import Any

from accounts.enums import Role, UserKind


@dataclass(frozen=True)
class Rule:
    """Public, or for active users of some kinds who hold one of some roles (none named: any)."""

    public: bool = False
    kinds: frozenset[str] = frozenset(UserKind)
    roles: frozenset[str] = frozenset()

    def allows(self, user: Any) -> bool:
        if self.public:
            return True
        if not (user.is_authenticated and user.is_active and user.kind in self.kinds):
            return False
        return not self.roles or not self.roles.isdisjoint(user.role_codes)


def only(first: Role, *more: Role) -> Rule:
    """Staff with one of these roles; at least one is named, since none would mean all."""
    return Rule(kinds=frozenset({UserKind.STAFF}), roles=frozenset({first, *more}))


PUBLIC = Rule(public=True)
ANY = Rule()
STAFF = Rule(kinds=frozenset({UserKind.STAFF}))
API = Rule(kinds=frozenset({UserKind.STAFF, UserKind.CLIENT}))

ACCESS: dict[str, Rule] = {
    "home": ANY,
    "accounts:login": PUBLIC,
    "accounts:logout": PUBLIC,
    "accounts:language": PUBLIC,
    "accounts:welcome": ANY,
    "accounts:profile": STAFF,
    "accounts:preference": STAFF,
    "accounts:password-change": ANY,
    "core:healthz": PUBLIC,
    "core:health": only(Role.ADMIN, Role.MANAGER, Role.DUTY_MANAGER),
    "core:notification-list": STAFF,
    "core:notification-read-all": STAFF,
    "core:attachment-download": ANY,
    "core:api-docs": STAFF,
    "core:styleguide": PUBLIC,  # sample data only, and 404 unless settings.STYLEGUIDE
    "tickets:ticket-list": STAFF,
    "tickets:ticket-rows": STAFF,
    "tickets:ticket-create": STAFF,
    "tickets:ticket-customers": STAFF,
    "tickets:ticket-choices": STAFF,
    "tickets:ticket-preview": STAFF,
    "tickets:ticket-detail": STAFF,
    "tickets:ticket-row": STAFF,
    "tickets:ticket-timeline": STAFF,
    "tickets:ticket-clocks": STAFF,
    "tickets:ticket-why": STAFF,
    "tickets:ticket-assign": STAFF,
    "tickets:ticket-claim": STAFF,
    "tickets:ticket-reply": STAFF,
    "tickets:ticket-note": STAFF,
    "tickets:ticket-progress": STAFF,
    "tickets:ticket-pause": STAFF,
    "tickets:ticket-resume": STAFF,
    "tickets:ticket-state": STAFF,
    "tickets:ticket-change": STAFF,
    "tickets:ticket-agree-date": STAFF,
    "tickets:ticket-resolve": STAFF,
    "tickets:ticket-close": STAFF,
    "tickets:ticket-cancel": STAFF,
    "tickets:ticket-reopen": STAFF,
    "tickets:ticket-merge": STAFF,
    "tickets:ticket-link": STAFF,
    "tickets:ticket-follow": STAFF,
    "tickets:ticket-unfollow": STAFF,
    "tickets:ticket-undo": STAFF,
    "tickets:ticket-review": STAFF,
    "tickets:ticket-attach": STAFF,
    "api:ticket-list": API,
    "api:ticket-detail": API,
    "api:ticket-clocks": API,
    "api:ticket-events": API,
    "api:ticket-messages": API,
    "api:ticket-attachments": API,
    "api:ticket-attachment": API,
    "api:ticket-assign": API,
    "api:ticket-claim": API,
    "api:ticket-reply": API,
    "api:ticket-note": API,
    "api:ticket-progress": API,
    "api:ticket-pause": API,
    "api:ticket-resume": API,
    "api:ticket-state": API,
    "api:ticket-change": API,
    "api:ticket-agree-date": API,
    "api:ticket-resolve": API,
    "api:ticket-close": API,
    "api:ticket-cancel": API,
    "api:ticket-reopen": API,
    "api:ticket-merge": API,
    "api:ticket-link": API,
    "api:ticket-follow": API,
    "api:ticket-unfollow": API,
    "api:ticket-undo": API,
    "api:ticket-review": API,
    "api:customer-list": API,
    "api:customer-detail": API,
    "api:site-list": API,
    "api:site-detail": API,
    "api:asset-list": API,
    "api:asset-detail": API,
    "api:contract-list": API,
    "api:contract-detail": API,
    "api:promise-due": API,
    "api:promise-replay": API,
    "api:schema": API,
}

# Where somebody who must change their password may still go.
BEFORE_PASSWORD_CHANGE = frozenset({"accounts:password-change", "accounts:logout", "accounts:language"})
