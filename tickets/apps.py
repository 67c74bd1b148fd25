from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare how ticket messages are delivered, whose customers taking part in a ticket lets one see, who may
        fetch its files, and the number beside them in the navigation.
        """
        from core import slots  # noqa: PLC0415
        from core.queries.attachment import register_parent  # noqa: PLC0415
        from customers.queries.customer import widen  # noqa: PLC0415
        from tickets.domain import escalation, letter  # noqa: F401, PLC0415
        from tickets.queries.attachment import PARENT, sees_attachment  # noqa: PLC0415
        from tickets.queries.queue import my_open_count  # noqa: PLC0415
        from tickets.queries.ticket import customers_of_participant  # noqa: PLC0415

        widen("tickets", customers_of_participant)
        register_parent(PARENT, sees_attachment)
        slots.register("nav.badge.tickets:ticket-list", "tickets", lambda request, user: str(my_open_count(user) or ""))
