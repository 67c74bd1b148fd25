"""Access data of customers' systems: sealed, shown by POST with a reason, every look on record (C8, D7, A1, A18)."""

import json
import logging
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.enums import Role
from core import crypto
from core.errors import InputError, RuleError, StaleError, Unavailable
from core.models import Audit
from customers.domain import secret as secrets
from customers.domain.record import version_of
from customers.models import Secret, SecretLook
from customers.queries.secret import secrets_for
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import assignment, cancellation

CANARY = "CANARY-SECRET-7f3a"
PARTS = {
    "address": f"10.9.8.7:{CANARY}-address",
    "username": f"{CANARY}-user",
    "password": f"{CANARY}-password <b>&",
    "parameters": f"port=1521\nsid={CANARY}-sid",
}
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def make_secret(world: World, **given: Any) -> Secret:
    facts = {"customer": world.a.customer, "asset": world.a.asset, "name": "数据库管理员", **PARTS}
    return secrets.create(**facts | given, actor=world.duty_manager, now=world.now)


def stored() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f"select coalesce(string_agg(t::text, ','), '') from {table} t")
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


# --- core.crypto ------------------------------------------------------------------------------------------------------


def test_a_sealed_text_opens_in_its_place_only() -> None:
    sealed = crypto.seal("密码 🔑", "row:1")
    assert crypto.opened(sealed, "row:1") == "密码 🔑"
    assert "密码".encode() not in sealed
    assert crypto.seal("密码 🔑", "row:1") != sealed
    for wrong, place in ((sealed, "row:2"), (sealed[:-2] + b"==", "row:1"), (b"", "row:1"), (b"x" * 120, "row:1")):
        with pytest.raises(Unavailable):
            crypto.opened(wrong, place)


def test_without_a_key_nothing_is_sealed(settings: Any) -> None:
    settings.CRYPTO_KEYS = []
    for act in (crypto.seal, crypto.opened):
        with pytest.raises(Unavailable):
            act("x", "row:1")  # type: ignore[operator]


def test_a_new_key_opens_what_the_old_one_sealed_and_seals_anew(settings: Any) -> None:
    settings.CRYPTO_KEYS = [OLD]
    sealed = crypto.seal("x", "row:1")
    settings.CRYPTO_KEYS = [NEW, OLD]
    assert crypto.opened(sealed, "row:1") == "x"
    assert not crypto.has_newest_key(sealed)
    anew = crypto.resealed(sealed, "row:1")
    settings.CRYPTO_KEYS = [NEW]
    assert crypto.has_newest_key(anew)
    assert crypto.opened(anew, "row:1") == "x"
    with pytest.raises(Unavailable):
        crypto.opened(sealed, "row:1")


# --- Domain -----------------------------------------------------------------------------------------------------------


def test_c8_nothing_of_it_is_readable_in_the_database(world: World) -> None:
    secret = make_secret(world)
    secrets.show(secret=secret, reason="WB-2611-00001", actor=world.manager, now=world.now)
    secrets.change(secret=secret, actor=world.manager, now=world.now, name="新名", password=f"{CANARY}-second")
    assert CANARY not in stored()
    shown = secrets.show(secret=secret, reason="WB-2611-00001", actor=world.manager, now=world.now)
    assert shown == PARTS | {"password": f"{CANARY}-second"}


def test_every_look_is_written_down_with_who_when_and_why(world: World) -> None:
    secret = make_secret(world)
    assert secrets.show(secret=secret, reason=" 换硬盘 ", actor=world.manager, now=world.now) == PARTS
    look = SecretLook.objects.get()
    assert (look.secret, look.customer, look.user, look.at, look.reason) == (
        secret,
        world.a.customer,
        world.manager,
        world.now,
        "换硬盘",
    )
    line = Audit.objects.get(action="secret.show")
    assert (line.actor, line.subject, line.customer_id, line.changes) == (
        world.manager,
        f"customers.secret:{secret.pk}",
        world.a.customer.pk,
        {"reason": [None, "换硬盘"]},
    )


