"""The searchable texts of customers, contacts and devices, written in the transaction that writes the row."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction

from core.grams import grams_of, phone_text, text_of
from core.models.words import Words
from customers.models import Asset, AssetWords, Contact, ContactWords, Customer, CustomerWords, Product

CHUNK = 1000


def _customer(row: Any) -> str:
    return text_of(row.code, row.name, row.short_name, phone_text(row.phone))


def _contact(row: Any) -> str:
    return text_of(row.name, phone_text(row.phone), row.email)


def _asset(row: Any) -> str:
    return text_of(row.name, row.serial, row.product.name, row.product.code)


TEXTS: dict[type[models.Model], tuple[type[Words], str, Callable[[Any], str]]] = {
    Customer: (CustomerWords, "customer", _customer),
    Contact: (ContactWords, "contact", _contact),
    Asset: (AssetWords, "asset", _asset),
}


def keep(row: models.Model) -> None:
    """Write what a saved row is found by; of a product, what its devices are found by. Other rows have no words."""
    if isinstance(row, Product):
        _write(Asset, Asset.objects.filter(product=row).select_related("product"))
    elif type(row) in TEXTS:
        _write(type(row), [row])


def build() -> int:
    """Write the words of all rows anew, a part at a time. How many."""
    return sum(_write_part(model, start) for model in TEXTS for start in range(0, _last(model) + 1, CHUNK))


def _last(model: type[models.Model]) -> int:
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0


@transaction.atomic
def _write_part(model: type[models.Model], start: int) -> int:
    """The rows are locked, so that none changes between reading and writing."""
    rows = model._default_manager.filter(pk__gte=start, pk__lt=start + CHUNK).select_for_update(of=("self",))
    return _write(model, rows.select_related("product") if model is Asset else rows)


def _write(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    table, key, text_for = TEXTS[model]
    found = [(row, text_for(row)) for row in rows]
    made = [table(**{key: row, "text": text, "grams": grams_of(text)}) for row, text in found]
    table._default_manager.bulk_create(
        made, batch_size=CHUNK, update_conflicts=True, unique_fields=[key], update_fields=["text", "grams"]
    )
    return len(made)
