"""K1: two contracts for the same thing are signed at the same moment: one of them counts."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from contracts.domain import contract as contracts
from contracts.models import Contract, ContractLine
from core.errors import RuleError
from tests.contracts.contract_life import TODAY, Life, make_life
from tests.fixtures import MORNING
from tests.races.together import codes, together
from tests.world import World

RACERS = 6


@pytest.fixture
def life(shared_world: World) -> Life:
    return make_life(shared_world)


def sign(life: Life, contract: Contract) -> Any:
    mine = Contract.objects.get(pk=contract.pk)
    contracts.sign(contract=mine, signed_on=TODAY, today=TODAY, actor=life.director, now=MORNING)


def test_k1_of_contracts_signed_at_once_for_the_same_site_one_counts(life: Life) -> None:
    rivals = [life.approved(number=f"HT-RACE-{number}") for number in range(RACERS)]
    results = together([partial(sign, life, rival) for rival in rivals])
    assert codes(results) == ["done", *["overlap"] * (RACERS - 1)]
    winner = rivals[results.index(None)]
    refusals = [result for result in results if isinstance(result, RuleError)]
    assert all(winner.number in refusal.message for refusal in refusals)
    assert sorted(Contract.objects.filter(number__startswith="HT-RACE").values_list("state", flat=True)) == [
        *["approved"] * (RACERS - 1),
        "signed",
    ]
    assert ContractLine.objects.get(counts=True, site__isnull=False).contract == winner


def test_k1_the_database_itself_refuses_a_second_cover(life: Life) -> None:
    other, one = life.approved(number="HT-OTHER"), life.signed(number="HT-ONE")
    with pytest.raises(IntegrityError, match="contract_line_site_once"), transaction.atomic():
        ContractLine.objects.filter(contract=other).update(counts=True)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="contract_line_site_once"):
        cursor.execute(
            "update contracts_contractline set counts = true, starts_on = %s where contract_id = %s",
            [one.ends_on, other.pk],
        )