def test_d10_looks_cannot_be_rewritten(world: World) -> None:
    secret = make_secret(world)
    secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now)
    for act in (SecretLook.objects.all().delete, lambda: SecretLook.objects.update(reason="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert SecretLook.objects.get().reason == "换硬盘"


def test_no_look_without_a_reason_and_no_reason_without_a_look(world: World, settings: Any) -> None:
    secret = make_secret(world)
    for reason in ("", "  ", "x"):
        with pytest.raises(InputError) as refused:
            secrets.show(secret=secret, reason=reason, actor=world.manager, now=world.now)
        assert refused.value.field == "reason"
    settings.CRYPTO_KEYS = [NEW]
    with pytest.raises(Unavailable):
        secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now)
    assert not SecretLook.objects.exists()
    assert not Audit.objects.filter(action="secret.show").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "名" * 81}, "name"),
        ({"name": "a\x00b"}, "name"),
        (dict.fromkeys(PARTS, ""), ""),
    ],
)
def test_bad_input_is_named_and_saves_nothing(world: World, given: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as refused:
        make_secret(world, **given)
    assert refused.value.field == field
    assert not Secret.objects.exists()


def test_a3_the_device_of_another_customer_is_refused(world: World) -> None:
    with pytest.raises(InputError) as refused:
        make_secret(world, asset=world.b.asset)
    assert refused.value.field == "asset"
    with pytest.raises(DatabaseError), transaction.atomic():
        Secret.objects.create(customer=world.a.customer, asset=world.b.asset, name="x", sealed_at=world.now)


def test_a_name_is_free_again_once_removed(world: World) -> None:
    secret = make_secret(world)
    with pytest.raises(InputError) as refused:
        make_secret(world)
    assert (refused.value.code, refused.value.field) == ("taken", "name")
    for _time in range(2):
        secrets.remove(secret=secret, actor=world.manager, now=world.now)
    assert Secret.objects.get(pk=secret.pk).cipher == b""
    assert Audit.objects.filter(action="secret.remove").count() == 1
    with pytest.raises(RuleError):
        secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now)
    assert make_secret(world).pk != secret.pk


def test_a_change_of_an_older_version_is_refused(world: World) -> None:
    secret = make_secret(world)
    version = version_of(secret, secrets.FIELDS)
    secrets.change(secret=secret, version=version, actor=world.manager, now=world.now, name="第二个")
    with pytest.raises(StaleError):
        secrets.change(secret=secret, version=version, actor=world.manager, now=world.now, password="x")
    assert secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now) == PARTS


def test_a_cipher_copied_to_another_row_does_not_open(world: World) -> None:
    mine, other = make_secret(world), make_secret(world, customer=world.b.customer, asset=None)
    Secret.objects.filter(pk=mine.pk).update(cipher=other.cipher)
    with pytest.raises(Unavailable):
        secrets.show(secret=mine, reason="换硬盘", actor=world.manager, now=world.now)


def test_rotation_puts_everything_under_the_newest_key_and_can_be_repeated(
    world: World, settings: Any, capsys: Any
) -> None:
    settings.CRYPTO_KEYS = [OLD]
    first, gone = make_secret(world), make_secret(world, name="旧")
    secrets.remove(secret=gone, actor=world.manager, now=world.now)
    settings.CRYPTO_KEYS = [NEW, OLD]
    second = make_secret(world, name="第二个")
    call_command("secrets", "reseal")
    assert capsys.readouterr().out == "1 of 2 sealed anew; all are under the newest key.\n"
    assert secrets.reseal() == (0, 2)
    settings.CRYPTO_KEYS = [NEW]
    for secret in (first, second):
        assert secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now) == PARTS


def test_rotation_without_the_old_key_says_so_and_changes_nothing(world: World, settings: Any) -> None:
    settings.CRYPTO_KEYS = [OLD]
    secret = make_secret(world)
    settings.CRYPTO_KEYS = [NEW]
    with pytest.raises(CommandError):
        call_command("secrets", "reseal")
    assert bytes(Secret.objects.get().cipher) == bytes(secret.cipher)


