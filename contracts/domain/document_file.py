"""The documents of a contract: each title has versions, none of which is ever replaced."""

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from contracts.domain.contract_row import locked, note
from contracts.models import Contract, DocumentFile
from contracts.queries.document_file import PARENT
from core.domain import attachment
from core.errors import InputError


def add(
    *,
    contract: Contract,
    kind: str,
    title: str,
    upload: "File[bytes]",
    actor: Any,
    now: datetime,
    internal: bool = True,
    text: str = "",
) -> DocumentFile:
    """Store a file as the next version of the document with this title. `internal` keeps it from the customer.

    InputError at `file` for what is not accepted, at `title` for none.
    """
    if not title.strip():
        raise InputError("required", _("Please say what document this is."), "title")
    with transaction.atomic():
        locked(contract)
        stored = attachment.store(
            upload=upload,
            customer_id=contract.customer_id,
            parent_kind=PARENT,
            parent_key=str(contract.pk),
            internal=internal,
            actor=actor,
            now=now,
        )
        last = DocumentFile.objects.filter(contract=contract, title=title.strip()).aggregate(last=Max("number"))["last"]
        file = DocumentFile(
            contract=contract,
            customer_id=contract.customer_id,
            kind=kind,
            title=title.strip(),
            number=(last or 0) + 1,
            internal=internal,
            attachment=stored.pk,
            name=stored.name,
            size=stored.size,
            note=text.strip(),
            uploaded_by=actor,
            created_at=now,
        )
        file.full_clean()
        file.save()
        changes = {"title": file.title, "version": file.number, "sha256": stored.sha256, "internal": internal}
        note(contract, "contract.add_file", changes, actor, now)
    return file
