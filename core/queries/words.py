"""Conditions on rows with searchable text (`core.models.words`): the index finds candidates by their pairs of
characters, the text itself decides.
"""

from collections.abc import Callable, Iterable

from django.db.models import Q

from core.grams import Query, grams_of

Widening = Callable[[str], Q]


def having(query: Query, at: str = "words__", or_else: Widening | None = None) -> Q:
    """Rows whose words, found at `at`, hold every word of the query; nothing to look for is no condition.

    `or_else(word)` answers by what else a row has the word; an empty condition: by nothing else.
    """
    found = Q()
    for reading in query.readings:
        found |= _all(reading, at, or_else)
    return found


def _all(words: Iterable[str], at: str, or_else: Widening | None) -> Q:
    every = Q()
    for word in words:
        other = or_else(word) if or_else else Q()
        every &= bearing(word, at) | other if other else bearing(word, at)
    return every


def bearing(word: str, at: str = "") -> Q:
    """Rows whose text holds one normalised word."""
    pairs = grams_of(word)
    literal = Q(**{f"{at}text__contains": word})
    return Q(**{f"{at}grams__contains": pairs}) & literal if pairs else literal
