from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what, and what contracts add to the pages of customers, devices and the portal."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415

        from contracts import permissions  # noqa: F401, PLC0415
        from contracts.domain import warranty as warranties  # noqa: F401, PLC0415
        from contracts.domain.dunning import PARENT as PAYMENT  # noqa: PLC0415
        from contracts.domain.release_right import entitled_customers  # noqa: PLC0415
        from contracts.queries.acceptance import PARENT, sees_attachment  # noqa: PLC0415
        from contracts.queries.document_file import PARENT as CONTRACT  # noqa: PLC0415
        from contracts.queries.document_file import sees_contract_file  # noqa: PLC0415
        from contracts.queries.payment import finance_sees, sees_letter  # noqa: PLC0415
        from contracts.views import (  # noqa: PLC0415  # noqa: PLC0415
            acceptance,
            coverage,
            entitlement_panel,
            fragments,
            partner_agreement,
            payment,
            portal,
            terms,
        )
        from core import slots  # noqa: PLC0415
        from core.queries.attachment import register_parent  # noqa: PLC0415
        from customers.queries import column, life_line, tab  # noqa: PLC0415
        from customers.queries.customer import widen  # noqa: PLC0415
        from customers.queries.release import register_entitled  # noqa: PLC0415

        state = column.Column("contract", _("Contract"), order=fragments.order_by_contract)
        column.register(column.CUSTOMERS, "contracts", [state], fragments.customer_cells, order=40)
        warranty, contract = column.Column("warranty", _("Warranty")), column.Column("contract", _("Contract"))
        column.register(column.ASSETS, "warranties", [warranty], fragments.asset_warranty_cells, order=20)
        column.register(column.ASSETS, "contracts", [contract], fragments.asset_contract_cells, order=30)
        tab.register("contracts", _("Contracts"), fragments.contract_tab, order=40)
        life_line.register("contracts", coverage.warranty_life)
        life_line.register("contracts.acceptance", acceptance.asset_life)
        slots.register("contract.panel", "terms", terms.contract_panel, order=20)
        slots.register("contract.panel", "acceptance", acceptance.contract_panel, order=30)
        register_parent(PARENT, sees_attachment)
        slots.register("asset.panel", "contracts", coverage.asset_panel)
        slots.register("portal.home", "contracts", portal.home_card)
        slots.register("partner.panel", "agreements", partner_agreement.partner_panel)
        slots.register("contract.panel", "entitlements", entitlement_panel.entitlement_panel, order=30)
        slots.register("contract.panel", "money", payment.money_panel, order=40)
        slots.register("portal.contracts", "entitlements", entitlement_panel.portal_panel)
        register_parent(PAYMENT, sees_letter)
        register_parent(CONTRACT, sees_contract_file)
        widen("contracts.finance", finance_sees)
        register_entitled("contracts", entitled_customers)
