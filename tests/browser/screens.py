"""Every page a person opens, with who opens it: what the grid of tests/browser/test_screens.py looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Screen:
    """A page. `keys` name what of the stage stands in its address; `ask` is a query string."""

    route: str
    who: str
    keys: tuple[tuple[str, str], ...] = ()
    ask: str = ""

    def path(self, stage: dict[str, Any]) -> str:
        return reverse(self.route, kwargs={key: stage[name] for key, name in self.keys}) + self.ask


def _of(noun: str) -> Callable[..., Screen]:
    def screen(route: str, who: str, ask: str = "", key: str = "number") -> Screen:
        return Screen(route, who, ((key, noun),), ask)

    return screen


ticket, case, customer, site = _of("ticket"), _of("case"), _of("customer"), _of("site")
asset, contact, product, report = _of("asset"), _of("contact"), _of("product"), _of("report")

SCREENS = (
    Screen("accounts:login", ""),
    Screen("accounts:link-ask", ""),
    Screen("accounts:link-use", "", (("token", "unknown_token"),)),
    Screen("customers:invitation-accept", "", (("token", "invite_token"),)),
    Screen("feedback:rating-link", "", (("token", "rating_token"),)),
    Screen("tickets:device-report", "", (("key", "label_key"),)),
    Screen("tickets:follow", ""),
    Screen("reports:wall", "", (("token", "wall_token"),)),
    Screen("core:styleguide", ""),
    Screen("accounts:welcome", "agent"),
    Screen("accounts:profile", "agent"),
    Screen("accounts:password-change", "agent"),
    Screen("core:health", "admin"),
    Screen("core:search", "agent"),
    Screen("core:search", "agent", ask="?q=打印"),
    Screen("core:search", "agent", ask="?q=无此内容"),
    Screen("core:notification-list", "duty"),
    Screen("core:api-docs", "admin"),
    Screen("tickets:workbench", "agent"),
    Screen("tickets:duty", "duty"),
    Screen("tickets:ticket-list", "agent", ask="?view=all"),
    Screen("tickets:ticket-list", "agent", ask="?view=all&q=无此内容"),
    Screen("tickets:ticket-list", "manager", ask="?view=every&target=resolution&outcome=late"),
    Screen("tickets:ticket-columns", "agent"),
    Screen("tickets:view-list", "agent"),
    Screen("tickets:view-create", "agent"),
    Screen("tickets:ticket-create", "agent"),
    ticket("tickets:ticket-detail", "agent"),
    ticket("tickets:ticket-detail", "engineer"),
    ticket("tickets:ticket-assign", "agent"),
    ticket("tickets:ticket-resolve", "agent"),
    ticket("tickets:ticket-macros", "agent"),
    Screen("tickets:macro-list", "duty"),
    Screen("tickets:macro-create", "duty"),
    Screen("customers:customer-list", "agent"),
    Screen("customers:customer-create", "agent"),
    customer("customers:customer-detail", "agent", key="pk"),
    customer("customers:customer-detail", "agent", "?tab=sites", "pk"),
    customer("customers:customer-detail", "agent", "?tab=contacts", "pk"),
    customer("customers:customer-detail", "agent", "?tab=contracts", "pk"),
    customer("customers:customer-detail", "agent", "?tab=tickets", "pk"),
    customer("customers:customer-change", "agent", key="pk"),
    customer("customers:site-create", "agent", key="pk"),
    customer("customers:contact-create", "agent", key="pk"),
    contact("customers:contact-change", "agent", key="pk"),
    site("customers:site-change", "agent", key="pk"),
    site("customers:site-labels", "agent", key="pk"),
    customer("customers:asset-create", "agent", key="pk"),
    Screen("customers:asset-list", "agent"),
    asset("customers:asset-detail", "agent", key="pk"),
    asset("customers:asset-change", "agent", key="pk"),
    asset("customers:asset-label", "agent", key="pk"),
    Screen("customers:product-list", "manager"),
    Screen("customers:product-create", "manager"),
    product("customers:product-change", "manager", key="pk"),
    Screen("reports:dashboard", "manager"),
    Screen("reports:wall-list", "manager"),
    Screen("reports:report-list", "manager"),
    Screen("reports:report-create", "manager"),
    report("reports:report-detail", "manager"),
    Screen("tickets:portal-home", "customer"),
    Screen("tickets:portal-list", "customer"),
    Screen("tickets:portal-report", "customer"),
    case("tickets:portal-case", "customer"),
    Screen("contracts:portal-contract-list", "customer"),
    Screen("reports:portal-report-list", "customer"),
    Screen("customers:portal-contact-list", "customer"),
    Screen("customers:portal-contact-create", "customer"),
)
