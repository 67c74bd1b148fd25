"""Which of the notifications about tickets people look at together (S39)."""

from django.utils.translation import gettext_lazy as _

from core.queries.notification import register_subject


def name_subjects() -> None:
    register_subject("mentions", _("Mentions"), {"mentioned"})
    register_subject("assignments", _("Assignments"), {"assigned"})
    register_subject("deadlines", _("Deadline warnings"), {"escalation", "moved"})
    register_subject("customers", _("From customers"), {"heard", "not_solved", "withdrawn"})
