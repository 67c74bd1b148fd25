"""What search finds of the master data: customers, contacts, devices; and which rows of them a word leads to."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, F, QuerySet, TextField, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import formats
from core.grams import Query
from core.models.words import Words
from core.queries.search import MOST_HITS, Group, Hit
from core.queries.words import bearing, having
from customers.models import AssetWords, ContactWords, CustomerWords
from customers.queries.customer import assets_for, contacts_for, customers_for

MOST_KEYS = 2000
"""Up to so many rows of a kind are named by their keys; where there are more, they are asked for with the tickets."""
KINDS: dict[str, type[Words]] = {"c": CustomerWords, "p": ContactWords, "a": AssetWords}


@dataclass(frozen=True)
class Bearers:
    """The customers, contacts and devices with some words: keys by word, and the kinds of which there are too many."""

    keys: Mapping[str, list[str]]
    common: frozenset[str]


def key_of(kind: str, pk: int) -> str:
    """The key by which other rows' grams name a customer (c), a contact (p) or a device (a); longer than a pair."""
    return f"{kind}:{pk}"


def bearers_of(words: Collection[str]) -> Bearers:
    """Who has each of these words. One statement."""
    asked = [word for word in words if len(word) > 1]
    if not asked:
        return Bearers({}, frozenset())
    parts = [_any_of(asked, kind) for kind in KINDS]
    found = list(parts[0].union(*parts[1:], all=True))
    counts = Counter(kind for kind, _pk, _text in found)
    common = frozenset(kind for kind, count in counts.items() if count > MOST_KEYS)
    named = [(key_of(kind, pk), text) for kind, pk, text in found if kind not in common]
    return Bearers({word: [key for key, text in named if word in text] for word in asked}, common)


def with_word(kind: str, word: str) -> QuerySet[Any, Any]:
    """The ids of the rows of a kind that have a word, for use within another query."""
    return KINDS[kind]._default_manager.filter(bearing(word)).order_by().values("pk")


def _any_of(words: Iterable[str], kind: str) -> QuerySet[Any, Any]:
    either = reduce(or_, (bearing(word) for word in words))
    rows = KINDS[kind]._default_manager.filter(either).order_by().annotate(kind=Value(kind, TextField()))
    return rows.values_list("kind", "pk", "text")[: MOST_KEYS + 1]


def found(user: Any, query: Query) -> list[Group]:
    """The customers, contacts and devices that the person sees and the query names. One statement."""
    parts = [_customers(user, query), _contacts(user, query), _assets(user, query)]
    hits: dict[str, list[Hit]] = {"c": [], "p": [], "a": []}
    for kind, *facts in parts[0].union(*parts[1:], all=True):
        hits[kind].append(HIT_OF[kind](*facts))
    words = urlencode({"q": query.typed})
    return [
        _group(_("Customers"), hits["c"], f"/customers/?{words}"),
        _group(_("Contacts"), hits["p"]),
        _group(_("Devices"), hits["a"], f"/assets/?{words}"),
    ]


def _group(label: str, hits: list[Hit], more_url: str = "") -> Group:
    return Group(label, hits[:MOST_HITS], more_url if len(hits) > MOST_HITS else "")


def _customers(user: Any, query: Query) -> QuerySet[Any, Any]:
    rows = customers_for(user).filter(having(query)).order_by("name", "pk")
    return _facts(rows, "c", note=F("code"), owner=F("pk"), owner_name=F("short_name"), marked=F("is_key"))


def _contacts(user: Any, query: Query) -> QuerySet[Any, Any]:
    rows = contacts_for(user).filter(having(query)).order_by("name", "pk")
    owner = {"owner": F("customer_id"), "owner_name": F("customer__short_name")}
    return _facts(rows, "p", note=F("phone"), marked=F("is_active"), **owner)


def _assets(user: Any, query: Query) -> QuerySet[Any, Any]:
    rows = assets_for(user).select_related(None).filter(having(query)).order_by("serial", "pk")
    owner = {"owner": F("customer_id"), "owner_name": F("customer__short_name")}
    return _facts(rows, "a", note=F("serial"), marked=Value(False, BooleanField()), **owner)


def _facts(rows: QuerySet[Any], kind: str, **facts: Any) -> QuerySet[Any, Any]:
    told = rows.annotate(kind=Value(kind, TextField()), title=F("name"), **facts)
    columns = ("kind", "pk", "title", "note", "owner", "owner_name", "marked")
    return told.values_list(*columns)[: MOST_HITS + 1]  # type: ignore[no-any-return]


def _customer_hit(pk: int, name: str, code: str, owner: int, short_name: str, is_key: bool) -> Hit:
    badge = _("Key customer") if is_key else ""
    return Hit(name, f"/customers/{pk}/", code, badge)


def _contact_hit(pk: int, name: str, phone: str, owner: int, customer: str, is_active: bool) -> Hit:
    shown = " · ".join(filter(None, (formats.phone(phone, get_language() or ""), customer)))
    return Hit(name, f"/customers/{owner}/?tab=contacts", shown, "" if is_active else _("Switched off"))


def _asset_hit(pk: int, name: str, serial: str, owner: int, customer: str, marked: bool) -> Hit:
    return Hit(name, f"/assets/{pk}/", " · ".join(filter(None, (serial, customer))))


HIT_OF = {"c": _customer_hit, "p": _contact_hit, "a": _asset_hit}
