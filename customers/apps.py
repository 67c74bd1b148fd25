from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what, and what the app itself shows on the pages that upper apps add to."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415

        from core import hooks, slots  # noqa: PLC0415
        from core.domain.search import register_builder  # noqa: PLC0415
        from core.queries import search as searches  # noqa: PLC0415
        from customers import permissions  # noqa: F401, PLC0415
        from customers.domain import place, words  # noqa: PLC0415
        from customers.queries import search  # noqa: PLC0415

        hooks.after("record.save")(words.keep)
        searches.register("customers", 20, search.found)
        register_builder("customers", words.build)
        from customers.domain import invitation, release  # noqa: F401, PLC0415
        from customers.queries import (  # noqa: PLC0415
            asset_page,
            column,
            customer_page,
            life_line,
            partner,  # noqa: PLC0415
            tab,
        )
        from customers.queries import care_plan as care_queries  # noqa: PLC0415
        from customers.queries.customer import widen  # noqa: PLC0415
        from customers.views import care_card, contact, customer, portal_center, site  # noqa: PLC0415

        hooks.after("accounts.change_service_center")(place.relocate)
        widen("partners", partner.customers_of_partner)
        care = column.Column("care", _("Next visit"), order=care_queries.next_visit)
        column.register(column.CUSTOMERS, "care", [care], care_card.care_cells, order=50)
        slots.register("customer.health", "care", care_card.health, order=40)
        slots.register("portal.contracts", "service-centers", portal_center.home_card, order=120)
        region = column.Column("region", _("Region"))
        column.register(column.CUSTOMERS, "region", [region], customer_page.regions, order=10)
        tab.register("overview", _("Overview"), customer.overview, order=10)
        tab.register("contacts", _("Contacts"), contact.contact_tab, order=20)
        tab.register("sites", _("Sites and devices"), site.site_tab, order=30)
        life_line.register("customers", asset_page.accepted)
        life_line.register("customers.changes", asset_page.changed)
        from customers.domain import customer_merge  # noqa: F401, PLC0415
        from customers.views import imports, secret  # noqa: PLC0415

        slots.register("customer.panel", "secrets", secret.customer_panel, order=70)
        slots.register("asset.panel", "secrets", secret.asset_panel, order=70)
        slots.register("customer.list_action", "imports", imports.list_action)
