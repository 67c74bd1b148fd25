"""Which customers look like one customer entered twice, and what would become of them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, F

from customers.models import Contact, Customer, NotDouble
from customers.queries.customer import contacts_for, customers_for

MOST_PAIRS = 100
MOST_SHARING = 5
"""A number or name that more customers share is no sign of a double."""
SHORTEST_PART = 4
_LEGAL = re.compile(r"股份|有限|责任|集团|总?公司|(co|company)?(ltd|limited|inc|gmbh|corp|corporation|llc)$")
_SIGNS = {"name": 100, "phone": 40, "part": 30, "contact_phone": 25, "contact_email": 25}


@dataclass
class Pair:
    """Two customers that may be one: the older stays. `signs` say why, the strongest first."""

    keeper: Customer
    doubled: Customer
    signs: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        return sum(_SIGNS[sign] for sign in self.signs)


def core_of(name: str) -> str:
    """What is left of a company's name without forms of law, blanks, brackets and punctuation, in small letters."""
    plain = unicodedata.normalize("NFKC", name).lower()
    letters = "".join(char for char in plain if unicodedata.category(char)[0] in "LN")
    return _LEGAL.sub("", letters) or letters


def in_order(first: Customer, second: Customer) -> tuple[Customer, Customer]:
    """The one that would stay and the one that would be merged into it."""
    older, younger = sorted((first, second), key=lambda one: (one.created_at, one.pk))
    return older, younger


def likely_doubles(user: Any) -> list[Pair]:
    """The likeliest pairs first, without those said to be distinct. Five statements whatever the number."""
    known = {one.pk: one for one in customers_for(user).order_by("pk")}
    distinct = set(NotDouble.objects.values_list("first", "second"))
    signs: dict[tuple[int, int], set[str]] = defaultdict(set)
    for sign, keys in _groups(user, known.values()):
        for low, high in combinations(sorted(keys), 2):
            if (low, high) not in distinct and low in known and high in known:
                signs[low, high].add(sign)
    pairs = [_pair(known[low], known[high], found) for (low, high), found in signs.items()]
    pairs.sort(key=lambda pair: (-pair.weight, pair.keeper.name, pair.doubled.pk))
    return pairs[:MOST_PAIRS]


def _pair(first: Customer, second: Customer, signs: set[str]) -> Pair:
    kept = signs - ({"part"} if "name" in signs else set())
    return Pair(*in_order(first, second), sorted(kept, key=lambda sign: -_SIGNS[sign]))


def _groups(user: Any, customers: Iterable[Customer]) -> Iterator[tuple[str, set[int]]]:
    names: dict[Hashable, set[int]] = defaultdict(set)
    phones: dict[Hashable, set[int]] = defaultdict(set)
    for one in customers:
        names[core_of(one.name)].add(one.pk)
        phones[one.phone].add(one.pk)
    yield from (("name", keys) for keys in _shared(names))
    yield from (("phone", keys) for keys in _shared(phones))
    yield from (("part", keys) for keys in _parts(names))
    for sign, column in (("contact_phone", "phone"), ("contact_email", "email")):
        yield from ((sign, keys) for keys in _shared(_contacts(user, column)))


def _shared(groups: dict[Hashable, set[int]]) -> Iterator[set[int]]:
    return (keys for value, keys in groups.items() if value and 1 < len(keys) <= MOST_SHARING)


def _parts(names: dict[Hashable, set[int]]) -> Iterator[set[int]]:
    """A name that begins or ends with the whole of another, such as one with the city before it."""
    for name, keys in names.items():
        text = str(name)
        cuts = {text[:end] for end in range(SHORTEST_PART, len(text))}
        cuts |= {text[start:] for start in range(1, len(text) - SHORTEST_PART + 1)}
        for cut in cuts & names.keys():
            others = names[cut] | keys
            if len(others) <= MOST_SHARING:
                yield others


def _contacts(user: Any, column: str) -> dict[Hashable, set[int]]:
    """The customers by what their contacts share."""
    seen = contacts_for(user).exclude(**{column: ""}).order_by()
    shared = seen.values(column).annotate(customers=Count("customer", distinct=True)).filter(customers__gt=1)
    found: dict[Hashable, set[int]] = defaultdict(set)
    rows = Contact.objects.filter(**{f"{column}__in": shared.values(column)}).values_list(F(column), "customer")
    for value, customer in rows.order_by().distinct():
        found[value].add(customer)
    return found
