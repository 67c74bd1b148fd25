"""The catalogue's warranty terms: what is kept, what is refused, what a new contract line takes over."""

from typing import Any

import pytest
from django.test import Client

from contracts.domain import contract as contracts
from contracts.models import PromiseSet
from core.errors import InputError
from customers.domain import product as products
from customers.models import Product
from tests.customers.pages import errors_of, text_of, version_in
from tests.factories import logged_in
from tests.world import World

TERMS: dict[str, Any] = {
    "months": 24,
    "starts": "day_after_acceptance",
    "first_day_counts": True,
    "covers": "material_make",
    "replaced_part": "remainder",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": 0},
        {"months": 241},
        {"months": True},
        {"months": "12"},
        {"starts": "someday"},
        {"covers": ""},
        {"first_day_counts": "yes"},
        {"free_after": ["everything"]},
        {"charged_inside": "long_distance_travel"},
        {"colour": "blue"},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        products.terms_of(TERMS | wrong)
    assert (error.value.code, error.value.field) == ("terms", "warranty")


def test_terms_are_kept_without_what_was_left_open() -> None:
    more = {"price_after": "", "free_after": [], "charged_inside": ["long_distance_travel"]}
    assert products.terms_of(TERMS | more) == TERMS | {"charged_inside": ["long_distance_travel"]}
    assert products.terms_of({}) == products.terms_of(None) == {}


def test_a_new_line_takes_over_the_terms_of_the_products_it_covers(world: World) -> None:
    act: dict[str, Any] = {"actor": world.manager, "now": world.now}
    products.change(product=world.b.asset.product, warranty=TERMS, **act)
    contract = contracts.create(
        customer=world.b.customer,
        number="HT-B2",
        title="x",
        starts_on=world.b.line.contract.starts_on,
        ends_on=world.b.line.contract.ends_on,
        is_supplementary=True,
        **act,
    )
    promise_set = PromiseSet.objects.get(code="L4")
    line = contracts.add_line(contract=contract, promise_set=promise_set, asset=world.b.asset, **act)
    own = line.terms.get(products=["KT-300"])
    assert (own.months, own.starts, own.first_day_counts) == (24, "day_after_acceptance", True)


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager)


def posted(**given: Any) -> dict[str, Any]:
    return {"code": "UPS-40K", "name": "不间断电源", "kind": "hardware", "maker": "恒电"} | given


def test_a_product_is_kept_with_its_warranty_in_the_browser(world: World, manager: Client) -> None:
    terms = {"months": "24", "starts": "acceptance_day", "covers": "any_cause", "replaced_part": "extend"}
    assert manager.post("/products/new/", posted(**terms, free_after=["phone_advice"])).status_code == 302
    product = Product.objects.get(code="UPS-40K")
    assert product.warranty == {
        "months": 24,
        "starts": "acceptance_day",
        "first_day_counts": False,
        "covers": "any_cause",
        "replaced_part": "extend",
        "free_after": ["phone_advice"],
    }
    assert "24 个月" in text_of(manager.get("/products/"))
    form = manager.get(f"/products/{product.pk}/change/")
    assert 'value="extend" selected' in form.content.decode()
    changed = manager.post(f"/products/{product.pk}/change/", posted(version=version_in(form), is_active="on"))
    assert (changed.status_code, Product.objects.get(code="UPS-40K").warranty) == (302, {})


def test_a_length_needs_the_rest(world: World, manager: Client) -> None:
    response = manager.post("/products/new/", posted(months="24", starts="acceptance_day"))
    assert (response.status_code, set(errors_of(response))) == (422, {"covers", "replaced_part"})
    assert not Product.objects.filter(code="UPS-40K").exists()
