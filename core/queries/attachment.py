"""Which files a person may fetch: a file is visible where its parent is; upper apps say so for their parents."""

import logging
from collections.abc import Callable
from typing import IO, Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from core.models import Attachment

Resolver = Callable[[Any, Attachment], bool]
logger = logging.getLogger(__name__)
_parents: dict[str, Resolver] = {}


def register_parent(kind: str, sees: Resolver) -> None:
    """Declare a kind of parent, such as "tickets.ticket", in `AppConfig.ready`.

    `sees(user, attachment)` answers whether the person sees the parent and, if the file is internal, such files.
    """
    _parents[kind] = sees


def attachment_for(user: Any, pk: UUID) -> Attachment | None:
    """The file if the person may fetch it, else None. Fails closed: unknown kinds of parent and errors deny."""
    attachment = Attachment.objects.filter(pk=pk).first()
    if attachment is None or attachment.parent_kind not in _parents or not getattr(user, "is_active", False):
        return None
    try:
        return attachment if _parents[attachment.parent_kind](user, attachment) is True else None
    except Exception:
        logger.exception("attachment %s: the question who may see it failed, denied", pk)
        return None


def attachments_of(parent_kind: str, parent_key: str, *, internal: bool = True) -> QuerySet[Attachment]:
    """The files of a parent that the caller has found to be visible, oldest first; internal ones only if asked for."""
    files = Attachment.objects.filter(parent_kind=parent_kind, parent_key=parent_key)
    return (files if internal else files.filter(internal=False)).order_by("created_at", "pk")


def open_file(attachment: Attachment) -> IO[bytes] | None:
    """The stored bytes; None if the file is missing, which is an error of the installation and logged."""
    try:
        return default_storage.open(storage_name(attachment.pk))
    except FileNotFoundError:
        logger.exception("attachment %s has no file", attachment.pk)
        return None


def storage_name(pk: UUID) -> str:
    return f"attachments/{pk.hex[:2]}/{pk.hex}"
