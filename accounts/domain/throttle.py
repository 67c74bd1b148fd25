"""Five tries a minute for each name (an account, an address, a known device), counted in the cache.

A try is counted before the password is looked at, in one atomic step, so that parallel guesses cannot slip past the
limit; a success gives its try back. The window starts with the first try and is not moved by later ones. While Redis
is away nothing is counted.
"""

from contextlib import suppress
from hashlib import sha256

from django.core.cache import cache

LIMIT = 5
WINDOW_SECONDS = 60


def take(*names: str) -> bool:
    """Count a try against each name. False if one of them has used up its tries."""
    counts = [_count(_key(name)) for name in names]
    return max(counts) <= LIMIT


def give_back(*names: str) -> None:
    """Uncount a try that succeeded."""
    for name in names:
        with suppress(ValueError):  # the window has ended meanwhile
            cache.decr(_key(name))


def _count(key: str) -> int:
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        tries = cache.incr(key)
    except ValueError:  # the window ended between the two statements
        tries = 1
    if tries == 1:  # also gives an end to a key that ended and came back inside `incr`
        cache.touch(key, WINDOW_SECONDS)
    return tries


def _key(name: str) -> str:
    """Names come from strangers: hashed, they have one length and no strange characters."""
    return "tries:" + sha256(name.encode()).hexdigest()
