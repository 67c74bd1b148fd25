from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from tickets.domain.verify import differences


class Command(BaseCommand):
    help = "Prove for every ticket that the stored clocks and columns are what its events say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for line in differences(clock.now()):
            self.stderr.write(line)
            found += 1
        if found:
            raise CommandError(f"{found} differences", returncode=1)
        self.stdout.write("stored = folded for every ticket")
