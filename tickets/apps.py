from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare how ticket messages are delivered, what is installed with the presets and dropped at the end, whose
        customers taking part in a ticket lets one see, who may fetch its files, and the number beside them in the
        navigation.
        """
        from core import slots  # noqa: PLC0415
        from core.domain.search import register_builder  # noqa: PLC0415
        from core.queries import search as searches  # noqa: PLC0415
        from core.queries.attachment import register_parent  # noqa: PLC0415
        from customers.queries.customer import widen  # noqa: PLC0415
        from tickets.domain import draft, escalation, letter, macro, words  # noqa: F401, PLC0415
        from tickets.queries import notices, search  # noqa: PLC0415
        from tickets.queries.attachment import PARENT, sees_attachment  # noqa: PLC0415
        from tickets.queries.queue import my_open_count  # noqa: PLC0415
        from tickets.queries.ticket import customers_of_participant  # noqa: PLC0415
        from tickets.views import customer  # noqa: PLC0415

        widen("tickets", customers_of_participant)
        customer.declare()
        register_parent(PARENT, sees_attachment)
        searches.register("tickets", 10, search.found)
        notices.name_subjects()
        register_builder("tickets", words.build)
        slots.register("nav.badge.tickets:ticket-list", "tickets", lambda request, user: str(my_open_count(user) or ""))
