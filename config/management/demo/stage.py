"""Setting the stage: customers with their places, people, equipment and contracts, made and found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from config.management.demo.customers import CLIENTS, PRODUCTS, Client, Terms, Unit
from config.management.demo.people import portal_user
from contracts.domain import contract as contracts
from contracts.models import Contract, ContractLine, PromiseSet
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import product as products
from customers.domain import site as sites
from customers.models import Asset, Contact, Customer, Product, Site

STANDING = timedelta(days=1100)


@dataclass
class Stage:
    """Everything that stories name, by their names: logins, "ZWFW", "ZWFW.k3", "ZWFW.hall", "ZWFW/0"."""

    users: dict[str, User]
    customers: dict[str, Customer] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)

    def keys(self) -> dict[str, dict[str, int]]:
        """The rows by name, as JSON, for `found`."""
        return {kind: {name: row.pk for name, row in rows.items()} for kind, rows in vars(self).items()}


def found(keys: Mapping[str, Mapping[str, int]]) -> Stage:
    """The stage that an earlier loading set."""
    return Stage(
        users=_rows(User, keys["users"]),
        customers=_rows(Customer, keys["customers"]),
        sites=_rows(Site, keys["sites"]),
        assets=_rows(Asset, keys["assets"]),
        contacts=_rows(Contact, keys["contacts"]),
    )


def load_customers(stage: Stage, day: date, now: datetime, random: Random) -> None:
    """Create all customers of `CLIENTS`, as an administrator who entered them at `now`. Terms count from `day`."""
    act: dict[str, Any] = {"actor": stage.users["admin"], "now": now}
    catalogue = {
        code: products.create(code=code, name=name, kind=kind, **act) for code, (name, kind) in PRODUCTS.items()
    }
    for client in CLIENTS:
        _load_client(stage, client, catalogue, day, random, act)


def _load_client(
    stage: Stage, client: Client, catalogue: Mapping[str, Product], day: date, random: Random, act: dict[str, Any]
) -> None:
    code = client.code
    customer = stage.customers[code] = customers.create(
        code=code,
        name=client.name,
        short_name=client.short_name,
        industry=client.industry,
        phone=f"021-5555 {random.randrange(1000, 2000):04d}",
        is_key=client.is_key,
        **act,
    )
    for place in client.sites:
        stage.sites[f"{code}.{place.key}"] = sites.create(
            customer=customer,
            name=place.name,
            address=place.address,
            district=place.district,
            locality=place.locality,
            distance_km=place.distance_km,
            **act,
        )
    _load_contacts(stage, client, random, act)
    lines = [_load_contract(stage, client, number, terms, day, act) for number, terms in enumerate(client.contracts, 1)]
    for unit in client.units:
        _load_unit(stage, code, unit, catalogue[unit.product], lines, day, random, act)


def _load_contacts(stage: Stage, client: Client, random: Random, act: dict[str, Any]) -> None:
    for place, person in enumerate(client.people):
        stage.contacts[f"{client.code}/{place}"] = contacts.create(
            customer=stage.customers[client.code],
            name=person.name,
            position=person.position,
            phone=f"1390013{random.randrange(1000, 10000)}",
            email=f"{person.login}@example.com",
            may_report=person.may_report,
            user=portal_user(person.login, person.name, act["now"]),
            sites=[stage.sites[f"{client.code}.{site.key}"] for site in client.sites],
            **act,
        )


def _load_contract(
    stage: Stage, client: Client, number: int, terms: Terms, day: date, act: dict[str, Any]
) -> ContractLine:
    starts_on = day - timedelta(days=terms.since)
    contract: Contract = contracts.create(
        customer=stage.customers[client.code],
        number=f"HT-{starts_on:%Y}-{client.code}-{number:02d}",
        title=terms.title,
        starts_on=starts_on,
        ends_on=day + timedelta(days=terms.left),
        **act,
    )
    return contracts.add_line(
        contract=contract,
        promise_set=PromiseSet.objects.get(code=terms.promise_set),
        site=stage.sites[f"{client.code}.{terms.site}"] if terms.site else None,
        tell_customer=terms.tell_customer,
        **act,
    )


def _load_unit(
    stage: Stage,
    code: str,
    unit: Unit,
    product: Product,
    lines: list[ContractLine],
    day: date,
    random: Random,
    act: dict[str, Any],
) -> None:
    accepted = day - timedelta(days=unit.accepted)
    asset = stage.assets[f"{code}.{unit.key}"] = assets.create(
        site=stage.sites[f"{code}.{unit.site}"],
        product=product,
        name=unit.name,
        serial=f"{unit.product}-{accepted:%y%m}-{random.randrange(16**5):05X}",
        accepted_on=accepted,
        **act,
    )
    if unit.warranty is not None:
        ends_on = day + timedelta(days=unit.warranty)
        starts_on = accepted + timedelta(days=1)
        contracts.add_warranty(asset=asset, line=lines[0], starts_on=starts_on, ends_on=ends_on, **act)


def _rows(model: Any, keys: Mapping[str, int]) -> dict[str, Any]:
    rows = model.objects.in_bulk(keys.values())
    return {name: rows[pk] for name, pk in keys.items()}
