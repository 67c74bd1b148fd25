"""The header `Idempotency-Key`: a repeated request has no second effect and gets the first one's answer."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.domain.idempotency import Answer, once

HEADER = "Idempotency-Key"


def answered(request: Request, now: datetime, act: Callable[[], Answer]) -> Response:
    """Run an act and answer it, once a key where the client sent one."""
    key = request.headers.get(HEADER)
    if key is None:
        answer = act()
    else:
        answer = once(actor=request.user, key=key, request=fingerprint(request), now=now, act=lambda: _plain(act()))
    headers = {"Idempotent-Replayed": "true"} if answer.repeated else {}
    return Response(answer.body, status=answer.status, headers=headers)


def fingerprint(request: Request) -> bytes:
    """What makes a request the same: method, address and body, files by their content."""
    data = request.data
    body: Any = {name: _seen(data[name]) for name in data} if isinstance(data, dict) else data
    return json.dumps([request.method, request.get_full_path(), body], sort_keys=True).encode()


def _seen(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    return [value.name, digest.hexdigest()]


def _plain(answer: Answer) -> Answer:
    """The answer as it will be stored: what JSON makes of it."""
    return Answer(answer.status, json.loads(JSONRenderer().render(answer.body)))