def test_the_command_makes_keys_that_fit(settings: Any, capsys: Any) -> None:
    call_command("secrets", "key")
    settings.CRYPTO_KEYS = [capsys.readouterr().out.strip()]
    assert crypto.opened(crypto.seal("x", "y"), "y") == "x"


# --- Who --------------------------------------------------------------------------------------------------------------

KEEPERS = {Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER}


@pytest.mark.parametrize("role", [*Role, None])
def test_a2_only_its_keepers_know_of_it(world: World, role: Role | None) -> None:
    secret, user = make_secret(world), make_user(role)
    client = logged_in(user)
    may = role in KEEPERS
    assert [one.pk for one in secrets_for(user)] == ([secret.pk] if may else [])
    engineer = role == Role.ENGINEER
    for path in ("", "change/"):
        wanted = 200 if may else 404 if engineer and not path else 403
        assert client.get(f"/secrets/{secret.pk}/{path}").status_code == wanted
    wanted = 200 if may else 404 if engineer else 403
    response = client.post(f"/secrets/{secret.pk}/show/", {"reason": "换硬盘"})
    assert (response.status_code, CANARY in response.content.decode()) == (wanted, may)
    assert SecretLook.objects.count() == may
    assert client.get("/secrets/looks/").status_code == (200 if may or role == Role.ADMIN else 403)
    assert client.post(f"/secrets/{secret.pk}/remove/").status_code == (302 if may else 403)


def test_a16_an_engineer_sees_it_while_at_work_for_the_customer(world: World) -> None:
    secret, ticket = make_secret(world), world.report()
    make_secret(world, customer=world.b.customer, asset=None, name="别家")
    client = logged_in(world.engineer)
    assert not secrets_for(world.engineer).exists()
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.duty_manager, now=world.now)
    assert [one.pk for one in secrets_for(world.engineer)] == [secret.pk]
    assert CANARY in client.post(f"/secrets/{secret.pk}/show/", {"reason": ticket.number}).content.decode()
    assert "数据库管理员" in client.get(f"/assets/{world.a.asset.pk}/").content.decode()
    assert client.post(f"/secrets/{secret.pk}/remove/").status_code == 403
    cancellation.cancel(ticket=ticket, reason="withdrawn", note="已处理", actor=world.duty_manager, now=world.now)
    assert client.post(f"/secrets/{secret.pk}/show/", {"reason": ticket.number}).status_code == 404
    assert SecretLook.objects.count() == 1


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_it_is_saved_replaced_and_removed_in_the_browser(world: World) -> None:
    client, new = logged_in(world.manager), f"/customers/{world.a.customer.pk}/secrets/new/"
    assert "idempotency_key" not in client.get(new).content.decode()
    given = {"name": "核心交换机", "asset": world.a.asset.pk, **PARTS}
    response = client.post(new, given)
    secret = Secret.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/secrets/{secret.pk}/")
    again = client.post(new, given)
    assert (again.status_code, list(errors_of(again))) == (422, ["name"])
    assert f"{CANARY}-password" not in again.content.decode()
    assert f"{CANARY}-sid" not in again.content.decode()
    change = f"/secrets/{secret.pk}/change/"
    page = client.get(change)
    assert CANARY not in page.content.decode()
    response = client.post(change, {"name": "交换机", "asset": "", "password": "新密码", "version": version_in(page)})
    assert response.status_code == 302
    response = client.post(f"/secrets/{secret.pk}/show/", {"reason": "换板卡"})
    assert "新密码" in text_of(response)
    assert "no-store" in response.headers["Cache-Control"]
    stale = client.post(change, {"name": "第三", "password": f"{CANARY}-x", "version": version_in(page)})
    assert (stale.status_code, CANARY in stale.content.decode()) == (409, False)
    assert client.post(f"/secrets/{secret.pk}/remove/").status_code == 302
    assert client.get(f"/secrets/{secret.pk}/").status_code == 404
    assert "交换机" in text_of(client.get("/secrets/looks/"))


