"""What somebody who is to be disabled still has in hand."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import ngettext

from tickets.enums import OPEN
from tickets.queries.ticket import tickets_for


def line(request: HttpRequest, user: Any) -> str:
    """The person's open tickets, of those that the asking person sees; one statement. Nothing for none."""
    count = tickets_for(request.user).filter(assignee=user, state__in=OPEN).count()
    if not count:
        return ""
    text = ngettext("%(n)s open ticket", "%(n)s open tickets", count) % {"n": count}
    url = f"{reverse('tickets:ticket-list')}?view=all&assignee={user.pk}"
    return format_html('<li><a href="{}">{}</a></li>', url, text)
