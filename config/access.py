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
PORTAL = Rule(kinds=frozenset({UserKind.CONTACT}))
_WRITE_REPORTS = (Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR)
_READ_FIGURES = (*_WRITE_REPORTS, Role.DUTY_MANAGER, Role.QUALITY, Role.ADMIN)
PORTAL_ADMIN = Rule(kinds=frozenset({UserKind.CONTACT}), roles=frozenset({Role.CONTACT_ADMIN}))

ACCESS: dict[str, Rule] = {
    "home": ANY,
    "accounts:login": PUBLIC,
    "accounts:link-ask": PUBLIC,
    "accounts:link-use": PUBLIC,
    "accounts:logout": PUBLIC,
    "accounts:language": PUBLIC,
    "accounts:welcome": ANY,
    "accounts:profile": STAFF,
    "accounts:preference": ANY,
    "accounts:password-change": ANY,
    "core:healthz": PUBLIC,
    "core:health": only(Role.ADMIN, Role.MANAGER, Role.DUTY_MANAGER),
    "core:search": STAFF,
    "core:search-hits": STAFF,
    "core:notification-list": STAFF,
    "core:notification-read-all": STAFF,
    "core:notification-count": STAFF,
    "core:notification-open": STAFF,
    "core:notification-mute": STAFF,
    "core:attachment-download": ANY,
    "core:api-docs": STAFF,
    "core:styleguide": PUBLIC,  # sample data only, and 404 unless settings.STYLEGUIDE
    "customers:customer-list": STAFF,
    "customers:customer-create": STAFF,
    "customers:customer-options": STAFF,
    "customers:customer-detail": STAFF,
    "customers:customer-change": STAFF,
    "customers:site-create": STAFF,
    "customers:site-change": STAFF,
    "customers:site-labels": STAFF,
    "customers:contact-create": STAFF,
    "customers:contact-change": STAFF,
    "customers:contact-invite": STAFF,
    "customers:contact-disable": STAFF,
    "customers:contact-enable": STAFF,
    "customers:asset-create": STAFF,
    "customers:asset-list": STAFF,
    "customers:asset-detail": STAFF,
    "customers:asset-change": STAFF,
    "customers:asset-label": STAFF,
    "customers:product-list": only(Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN),
    "customers:product-create": only(Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN),
    "customers:product-change": only(Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN),
    "customers:portal-contact-list": PORTAL_ADMIN,
    "customers:portal-contact-create": PORTAL_ADMIN,
    "customers:portal-contact-change": PORTAL_ADMIN,
    "customers:portal-contact-invite": PORTAL_ADMIN,
    "customers:portal-contact-disable": PORTAL_ADMIN,
    "customers:portal-contact-enable": PORTAL_ADMIN,
    "customers:invitation-accept": PUBLIC,
    "contracts:portal-contract-list": PORTAL,
    "tickets:workbench": only(Role.AGENT),
    "tickets:duty": only(Role.DUTY_MANAGER, Role.MANAGER, Role.ADMIN),
    "tickets:ticket-list": STAFF,
    "tickets:ticket-rows": STAFF,
    "tickets:ticket-tabs": STAFF,
    "tickets:ticket-next": STAFF,
    "tickets:ticket-filters": STAFF,
    "tickets:ticket-columns": STAFF,
    "tickets:ticket-export": STAFF,
    "tickets:ticket-preview-panel": STAFF,
    "tickets:bulk-assign": STAFF,
    "tickets:bulk-state": STAFF,
    "tickets:bulk-severity": STAFF,
    "tickets:bulk-undo": STAFF,
    "tickets:view-list": STAFF,
    "tickets:view-create": STAFF,
    "tickets:view-change": STAFF,
    "tickets:view-pin": STAFF,
    "tickets:view-delete": STAFF,
    "tickets:view-restore": STAFF,
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
    "tickets:ticket-hear": STAFF,
    "tickets:ticket-presence": STAFF,
    "tickets:ticket-draft": STAFF,
    "tickets:ticket-macros": STAFF,
    "tickets:ticket-similar": STAFF,
    "tickets:ticket-colleagues": STAFF,
    "tickets:macro-list": STAFF,
    "tickets:macro-create": STAFF,
    "tickets:macro-change": STAFF,
    "tickets:macro-disable": STAFF,
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
    "tickets:portal-home": PORTAL,
    "tickets:portal-cases": PORTAL,
    "tickets:portal-report": PORTAL,
    "tickets:portal-preview": PORTAL,
    "tickets:portal-list": PORTAL,
    "tickets:portal-case": PORTAL,
    "tickets:portal-live": PORTAL,
    "tickets:portal-message": PORTAL,
    "tickets:portal-confirm": PORTAL,
    "tickets:portal-reopen": PORTAL,
    "tickets:portal-withdraw": PORTAL,
    "tickets:device-report": PUBLIC,
    "tickets:follow": PUBLIC,
    "tickets:follow-case": PUBLIC,
    "reports:dashboard": only(*_READ_FIGURES),
    "reports:dashboard-panel": only(*_READ_FIGURES),
    "reports:dashboard-export": only(*_READ_FIGURES),
    "reports:wall": PUBLIC,  # whoever knows the address of the board; 404 else
    "reports:wall-list": only(Role.MANAGER, Role.ADMIN),
    "reports:wall-revoke": only(Role.MANAGER, Role.ADMIN),
    "reports:report-list": only(*_WRITE_REPORTS, Role.QUALITY, Role.ADMIN),
    "reports:report-create": only(*_WRITE_REPORTS),
    "reports:report-detail": only(*_WRITE_REPORTS, Role.QUALITY, Role.ADMIN),
    "reports:report-texts": only(*_WRITE_REPORTS),
    "reports:report-refreeze": only(*_WRITE_REPORTS),
    "reports:report-publish": only(*_WRITE_REPORTS),
    "reports:report-pdf": only(*_WRITE_REPORTS, Role.QUALITY, Role.ADMIN),
    "reports:portal-report-list": PORTAL_ADMIN,
    "reports:portal-report-detail": PORTAL_ADMIN,
    "reports:portal-report-pdf": PORTAL_ADMIN,
    "feedback:rating-create": PORTAL,
    "feedback:rating-link": PUBLIC,
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
    "api:ticket-hear": API,
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
    "api:rating-list": API,
    "api:promise-due": API,
    "api:promise-replay": API,
    "api:schema": API,
}

# Where somebody who must change their password may still go.
BEFORE_PASSWORD_CHANGE = frozenset({"accounts:password-change", "accounts:logout", "accounts:language"})

# The routes whose forms take files. A request to any other is refused beyond settings.DATA_UPLOAD_MAX_MEMORY_SIZE.
UPLOADS = frozenset(
    {
        "tickets:ticket-reply",
        "tickets:ticket-note",
        "tickets:ticket-hear",
        "tickets:ticket-attach",
        "tickets:portal-report",
        "tickets:portal-message",
        "tickets:device-report",
    }
)
