"""Taking in files: the bytes go into a private folder under a random name, the row names what they belong to."""

import re
import unicodedata
from datetime import datetime
from hashlib import sha256
from typing import IO, Any
from uuid import UUID, uuid4
from weakref import finalize

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from core.domain.upload import ACCEPT, judge
from core.models import Attachment
from core.queries.attachment import storage_name

__all__ = ["ACCEPT", "clean_name", "store"]
NAME_MAX, EXTENSION_MAX = 200, 20
_CHUNK = 1024 * 1024


class _Pending:
    """A written file that goes away again unless its transaction commits.

    Django has no hook for a rollback; but what is rolled back loses its commit hooks, one of which holds this object.
    """

    def __init__(self, name: str) -> None:
        self._removal = finalize(self, default_storage.delete, name)

    def keep(self) -> None:
        self._removal.detach()


def store(
    *,
    upload: "File[bytes]",
    customer_id: int,
    parent_kind: str,
    parent_key: str,
    internal: bool,
    actor: Any,
    now: datetime,
) -> Attachment:
    """Judge, write and register a file, in the caller's transaction; if that is rolled back, the file is removed.

    Raises InputError at `file` for what is not accepted (core.domain.upload).
    """
    name = clean_name(upload.name or "")
    judged = judge(upload, name)
    size, digest = _measured(judged.file)
    pk = uuid4()
    with transaction.atomic():
        _write(pk, judged.file)
        return Attachment.objects.create(
            id=pk,
            customer_id=customer_id,
            parent_kind=parent_kind,
            parent_key=parent_key,
            internal=internal,
            name=name,
            content_type=judged.content_type,
            size=size,
            sha256=digest,
            uploaded_by=actor,
            created_at=now,
        )


def clean_name(name: str) -> str:
    """The last part of a path, without control and direction characters, at most 200 long, with its extension."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if not unicodedata.category(char).startswith("C"))
    text = " ".join(shown.split()).strip(" .")
    stem, dot, extension = text.rpartition(".")
    ending = dot + extension if stem and len(extension) <= EXTENSION_MAX else ""
    return (text.removesuffix(ending)[: NAME_MAX - len(ending)] + ending) or "file"


def _write(pk: UUID, file: IO[bytes]) -> None:
    name = storage_name(pk)
    pending = _Pending(name)
    file.seek(0)
    default_storage.save(name, File(file))
    transaction.on_commit(pending.keep)


def _measured(file: IO[bytes]) -> tuple[int, str]:
    digest, size = sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
