"""Two records of one customer become one: everything moves to the older, whose number and name stay (issue of doubles).

All rows that name the double, of whatever app, change their customer in ONE statement, so that no order of foreign keys
matters. Append-only rows let their customer be changed by this transaction alone (`core_refuse_change`); the audit
trail keeps the customer it was written for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from core import hooks
from core.domain import audit, outbox
from core.errors import InputError, RuleError
from core.models import Audit, Outbox
from customers.domain import record
from customers.models import CarePlan, Customer, CustomerWords, NotDouble, Secret

TRIES = 5
PATIENCE = "700ms"
"""Shorter than the database's own search for deadlocks: whoever works on an entry goes first, we try again."""
STRAGGLERS = (timedelta(minutes=1), timedelta(minutes=15))
_OVERLAP = "23P01"  # exclusion_violation


@dataclass(frozen=True)
class Table:
    """A table whose rows belong to customers. `places` are the columns of which a customer has each value once."""

    model: type[models.Model]
    column: str
    places: tuple[tuple[str, ...], ...]

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)


def merge(*, first: Customer, second: Customer, reason: str, actor: Any, now: datetime) -> Customer:
    """Make one customer of two and answer the one that stays: the older. One transaction, all or nothing.

    InputError at `reason` without one. RuleError: `merged` if either is a double already, `busy` if their entries are
    being worked on all the time, `overlap` if contract lines would then overlap.
    """
    said = reason.strip()
    if len(said) < 2:
        raise InputError("required", _("Please say how you know that both are the same customer."), "reason")
    for _time in range(TRIES):
        try:
            with transaction.atomic():
                return _merge(first.pk, second.pk, said[:200], actor, now)
        except (IntegrityError, OperationalError) as error:
            _refuse_overlap(error)
    raise RuleError("busy", _("Somebody is working on entries of these customers now. Please try again in a moment."))


def mark_distinct(first: Customer, second: Customer) -> None:
    """Do not propose these two again. Twice is once."""
    low, high = sorted((first.pk, second.pk))
    NotDouble.objects.bulk_create([NotDouble(first_id=low, second_id=high)], ignore_conflicts=True)


def tables() -> Iterator[Table]:
    """Every table with a column that names a customer, except those that stay or go as they are."""
    for model in apps.get_models(include_auto_created=True):
        if model in (Audit, Customer, CustomerWords, NotDouble):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is Customer or field.column == "customer_id":
                yield Table(model, field.column, tuple(_places(model, field)))


def moves(doubled: Customer, keeper: Customer) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows would move, and how many would stay since their place is taken, by table."""
    moving: dict[str, int] = {}
    staying: dict[str, int] = {}
    for table in tables():
        whole = _count(f"select count(*) from {_name(table)} t where {_of(table)}", doubled, keeper)
        goes = _count(f"select count(*) from {_name(table)} t where {_free(table)}", doubled, keeper) if whole else 0
        moving |= {table.label: goes} if goes else {}
        staying |= {table.label: whole - goes} if whole > goes else {}
    return moving, staying


# --- One transaction --------------------------------------------------------------------------------------------------


def _merge(first: int, second: int, reason: str, actor: Any, now: datetime) -> Customer:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [PATIENCE])
    both = Customer.objects.select_for_update().filter(pk__in={first, second}).order_by("pk")
    found = sorted(both, key=lambda one: (one.created_at, one.pk))
    if len(found) < 2 or any(one.merged_into_id for one in found):
        raise RuleError("merged", _("These customers have been merged already. Please look at the list again."))
    keeper, doubled = found
    hooks.run_guards("customers.merge", keeper=keeper, doubled=doubled, actor=actor, now=now)
    _make_room(keeper, doubled, actor, now)
    moved = _move(keeper, doubled)
    _complete(keeper, doubled, actor, now)
    _retire(keeper, doubled)
    hooks.run_after("customers.merge", keeper=keeper, doubled=doubled, actor=actor, now=now)
    _note(keeper, doubled, moved, reason, actor, now)
    for number, delay in enumerate(STRAGGLERS):
        key, payload = f"customer-settle:{doubled.pk}:{number}", {"doubled": doubled.pk}
        outbox.post(kind="customer_settle", key=key, payload=payload, now=now, not_before=now + delay)
    return keeper


def _make_room(keeper: Customer, doubled: Customer, actor: Any, now: datetime) -> None:
    """What both have once only: of care plans the keeper's stays, access data of the same name gets a longer one."""
    if CarePlan.objects.filter(customer=keeper).exists():
        CarePlan.objects.filter(customer=doubled).delete()
    taken = Secret.objects.filter(customer=keeper, removed_at=None).values("name")
    for secret in Secret.objects.filter(customer=doubled, removed_at=None, name__in=taken):
        ending = f" ({doubled.code})"
        name = secret.name[: 80 - len(ending)] + ending
        record.change(secret, {"name": name}, frozenset({"name"}), actor=actor, action="secret.change", now=now)


