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
        from customers.permissions import register_at_work  # noqa: PLC0415
        from customers.queries.customer import widen  # noqa: PLC0415
        from tickets.domain import draft, escalation, letter, macro, promise_names, words  # noqa: F401, PLC0415
        from tickets.queries import notices, search  # noqa: PLC0415
        from tickets.queries.attachment import PARENT, sees_attachment  # noqa: PLC0415
        from tickets.queries.queue import my_open_count  # noqa: PLC0415
        from tickets.queries.ticket import customers_at_work_for, customers_of_participant  # noqa: PLC0415
        from tickets.views import caller, customer, held, reapply  # noqa: PLC0415

        widen("tickets", customers_of_participant)
        register_at_work("tickets", customers_at_work_for)
        customer.declare()
        slots.register("ticket.side", "caller", caller.card, order=20)
        promise_names.declare()
        register_parent(PARENT, sees_attachment)
        searches.register("tickets", 10, search.found)
        notices.name_subjects()
        register_builder("tickets", words.build)
        slots.register("calendar.preview", "tickets", reapply.calendar_preview)
        slots.register("calendar.panel", "tickets", reapply.calendar_panel)
        slots.register("promise_set.preview", "tickets", reapply.promise_set_preview)
        slots.register("promise_set.panel", "tickets", reapply.promise_set_panel)
        slots.register("user.holding", "tickets", held.line)
        slots.register("nav.badge.tickets:ticket-list", "tickets", lambda request, user: str(my_open_count(user) or ""))
