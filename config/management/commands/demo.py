"""manage.py demo: load the demonstration, or say that it is there, and print its logins."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.domain.api_token import authenticate
from accounts.models import User
from config.management.demo.load import load
from config.management.demo.people import CLIENT, HOST, PASSWORD, SHOWN, write_token
from core import clock
from core.clock import office_day


class Command(BaseCommand):
    help = "Load people, customers and tickets of the demonstration. Running it again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first", type=int, metavar="N", help="load the first N tickets (default: all 400)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day in Asia/Shanghai")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Demonstration data is loaded only where DEMO=1 is set."))
        now = moment(options["day"])
        loaded = load(seed=options["seed"], now=now, first=options["first"], tick=self.tick)
        token = self.token()
        if loaded:
            self.stdout.write(_("%(count)s demonstration tickets loaded.") % {"count": loaded})
        else:
            self.stdout.write(_("The demonstration is there already, nothing was added."))
        logins = ", ".join(f"{login}@{HOST}" for login in SHOWN)
        self.stdout.write(
            _("Log in as %(logins)s with password %(password)s") % {"logins": logins, "password": PASSWORD}
        )
        self.stdout.write(_("REST token: %(path)s") % {"path": token})

    def tick(self, count: int) -> None:
        """A line that counts, for people only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{count}", ending="")

    def token(self) -> Path:
        """The file with the REST client's token; one is issued if there is none that works."""
        path, now = Path(settings.VAR_DIR) / "demo-token.txt", clock.now()
        if not path.exists() or authenticate(path.read_text().strip(), now) is None:
            write_token(User.objects.get(email=f"{CLIENT}@{HOST}"), path, now)
        return path


def moment(day: date | None) -> datetime:
    """The present time of day on `day`; today if none is given. A day to come is refused."""
    now = clock.now()
    if day is None:
        return now
    back = office_day(now) - day
    if back < timedelta():
        raise CommandError(_("This day lies in the future."))
    return now - back
