from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what, and what the app itself shows on the pages that upper apps add to."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415

        from core.domain.search import register_builder  # noqa: PLC0415
        from core.queries import search as searches  # noqa: PLC0415
        from customers import permissions  # noqa: F401, PLC0415
        from customers.domain import words  # noqa: PLC0415
        from customers.queries import search  # noqa: PLC0415

        searches.register("customers", 20, search.found)
        register_builder("customers", words.build)
        from customers.domain import invitation  # noqa: F401, PLC0415
        from customers.queries import asset_page, column, customer_page, life_line, tab  # noqa: PLC0415
        from customers.views import contact, customer, site  # noqa: PLC0415

        region = column.Column("region", _("Region"))
        column.register(column.CUSTOMERS, "region", [region], customer_page.regions, order=10)
        tab.register("overview", _("Overview"), customer.overview, order=10)
        tab.register("contacts", _("Contacts"), contact.contact_tab, order=20)
        tab.register("sites", _("Sites and devices"), site.site_tab, order=30)
        life_line.register("customers", asset_page.accepted)
