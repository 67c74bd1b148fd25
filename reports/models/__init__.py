from reports.models.report import ServiceReport
from reports.models.simulation import Simulation, SimulationFinding, SimulationPart
from reports.models.wall_board import WallBoard

__all__ = ["ServiceReport", "Simulation", "SimulationFinding", "SimulationPart", "WallBoard"]
