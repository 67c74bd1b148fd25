"""The description of the API, and the page made from it."""

from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from core.api.description import description
from tests.api.caller import Caller, error
from tests.world import World
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
ASKING = ("/api/v1/promise/", "/api/v1/coverage/verdict/", "/api/v1/reapplications/preview/")  # they write nothing


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in description()["paths"].items() for method, one in methods.items()]


def test_the_description_is_valid_and_complete() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null")
    assert description()["openapi"].startswith("3.1")


def test_every_operation_has_a_tag_a_summary_and_its_refusals() -> None:
    lacking = [
        (path, method)
        for path, method, one in operations()
        if not (one["tags"][0] and one["summary"] and {"400", "401", "403", "429"} <= set(one["responses"]))
    ]
    assert lacking == []
    names = [one["operationId"] for _path, _method, one in operations()]
    assert len(names) == len(set(names)) >= 40


def test_every_act_has_an_example_and_the_idempotency_header() -> None:
    lacking = []
    for path, method, one in operations():
        if method == "post":
            content = next(iter(one["requestBody"]["content"].items())) if "requestBody" in one else ("", {})
            has_key = any(parameter["name"] == "Idempotency-Key" for parameter in one.get("parameters", ()))
            asks = path.startswith(ASKING)
            if has_key == asks or (content[0] == "application/json" and not content[1].get("examples")):
                lacking.append(path)
    assert lacking == []


def test_every_address_of_the_api_is_described() -> None:
    described = {path for path, _method, _one in operations()}
    router = next(entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "api")
    names = {name for name in router.reverse_dict if isinstance(name, str)}
    assert len(names) == len(described)


def test_an_answer_is_what_the_description_says(agent: Caller, ticket: Ticket) -> None:
    document = agent.get("/schema/").json()
    answers = {
        "TicketFull": agent.get(f"/tickets/{ticket.number}/").json(),
        "PaginatedTicketRowList": agent.get("/tickets/").json(),
        "PaginatedEventPartList": agent.get(f"/tickets/{ticket.number}/events/").json(),
        "PaginatedMessagePartList": agent.get(f"/tickets/{ticket.number}/messages/").json(),
        "ClocksPart": agent.get(f"/tickets/{ticket.number}/clocks/").json(),
        "PaginatedCustomerRowList": agent.get("/customers/").json(),
        "PaginatedAssetRowList": agent.get("/assets/").json(),
        "PaginatedContractRowList": agent.get("/contracts/").json(),
        "Refusal": agent.get("/tickets/?x=1").json(),
    }
    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)


def test_d6_the_description_is_not_public(world: World) -> None:
    assert error(Client().get("/api/v1/schema/")) == (401, "not_authenticated", [])


def test_the_page_lists_every_operation(world: World) -> None:
    session = Client()
    session.force_login(world.agent)
    page = session.get("/api-docs/").content.decode()
    assert [path for path, _method, _one in operations() if f" {path}</code>" not in page] == []
    assert "WB-2611-00007" in page


def test_the_page_is_for_staff(world: World) -> None:
    session = Client()
    session.force_login(world.a.user)
    assert session.get("/api-docs/").status_code == 403
    assert Client().get("/api-docs/").status_code == 302
