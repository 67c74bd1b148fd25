from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may rate, when customers are asked, and what is shown on the pages of lower apps."""
        from django.utils.translation import gettext_lazy as _  # noqa: PLC0415

        from core import slots  # noqa: PLC0415
        from customers.queries import tab  # noqa: PLC0415
        from feedback import permissions  # noqa: F401, PLC0415
        from feedback.domain import asking  # noqa: F401, PLC0415
        from feedback.views import panel  # noqa: PLC0415

        slots.register("portal.case", "rating", panel.portal_case, order=50)
        slots.register("ticket.side", "rating", panel.ticket_side, order=50)
        slots.register("customer.panel", "rating", panel.customer_panel, order=50)
        tab.register("ratings", _("Satisfaction"), panel.customer_panel, order=60)
