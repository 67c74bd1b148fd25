"""Reads of wallboards. Whoever looks at one is nobody in particular: they see what its maker may see."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.permissions import can
from reports.models import WallBoard


def wall_boards_for(user: Any) -> QuerySet[WallBoard]:
    """The boards that may be managed, the latest first."""
    boards = WallBoard.objects.select_related("created_by")
    return boards if can(user, "reports.manage_wall") else boards.none()


def shown_wall_board(token_hash: str, now: datetime) -> WallBoard | None:
    """The board of a token's hash; None for an unknown, revoked or ended one, or one whose maker may not any more."""
    board = (
        WallBoard.objects.select_related("created_by")
        .filter(token_hash=token_hash, revoked_at=None, expires_at__gt=now)
        .first()
    )
    return board if board and can(board.created_by, "reports.manage_wall", board) else None
