"""C1 tokens at rest, C3 malformed tokens, A15 tokens that have ended, A9 tokens for others."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.api_token import authenticate, issue, revoke
from accounts.domain.user import disable_user, enable_user
from accounts.enums import Role, Scope
from accounts.models import ApiToken, User
from core import clock
from core.errors import InputError, RuleError
from core.models import Audit
from core.permissions import can
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_token(user: User, scope: str = Scope.READ) -> tuple[ApiToken, str]:
    now = clock.now()
    return issue(user=user, name="till", scope=scope, expires_at=now + DAY, now=now)


def test_c1_only_the_hash_is_kept_and_two_tokens_differ() -> None:
    user = make_user()
    (first, text), (_second, other) = make_token(user), make_token(user)
    assert text != other
    assert len(text) == 43  # 256 bits
    dump = ""
    with connection.cursor() as cursor:
        for table in ("accounts_apitoken", "core_audit"):
            cursor.execute(f"select string_agg(t::text, ' ') from {table} t")
            dump += cursor.fetchone()[0]
    assert text not in dump
    assert first.digest == sha256(text.encode()).hexdigest()
    assert first.digest in dump


def test_a_living_token_names_its_user_in_one_query_and_notes_its_use_once_a_minute() -> None:
    user = make_user()
    token, text = make_token(user)
    now = clock.now()
    found = authenticate(text, now)
    assert found is not None
    assert (found.pk, found.user) == (token.pk, user)
    with CaptureQueriesContext(connection) as queries:
        authenticate(text, now + timedelta(seconds=59))
    assert len(queries) == 1
    assert ApiToken.objects.get().last_used_at == now
    authenticate(text, now + timedelta(seconds=61))
    assert ApiToken.objects.get().last_used_at == now + timedelta(seconds=61)


def test_a15_a_token_ends_on_the_instant() -> None:
    token, text = make_token(make_user())
    assert authenticate(text, token.expires_at - timedelta(microseconds=1)) is not None
    assert authenticate(text, token.expires_at) is None


def test_a15_a_revoked_token_is_none_and_revoking_twice_is_once() -> None:
    token, text = make_token(make_user())
    for _ in range(2):
        revoke(token=ApiToken.objects.get(pk=token.pk), now=clock.now())
    assert authenticate(text, clock.now()) is None
    assert Audit.objects.filter(action="api_token.revoke").count() == 1


def test_a15_disabling_the_user_ends_their_tokens_for_good() -> None:
    user = make_user()
    _token, text = make_token(user)
    disable_user(user=user, now=clock.now())
    assert authenticate(text, clock.now()) is None
    enable_user(user=user, now=clock.now())
    assert authenticate(text, clock.now()) is None


def test_a15_a_user_disabled_by_hand_has_no_token() -> None:
    user = make_user()
    _token, text = make_token(user)
    User.objects.update(is_active=False)
    assert authenticate(text, clock.now()) is None


@pytest.mark.parametrize(
    "text", ["", " ", "null", "0", None, [], True, 0, b"x", "x" * 10_240, "令牌", "a\x00b", "\ud800", "ＡＢＣ"]
)
def test_c3_a_malformed_token_is_none(text: object) -> None:
    make_token(make_user())
    assert authenticate(text, clock.now()) is None


def test_c3_a_flipped_letter_or_the_hash_itself_is_none() -> None:
    token, text = make_token(make_user())
    flipped = ("b" if text[0] == "a" else "a") + text[1:]
    for near in (flipped, text + " ", text.swapcase(), token.digest):
        assert authenticate(near, clock.now()) is None


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_token_ends_within_a_year(days: int) -> None:
    now = clock.now()
    with pytest.raises(InputError) as refusal:
        issue(user=make_user(), name="till", scope=Scope.READ, expires_at=now + timedelta(days=days), now=now)
    assert refusal.value.field == "expires_at"


@pytest.mark.parametrize(
    ("name", "scope", "field"), [("", "read", "name"), ("a\x00", "read", "name"), ("x", "admin", "scope")]
)
def test_bad_names_and_scopes_are_refused(name: str, scope: str, field: str) -> None:
    now = clock.now()
    with pytest.raises(InputError) as refusal:
        issue(user=make_user(), name=name, scope=scope, expires_at=now + DAY, now=now)
    assert refusal.value.field == field
    assert not ApiToken.objects.exists()


def test_a9_a_token_has_no_more_scope_than_its_user() -> None:
    contact, nobody = make_user(Role.CONTACT), make_user(None)
    for user in (contact, nobody):
        with pytest.raises(RuleError, match="scope"):
            make_token(user, Scope.WRITE)
    assert make_token(make_user(Role.CLIENT), Scope.WRITE)[0].scope == "write"


def test_a9_only_an_administrator_makes_tokens_for_others() -> None:
    agent, admin, client, contact = (make_user(role) for role in (Role.AGENT, Role.ADMIN, Role.CLIENT, Role.CONTACT))
    asked = [(user, owner) for user in (agent, admin, contact) for owner in (agent, admin, client, contact)]
    allowed = {(user, owner) for user, owner in asked if can(user, "accounts.issue_token", owner)}
    assert allowed == {(agent, agent), (admin, agent), (admin, admin), (admin, client), (admin, contact)}


def test_a_disabled_user_gets_no_token() -> None:
    user = make_user()
    disable_user(user=user, now=clock.now())
    with pytest.raises(RuleError, match="user_disabled"):
        make_token(user)
