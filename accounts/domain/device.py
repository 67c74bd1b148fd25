"""Known devices: a browser in which an account has logged in before is throttled by itself (C10).

So whoever hammers on somebody's account from elsewhere cannot lock them out of their own desk. The signed cookie says
nothing but which accounts the browser knows; it opens no door.
"""

from dataclasses import dataclass, field
from secrets import token_urlsafe

from django.core import signing

SALT = "accounts.device"
MOST_ACCOUNTS = 10


@dataclass(frozen=True)
class Device:
    """One browser and the accounts (user ids, latest last) that have logged in there."""

    key: str = field(default_factory=lambda: token_urlsafe(16))
    accounts: tuple[int, ...] = ()

    def with_account(self, user_id: int) -> "Device":
        others = [pk for pk in self.accounts if pk != user_id]
        return Device(self.key, (*others, user_id)[-MOST_ACCOUNTS:])

    def text(self) -> str:
        return signing.dumps([self.key, *self.accounts], salt=SALT)


def read(text: str) -> Device:
    """The device of a cookie; a fresh one if the cookie is missing, forged or from another key."""
    try:
        key, *accounts = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return Device()
    return Device(key, tuple(accounts))
