"""The message catalogues without the gettext programs: Babel reads, writes, compiles and checks them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
SKIPPED = frozenset({".venv", "var", "static", "tests", "node_modules", "build", "migrations"})
LOCALE = "zh_Hans"


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "extract: bring the catalogue up to the sources. compile: write what Django reads. check: fail on gaps."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['act']}")()

    def do_extract(self) -> None:
        catalogue = read_catalogue()
        catalogue.update(template(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with po_path().open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=True)
        self.stdout.write(f"{len(catalogue)} messages, {len(gaps(catalogue))} without translation")

    def do_compile(self) -> None:
        with po_path().with_suffix(".mo").open("wb") as file:
            write_mo(file, read_catalogue())

    def do_check(self) -> None:
        catalogue = read_catalogue()
        wanted = {message.id for message in template() if message.id}
        missing = gaps(catalogue) + sorted(str(one) for one in wanted - {message.id for message in catalogue})
        unused = sorted(str(message.id) for message in catalogue if message.id and message.id not in wanted)
        wrong = [f"{message.id}: {error}" for message, errors in catalogue.check() for error in errors]
        for line in [f"missing: {one}" for one in missing] + [f"unused: {one}" for one in unused] + wrong:
            self.stderr.write(line)
        if missing or unused or wrong:
            raise CommandError("the catalogue does not fit the sources: make messages")


def po_path() -> Path:
    return Path(settings.LOCALE_PATHS[0]) / LOCALE / "LC_MESSAGES" / "django.po"


def read_catalogue() -> Catalog:
    with po_path().open("rb") as file:
        return read_po(file, locale=LOCALE)


def gaps(catalogue: Catalog) -> list[str]:
    """Messages without a complete translation."""
    return [str(message.id) for message in catalogue if message.id and not _complete(message.string)]


def _complete(string: Any) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def template() -> Catalog:
    """All messages of the sources."""
    catalogue = Catalog(locale=LOCALE)
    for text, context in _sources():
        catalogue.add(text, None, context=context)
    return catalogue


def _sources() -> Iterator[tuple[Any, str | None]]:
    for path in sorted(Path(settings.BASE_DIR).rglob("*")):
        parts = path.relative_to(settings.BASE_DIR).parts
        if SKIPPED & set(parts):
            continue
        if path.suffix == ".py":
            yield from _messages(path.read_bytes(), path)
        elif path.suffix in (".html", ".txt") and parts[0] == "templates":
            source = templatize(path.read_text("utf-8"), origin=str(path))
            yield from _messages("\n".join(map(str.strip, source.splitlines())).encode(), path)


def _messages(source: bytes, path: Path) -> Iterator[tuple[Any, str | None]]:
    options = {"encoding": "utf-8"}
    try:
        for _, text, _, context in extract("python", BytesIO(source), keywords=KEYWORDS, options=options):
            yield text, context
    except SyntaxError as error:
        raise CommandError(f"{path}: {error}") from error
