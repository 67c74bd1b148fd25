"""Wallboards: made with an address that is shown once, and revoked."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.db import transaction

from core.domain import audit
from reports.models import WallBoard

LIFE = timedelta(days=365)


@transaction.atomic
def create(*, name: str, filters: dict[str, Any], actor: Any, now: datetime) -> tuple[WallBoard, str]:
    """The board and its token of 256 bits, which no table holds; it ends LIFE after `now`. One transaction."""
    token = token_urlsafe(32)
    board = WallBoard.objects.create(
        name=name,
        filters=filters,
        token_hash=digest(token),
        created_by=actor,
        created_at=now,
        expires_at=now + LIFE,
    )
    changes = {"name": name, "filters": filters}
    audit.record(actor=actor, action="reports.create_wall", subject=_subject(board), changes=changes, now=now)
    return board, token


@transaction.atomic
def revoke(*, board: WallBoard, actor: Any, now: datetime) -> None:
    """From now on the address opens nothing; again changes nothing. One transaction."""
    if WallBoard.objects.filter(pk=board.pk, revoked_at=None).update(revoked_at=now):
        audit.record(actor=actor, action="reports.revoke_wall", subject=_subject(board), changes={}, now=now)


def digest(token: str) -> str:
    """What is kept of a token (C1). Tokens have full entropy, so that a plain hash cannot be tried backwards."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _subject(board: WallBoard) -> str:
    return f"reports.wall_board:{board.pk}"
