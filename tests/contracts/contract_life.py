"""A contract and the people of its life, for the tests of contracts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.domain.team import create_team
from accounts.enums import Role
from accounts.models import Department, Team, User
from contracts.domain import contract as contracts
from contracts.domain import contract_review
from contracts.models import Contract, ContractLine, ContractReview, PromiseSet
from tests.factories import make_user
from tests.fixtures import MORNING
from tests.world import World

TODAY = date(2026, 11, 23)
TERM = {"starts_on": date(2026, 12, 1), "ends_on": date(2027, 11, 30)}


@dataclass
class Life:
    """The world's customer A, with who writes, reviews, approves and signs."""

    world: World
    writer: User
    head: User
    reviewer: User
    director: User
    sales: Department
    technology: Department
    numbers: list[int] = field(default_factory=list)

    @property
    def act(self) -> dict[str, Any]:
        return {"actor": self.writer, "now": MORNING}

    def draft(self, **given: Any) -> Contract:
        """A draft; the world's contract covers the whole of customer A, so this one covers its site unless told."""
        self.numbers.append(0)
        values = {"number": f"DRAFT-{len(self.numbers)}", "title": "机房维护", **TERM}
        return contracts.draft(customer=self.world.a.customer, **values | self.act | given)

    def line(self, contract: Contract, **covers: Any) -> ContractLine:
        covers = covers or {"site": self.world.a.site}
        return contracts.add_line(contract=contract, promise_set=set_of("L4"), **covers, **self.act)

    def submitted(self, **given: Any) -> Contract:
        contract = self.draft(**given)
        self.line(contract)
        contract_review.submit(contract=contract, departments=[self.sales, self.technology], **self.act)
        return contract

    def agree(self, contract: Contract) -> None:
        """All departments of the present round agree."""
        for review in ContractReview.objects.filter(contract=contract, round=contract.round, state="asked"):
            contract_review.decide(review=review, approves=True, actor=self.head, now=MORNING)
        contract.refresh_from_db()

    def approved(self, **given: Any) -> Contract:
        contract = self.submitted(**given)
        self.agree(contract)
        contracts.approve(contract=contract, actor=self.director, now=MORNING)
        return contract

    def signed(self, **given: Any) -> Contract:
        contract = self.approved(**given)
        contracts.sign(contract=contract, signed_on=TODAY, today=TODAY, **self.act)
        return contract


def set_of(code: str) -> PromiseSet:
    return PromiseSet.objects.get(code=code)


def make_life(world: World, now: datetime = MORNING) -> Life:
    head = make_user(Role.MANAGER, name="业务部长")
    sales = create_team(name="业务组", department="业务部", head=head, now=now).department
    team: Team = create_team(name="技术组", department="技术部", now=now)
    return Life(
        world=world,
        writer=make_user(Role.SERVICE_MANAGER, name="林经理"),
        head=head,
        reviewer=make_user(Role.REVIEWER, name="评审员", team=team),
        director=make_user(Role.DIRECTOR, name="总经理"),
        sales=sales,
        technology=team.department,
    )
