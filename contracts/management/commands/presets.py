from typing import Any

from django.core.management.base import BaseCommand

from contracts.domain.installation import install_presets
from core import clock


class Command(BaseCommand):
    help = "Load the shipped holidays, calendars and promise sets that are missing; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        new = install_presets(actor=None, now=clock.now())
        self.stdout.write(f"new: {new.special_days} special days, {new.calendars} calendars, {new.sets} promise sets")
