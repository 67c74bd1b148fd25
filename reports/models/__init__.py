from reports.models.report import ServiceReport
from reports.models.wall_board import WallBoard

__all__ = ["ServiceReport", "WallBoard"]
