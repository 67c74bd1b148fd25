"""Texts that nobody reads in the database or in its backups: sealed with keys that lie outside of it (domain.md §14).

`settings.CRYPTO_KEYS` names the keys, the newest first: it seals, all of them open. To change the key put a new one in
front, restart, let `manage.py secrets reseal` run, then drop the old one. A sealed text is bound to its place by a
`context`, so that it cannot be copied into another row and opened there.
"""

import json
import logging
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from core.errors import Unavailable

logger = logging.getLogger(__name__)
Sealed = bytes | memoryview


def new_key() -> str:
    """A random key as `settings.CRYPTO_KEYS` takes it."""
    return Fernet.generate_key().decode()


def seal(text: str, context: str) -> bytes:
    """The text encrypted with the newest key. Unavailable without a key."""
    return _box().encrypt(json.dumps([context, text]).encode())


def opened(sealed: Sealed, context: str) -> str:
    """The text that was sealed for this context. Unavailable if no key fits, or if it was sealed for another place."""
    try:
        place, text = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken:
        place, text = None, ""
    if place != context:
        logger.error("a sealed text does not open: its key is not in CRYPTO_KEYS, or it is not in its place")
        raise Unavailable("sealed text")
    return str(text)


def resealed(sealed: Sealed, context: str) -> bytes:
    """The same text under the newest key."""
    return seal(opened(sealed, context), context)


def has_newest_key(sealed: Sealed) -> bool:
    """Whether the newest key alone opens it."""
    try:
        Fernet(_keys()[0]).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def _box() -> MultiFernet:
    return _made(tuple(_keys()))


def _keys() -> Sequence[str]:
    if not settings.CRYPTO_KEYS:
        logger.error("CRYPTO_KEYS is not set: nothing can be sealed or opened; `manage.py secrets key` makes one")
        raise Unavailable("CRYPTO_KEYS")
    keys: Sequence[str] = settings.CRYPTO_KEYS
    return keys


@lru_cache(maxsize=4)
def _made(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
