from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import crypto
from core.errors import Unavailable
from customers.domain import secret as secrets


class Command(BaseCommand):
    help = (
        "Keys of customers' access data. `key` prints a new key: put it in front of CRYPTO_KEYS and restart. `reseal` "
        "then puts everything stored under it; when it has ended well the old keys can go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["key", "reseal"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "key":
            self.stdout.write(crypto.new_key())
            return
        try:
            done, there = secrets.reseal()
        except Unavailable as error:
            raise CommandError(
                "Something does not open with the keys in CRYPTO_KEYS; put the key it was sealed with back behind the "
                "new one. What was sealed anew until then stays so."
            ) from error
        self.stdout.write(f"{done} of {there} sealed anew; all are under the newest key.")
