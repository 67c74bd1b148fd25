from typing import Any

from django.core.management.base import BaseCommand

from core import hooks


class Command(BaseCommand):
    help = "List every guard and after hook in the order in which they run."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, name, function in hooks.listing():
            self.stdout.write(f"{kind:6} {name:28} {function}")
