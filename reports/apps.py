from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare how a report's mail is delivered, who may fetch its file, and where the newest reports are shown."""
        from core import slots  # noqa: PLC0415
        from core.queries.attachment import register_parent  # noqa: PLC0415
        from reports.domain import report_letter  # noqa: F401, PLC0415
        from reports.queries.report import PARENT, sees_report_file  # noqa: PLC0415
        from reports.views.penalty import penalty_panel  # noqa: PLC0415
        from reports.views.report_panel import customer_panel, portal_panel  # noqa: PLC0415
        from reports.views.simulation import draft_link, promise_set_link  # noqa: PLC0415

        register_parent(PARENT, sees_report_file)
        slots.register("portal.home", "reports", portal_panel, order=300)
        slots.register("customer.panel", "reports", customer_panel, order=300)
        slots.register("contract.panel", "penalty", penalty_panel, order=60)
        slots.register("contract.money", "penalty", penalty_panel)
        slots.register("promise_set.acts", "simulate", promise_set_link)
        slots.register("promise_draft.acts", "simulate", draft_link)
