"""manage.py user create EMAIL --name … : the first people of an installation."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.user import create_user
from accounts.enums import Role, UserKind
from core import clock
from core.errors import RuleError


class Command(BaseCommand):
    help = "Create a user. The password is read from standard input with --password-stdin; without it there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        create = parser.add_subparsers(dest="act", required=True).add_parser("create")
        create.add_argument("email")
        create.add_argument("--name", required=True)
        create.add_argument("--kind", choices=UserKind.values, default=UserKind.STAFF)
        create.add_argument("--role", choices=Role.values, action="append", default=[])
        create.add_argument("--staff-no", default="")
        create.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        try:
            user = create_user(
                kind=options["kind"],
                email=options["email"],
                name=options["name"],
                roles=options["role"],
                staff_no=options["staff_no"],
                password=password,
                now=clock.now(),
            )
        except RuleError as error:
            raise CommandError(f"{error.field}: {error.message}") from error
        self.stdout.write(f"{user.pk} {user.email}")
