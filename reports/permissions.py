"""Who may see the figures, and who may write and publish customers' reports."""

from typing import Any

from accounts.enums import Role
from accounts.permissions import has_role, is_staff
from contracts.permissions import reads_money
from core.permissions import permission

REPORT_WRITERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR})
REPORT_READERS = REPORT_WRITERS | {Role.QUALITY, Role.ADMIN}


@permission("reports.list_report")
def list_report(user: Any, obj: Any) -> bool:
    return is_staff(user) and has_role(user, *REPORT_READERS)


@permission("reports.draft_report")
@permission("reports.write_report")
@permission("reports.publish_report")
def writes_report(user: Any, obj: Any) -> bool:
    return is_staff(user) and has_role(user, *REPORT_WRITERS)


FIGURE_READERS = REPORT_READERS | {Role.DUTY_MANAGER}


@permission("reports.see_figures")
def see_figures(user: Any, obj: Any) -> bool:
    """How promises are kept, over all customers."""
    return is_staff(user) and has_role(user, *FIGURE_READERS)


@permission("reports.manage_wall")
def manage_wall(user: Any, obj: Any) -> bool:
    """Make boards that anybody with their address may look at."""
    return is_staff(user) and has_role(user, Role.MANAGER, Role.ADMIN)


@permission("reports.see_penalty")
def see_penalty(user: Any, obj: Any) -> bool:
    """What missed promises would cost us under a contract: whoever reads its money."""
    return reads_money(user, obj)


SIMULATORS = REPORT_WRITERS | {Role.ADMIN}


@permission("reports.list_simulations")
@permission("reports.start_simulation")
@permission("reports.cancel_simulation")
@permission("reports.export_simulation")
def simulates(user: Any, obj: Any) -> bool:
    """Hold a wording against past tickets: who reads every set and draft, and sees every customer's tickets."""
    return is_staff(user) and has_role(user, *SIMULATORS)
