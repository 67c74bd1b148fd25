"""The database itself refuses contract rows across customers (decisions 19)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from contracts.domain import contract as contracts
from contracts.models import Contract, ContractLine, PromiseSet, Warranty
from customers.domain import asset as assets
from customers.models import Asset
from tests.contracts.test_entitled import NOW, make_contract
from tests.customers.test_customer import make_customer, make_product, make_site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
TERM = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


def estate(number: str) -> tuple[Contract, Asset]:
    site = make_site(make_customer(number))
    asset = assets.create(site=site, product=make_product(f"KT-{number}"), actor=None, now=NOW)
    return make_contract(site.customer, f"HT-{number}"), asset


def line_of(contract: Contract) -> ContractLine:
    return contracts.add_line(contract=contract, promise_set=PromiseSet.objects.get(code="L4"), actor=None, now=NOW)


def foreign_customer_of_line(contract: Contract, foreign: Asset) -> None:
    l4 = PromiseSet.objects.get(code="L4")
    ContractLine.objects.create(contract=contract, customer=foreign.customer, promise_set=l4, **TERM)


def foreign_site_of_line(contract: Contract, foreign: Asset) -> None:
    ContractLine.objects.filter(pk=line_of(contract).pk).update(site=foreign.site)


def foreign_asset_of_line(contract: Contract, foreign: Asset) -> None:
    ContractLine.objects.filter(pk=line_of(contract).pk).update(asset=foreign)


def foreign_line_of_warranty(contract: Contract, foreign: Asset) -> None:
    Warranty.objects.create(customer=foreign.customer, asset=foreign, line=line_of(contract), **TERM)


def foreign_asset_of_warranty(contract: Contract, foreign: Asset) -> None:
    Warranty.objects.create(customer=contract.customer, asset=foreign, line=line_of(contract), **TERM)


@pytest.mark.parametrize(
    "write",
    [
        foreign_customer_of_line,
        foreign_site_of_line,
        foreign_asset_of_line,
        foreign_line_of_warranty,
        foreign_asset_of_warranty,
    ],
)
def test_database_refuses_rows_across_customers(write: Callable[[Contract, Asset], None]) -> None:
    contract, _asset = estate("A")
    _contract, foreign = estate("B")
    with pytest.raises(IntegrityError, match="_tenant"), transaction.atomic():
        write(contract, foreign)


def test_rows_of_one_customer_fit() -> None:
    contract, asset = estate("A")
    line = line_of(contract)
    Warranty.objects.create(customer=contract.customer, asset=asset, line=line, **TERM)
    assert Warranty.objects.get().line == line
