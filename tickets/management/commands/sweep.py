from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from core.domain import outbox
from tickets.domain.sweep import sweep


class Command(BaseCommand):
    help = "Record every escalation step that has come and deliver what waits, once, without broker and beat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass (the only mode; beat makes the others)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        fired = sweep(now)
        self.stdout.write(f"steps recorded: {fired}, messages delivered: {outbox.drain(now)}")
