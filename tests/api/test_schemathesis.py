"""D2: schemathesis with the token of each kind of caller, against the published description: no failure of ours, every
answer as described, nothing of customer B for who may not see it.
"""

from collections.abc import Iterator
from pprint import pformat
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode

from accounts.enums import Role
from accounts.models import User
from core.api.description import description
from tests.api.caller import Caller
from tests.factories import make_user
from tests.world import World
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 6
# The description cannot say which ids exist and which acts a state allows, so a well-formed request may be refused.
NOT_SAID = [schemathesis.checks.positive_data_acceptance]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The server would close the connection after each request, and with it the test's transaction."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def described(world: World, _one_connection: None) -> Any:
    """The description of the running API, with a ticket at each customer to find."""
    world.report()
    world.report(world.b, subject="CANARY-B-SUBJECT")
    loaded = schemathesis.openapi.from_dict(description())
    loaded.app = get_wsgi_application()
    return loaded


def asked(operation: Any, mode: GenerationMode, headers: dict[str, str], number: str) -> None:
    """Calls one operation with a handful of made-up inputs and judges every answer."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        empty = [value for value in (case.query or {}).values() if value in ("", [])]
        assume(not empty)  # counts as not given
        cache.clear()  # nobody is throttled
        if mode is GenerationMode.POSITIVE and "number" in case.path_parameters:
            case.path_parameters["number"] = number
        response = case.call(headers=headers)
        case.validate_response(response, headers=headers, excluded_checks=NOT_SAID)
        assert response.status_code < 500
        if "Authorization" not in headers:
            assert response.status_code in (400, 401, 404, 405, 406, 415)

    ask()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("who", ["agent", "engineer", "client", "stranger"])
def test_d2_every_answer_is_as_described(who: str, mode: GenerationMode, described: Any, world: World) -> None:
    people: dict[str, User] = {
        "agent": world.agent,
        "engineer": world.engineer,
        "client": make_user(Role.CLIENT),
    }
    headers = {"Accept-Encoding": "identity"} | (Caller(people[who]).headers if who in people else {})
    number = Ticket.objects.get(customer=world.a.customer).number
    wrong = {}
    for found in described.get_all_operations():
        operation = found.ok()
        try:
            asked(operation, mode, headers, number)
        except BaseExceptionGroup as errors:
            wrong[operation.label] = [str(error)[:400] for error in errors.exceptions]
        except Exception as error:
            wrong[operation.label] = [str(error)[:400]]
    assert not wrong, pformat(wrong, width=200)
