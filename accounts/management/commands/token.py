"""manage.py token issue EMAIL --name N --scope read|write --days D : print a REST client's token, once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.api_token import issue
from accounts.enums import Scope
from accounts.models import User
from core import clock
from core.errors import RuleError


class Command(BaseCommand):
    help = "Make an API token for a user and print it. It is not kept and cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        make = parser.add_subparsers(dest="act", required=True).add_parser("issue")
        make.add_argument("email")
        make.add_argument("--name", required=True)
        make.add_argument("--scope", choices=Scope.values, default=Scope.READ)
        make.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            user = User.objects.get_by_natural_key(options["email"])
            end = now + timedelta(days=min(max(options["days"], 0), 1000))
            _token, text = issue(user=user, name=options["name"], scope=options["scope"], expires_at=end, now=now)
        except User.DoesNotExist as error:
            raise CommandError("There is no such user.") from error
        except RuleError as error:
            raise CommandError(f"{error.field}: {error.message}") from error
        self.stdout.write(text)
