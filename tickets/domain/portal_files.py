"""Files that customers send: all of them or none, never internal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from core.errors import InputError
from tickets.domain.attachment import attach
from tickets.enums import Source
from tickets.models import Ticket


def attach_all(
    *, ticket: Ticket, uploads: "Iterable[File[bytes]]", actor: Any, now: datetime, field: str = "attachments"
) -> None:
    """Add the files to the ticket in one transaction. Raises InputError at `field` that names the refused file."""
    with transaction.atomic():
        for upload in uploads:
            try:
                attach(ticket=ticket, upload=upload, internal=False, actor=actor, now=now, source=Source.PORTAL)
            except InputError as error:
                raise InputError(error.code, f"{upload.name}: {error.message}", field) from error
