"""The mail with a login link. Made at delivery; who the address belongs to is looked up here and not in the request."""

from datetime import datetime
from secrets import token_urlsafe

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.domain.device import Device
from accounts.enums import Purpose, UserKind
from accounts.models import User
from core.domain import notification, outbox
from core.models import Outbox

PEOPLE = (UserKind.STAFF, UserKind.CONTACT)


def ask_for_login_link(*, email: str, device: Device, next_path: str, now: datetime) -> None:
    """Note that somebody wants to log in by mail. The same work for an address that is known and for one that is not
    (C6): nothing is looked up, one row is written.
    """
    payload = {"email": email.strip().lower(), "browser": link.browser_hash(device.key), "next": next_path}
    outbox.post(kind="login_link", key=f"login:{token_urlsafe(16)}", payload=payload, now=now)


@outbox.deliverer("login_link")
def deliver_login_link(row: Outbox, now: datetime) -> None:
    """Mail the link to an active person with this address; the address is forgotten with the delivery."""
    asked = row.payload
    Outbox.objects.filter(pk=row.pk).update(payload={})
    user = User.objects.filter(email=asked["email"], is_active=True, kind__in=PEOPLE).first()
    if user is None or row.created_at + link.LIFE[Purpose.LOGIN] <= now:
        return
    token = link.issue(
        purpose=Purpose.LOGIN,
        key=row.key,
        user=user,
        facts={"next": asked["next"]},
        browser=asked["browser"],
        now=row.created_at,
    )
    with translation.override(user.language):
        notification.send_mail(
            key=row.key, to=(user.name, user.email), subject=_("Your login link"), body=_login_letter(user, token)
        )


def _login_letter(user: User, token: str) -> str:
    lines = [
        _("Dear %(name)s,") % {"name": user.name},
        _("With this link you log in, in the browser in which you asked for it. It works once, for 10 minutes:"),
        f"{settings.BASE_URL}/login/link/{token}/",
        _("If you did not ask for it, you need not do anything; nobody can log in without this mail."),
        _("If anything else comes up, please call our service hotline %(hotline)s at any time.")
        % {"hotline": settings.SERVICE_HOTLINE},
    ]
    return "\n\n".join(lines) + "\n"