def test_a18_a_get_shows_nothing_and_a_missing_reason_is_named(world: World) -> None:
    secret, client = make_secret(world), logged_in(world.manager)
    assert client.get(f"/secrets/{secret.pk}/show/").status_code == 405
    for reason in ("", " ", "x"):
        response = client.post(f"/secrets/{secret.pk}/show/", {"reason": reason})
        assert (response.status_code, list(errors_of(response))) == (422, ["reason"])
        assert CANARY not in response.content.decode()
    assert not SecretLook.objects.exists()


def test_what_is_shown_is_shown_as_text(world: World) -> None:
    secret = make_secret(world, password="<img src=x onerror=alert(1)>{{7*7}}")
    body = logged_in(world.manager).post(f"/secrets/{secret.pk}/show/", {"reason": "换硬盘"}).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in body
    assert "<img src=x" not in body


def test_d8_without_its_key_the_page_says_that_it_cannot_now(world: World, settings: Any, caplog: Any) -> None:
    secret = make_secret(world)
    settings.CRYPTO_KEYS = [NEW]
    response = logged_in(world.manager).post(f"/secrets/{secret.pk}/show/", {"reason": "换硬盘"})
    assert response.status_code == 503
    assert CANARY not in response.content.decode() + caplog.text


def test_d7_no_page_list_search_export_or_log_has_it(world: World, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "django.db.backends")
    secret, ticket = make_secret(world), world.report()
    secrets.show(secret=secret, reason="换硬盘", actor=world.manager, now=world.now)
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.duty_manager, now=world.now)
    paths = [
        f"/customers/{world.a.customer.pk}/",
        f"/customers/{world.a.customer.pk}/?tab=sites",
        f"/assets/{world.a.asset.pk}/",
        f"/secrets/{secret.pk}/",
        f"/secrets/{secret.pk}/change/",
        "/secrets/looks/",
        f"/search/?q={CANARY[:-2]}",
        "/search/?q=数据库管理员",
        f"/tickets/{ticket.number}/",
        "/tickets/export/?format=csv",
        "/customers/",
        "/assets/",
        "/notifications/",
        "/api/v1/access-data/",
        f"/api/v1/access-data/{secret.pk}/",
        "/api/v1/assets/",
        "/api/v1/customers/",
        "/portal/",
    ]
    for user in (world.manager, world.engineer, world.agent, world.a.user):
        client = logged_in(user, raise_request_exception=False)
        assert [path for path in paths if CANARY in body_of(client, path)] == []
    assert CANARY not in caplog.text


def body_of(client: Client, path: str) -> str:
    response = client.get(path)
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode()
    return response.content.decode()


def test_the_api_says_what_there_is_and_never_what_it_says(world: World) -> None:
    secret = make_secret(world)
    make_secret(world, customer=world.b.customer, asset=None)
    client = logged_in(world.manager)
    found = json.loads(client.get(f"/api/v1/access-data/?customer={world.a.customer.pk}").content)
    assert found["results"] == [
        {
            "id": secret.pk,
            "customer": world.a.customer.pk,
            "asset": world.a.asset.pk,
            "name": "数据库管理员",
            "sealed_at": found["results"][0]["sealed_at"],
        }
    ]
    assert logged_in(world.agent).get("/api/v1/access-data/").status_code == 403
    assert logged_in(world.engineer).get(f"/api/v1/access-data/{secret.pk}/").status_code == 404
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"/api/v1/access-data/{secret.pk}/").status_code in (403, 405)


@pytest.mark.parametrize("count", [5, 50])
def test_as_many_statements_for_fifty_as_for_five(world: World, count: int) -> None:
    made = [make_secret(world, name=f"口令 {i}") for i in range(count)]
    for _time in range(count):
        secrets.show(secret=made[0], reason="换硬盘", actor=world.manager, now=world.now)
    client = logged_in(world.manager)
    assert statements(client, f"/secrets/{made[0].pk}/")[1] <= 12
    assert statements(client, "/secrets/looks/")[1] <= 10
