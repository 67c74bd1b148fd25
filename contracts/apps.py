from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what, and what contracts add to the pages of customers, devices and the portal."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415

        from contracts import permissions  # noqa: F401, PLC0415
        from contracts.views import fragments, portal  # noqa: PLC0415
        from core import slots  # noqa: PLC0415
        from customers.queries import column, life_line, tab  # noqa: PLC0415

        state = column.Column("contract", _("Contract"), order=fragments.order_by_contract)
        column.register(column.CUSTOMERS, "contracts", [state], fragments.customer_cells, order=40)
        warranty, contract = column.Column("warranty", _("Warranty")), column.Column("contract", _("Contract"))
        column.register(column.ASSETS, "warranties", [warranty], fragments.asset_warranty_cells, order=20)
        column.register(column.ASSETS, "contracts", [contract], fragments.asset_contract_cells, order=30)
        tab.register("contracts", _("Contracts"), fragments.contract_tab, order=40)
        life_line.register("contracts", fragments.warranty_life)
        slots.register("asset.panel", "contracts", fragments.asset_verdict)
        slots.register("portal.home", "contracts", portal.home_card)
