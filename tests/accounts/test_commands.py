"""manage.py user create, manage.py token issue."""

from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from accounts.domain.api_token import authenticate
from accounts.models import ApiToken, User
from core import clock
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def run(*words: str, typed: str = "") -> str:
    out = StringIO()
    with patch("sys.stdin", StringIO(typed)):
        call_command(*words, stdout=out)
    return out.getvalue().strip()


def test_a_user_is_made_with_roles_and_password() -> None:
    roles = ("--role", "admin", "--role", "agent", "--staff-no", "A1", "--password-stdin")
    answer = run("user", "create", "li@example.com", "--name", "李敏", *roles, typed=f"{PASSWORD}\n")
    user = User.objects.get()
    assert answer == f"{user.pk} li@example.com"
    assert (user.role_codes, user.staff_no, user.check_password(PASSWORD)) == ({"admin", "agent"}, "A1", True)


def test_a_bad_user_is_said_in_one_line() -> None:
    with pytest.raises(CommandError, match=r"^email: "):
        run("user", "create", "nonsense", "--name", "x")


def test_a_token_is_printed_once_and_works() -> None:
    make_user(email="li@example.com")
    text = run("token", "issue", "LI@example.com", "--name", "till", "--scope", "write", "--days", "30")
    token = authenticate(text, clock.now())
    assert token is not None
    assert (token.name, token.scope) == ("till", "write")
    assert timedelta(days=29) < token.expires_at - clock.now() <= timedelta(days=30)


@pytest.mark.parametrize(
    "words", [("nobody@example.com", "--name", "x"), ("li@example.com", "--name", "x", "--days", "0")]
)
def test_no_token_for_nobody_or_no_time(words: tuple[str, ...]) -> None:
    make_user(email="li@example.com")
    with pytest.raises(CommandError):
        run("token", "issue", *words)
    assert not ApiToken.objects.exists()