def _move(keeper: Customer, doubled: Customer) -> dict[str, int]:
    """Change the customer of all rows at once; how many by table. Parents are locked first, so that what others have
    just added beneath them is there when the statement begins.
    """
    known = list(tables())
    parts = [
        f"m{place} as (update {_name(table)} t set {_quoted(table.column)} = %(keeper)s"
        f" where {_free(table)} returning 1)"
        for place, table in enumerate(known)
    ]
    counts = ", ".join(f"(select count(*) from m{place})" for place in range(len(known)))
    keys = {"keeper": keeper.pk, "doubled": doubled.pk}
    with connection.cursor() as cursor:
        for table in known:
            if table.model._meta.pk and any(one.fields[:1] == ("id",) for one in _uniques(table.model)):
                cursor.execute(f"select 1 from {_name(table)} t where {_of(table)} for update", keys)
        cursor.execute("select set_config('weibao.merging', 'on', true)")
        cursor.execute(f"with {', '.join(parts)} select {counts}", keys)
        found = cursor.fetchone()
        cursor.execute("select set_config('weibao.merging', '', true)")
    return {table.label: count for table, count in zip(known, found, strict=True) if count}


def _complete(keeper: Customer, doubled: Customer, actor: Any, now: datetime) -> None:
    """What the keeper does not say is taken from the double."""
    blank = {name: getattr(doubled, name) for name in ("phone", "industry") if not getattr(keeper, name)}
    values = {name: value for name, value in blank.items() if value}
    values |= {"is_key": True} if doubled.is_key else {}
    values |= {"is_active": True} if doubled.is_active else {}
    allowed = frozenset({"phone", "industry", "is_key", "is_active"})
    record.change(keeper, values, allowed, actor=actor, action="customer.change", now=now)


def _retire(keeper: Customer, doubled: Customer) -> None:
    """The double, and whatever was merged into it before, now stands for the keeper."""
    Customer.objects.filter(merged_into=doubled).update(merged_into=keeper)
    doubled.merged_into, doubled.is_active = keeper, False
    doubled.save(update_fields=["merged_into", "is_active"])
    NotDouble.objects.filter(models.Q(first=doubled) | models.Q(second=doubled)).delete()


def _note(
    keeper: Customer, doubled: Customer, moved: Mapping[str, int], reason: str, actor: Any, now: datetime
) -> None:
    changes = {
        "doubled": [doubled.pk, keeper.pk],
        "code": [doubled.code, keeper.code],
        "name": [doubled.name, keeper.name],
        "reason": [None, reason],
        "moved": dict(moved),
    }
    for one in (keeper, doubled):
        audit.record(
            actor=actor,
            action="customer.merge",
            subject=record.subject(one),
            changes=changes,
            now=now,
            customer_id=one.pk,
        )


@outbox.deliverer("customer_settle")
def _settle(row: Outbox, now: datetime) -> None:
    """Fetch what somebody saved for the double while it was being merged. Mostly nothing."""
    doubled = Customer.objects.select_for_update().get(pk=row.payload["doubled"])
    if doubled.merged_into is None:
        return
    moved = _move(doubled.merged_into, doubled)
    if moved:
        hooks.run_after("customers.merge", keeper=doubled.merged_into, doubled=doubled, actor=None, now=now)
        _note(doubled.merged_into, doubled, moved, "", None, now)


def _refuse_overlap(error: DatabaseError) -> None:
    if getattr(error.__cause__, "pgcode", "") == _OVERLAP:
        message = _(
            "Contract lines of both customers would cover the same thing at the same time. Please end one first."
        )
        raise RuleError("overlap", message) from error


# --- The tables -------------------------------------------------------------------------------------------------------


def _places(model: type[models.Model], field: Any) -> Iterator[tuple[str, ...]]:
    """For each unique rule about a customer's rows the other columns that it names."""
    if field.unique:
        yield ()
    for one in _uniques(model):
        if field.name in one.fields and "id" not in one.fields and one.condition is None:
            yield tuple(_column(model, name) for name in one.fields if name != field.name)


def _uniques(model: type[models.Model]) -> Iterable[models.UniqueConstraint]:
    return (one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint))


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _of(table: Table) -> str:
    return f"t.{_quoted(table.column)} = %(doubled)s"


def _free(table: Table) -> str:
    """The rows of the double whose place at the keeper is free."""
    taken = [
        f"not exists (select 1 from {_name(table)} k where k.{_quoted(table.column)} = %(keeper)s"
        + "".join(f" and k.{_quoted(name)} = t.{_quoted(name)}" for name in names)
        + ")"
        for names in table.places
    ]
    return " and ".join([_of(table), *taken])


def _name(table: Table) -> str:
    return _quoted(table.model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _count(sql: str, doubled: Customer, keeper: Customer) -> int:
    """All names in the statement are the models' own."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"keeper": keeper.pk, "doubled": doubled.pk})
        return int(cursor.fetchone()[0])
