from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.domain.search import rebuild


class Command(BaseCommand):
    help = "Write the searchable texts of all rows anew, after rows were changed past the product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in rebuild().items():
            self.stdout.write(f"{name}: {count}")
