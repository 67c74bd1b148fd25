"""The one door to uploaded files. They are only ever handed over to be saved, never shown in our own pages' name."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from core.domain.upload import SERVED_TYPES
from core.models import Attachment
from core.queries.attachment import attachment_for, open_file

SANDBOX = "default-src 'none'; sandbox"


@require_safe
def attachment_download(request: HttpRequest, pk: UUID) -> FileResponse:
    attachment = attachment_for(request.user, pk)
    if attachment is None:
        raise Http404
    return file_response(attachment)


def file_response(attachment: Attachment) -> FileResponse:
    """The file as a download. Raises Http404 if it is not there any more."""
    file = open_file(attachment)
    if file is None:
        raise Http404
    known = attachment.content_type in SERVED_TYPES
    kind = attachment.content_type if known else "application/octet-stream"
    response = FileResponse(file, as_attachment=True, filename=attachment.name, content_type=kind)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
