"""Which customers have a right to a new software version [001][003]."""

from contracts.domain.coverage import findings
from contracts.domain.coverage_rules import Situation
from contracts.enums import ServiceKind
from contracts.queries.entitlement import terms_of_assets
from core import clock
from core.clock import office_day
from customers.models import Release
from customers.queries.release import served


def entitled_customers(release: Release) -> set[int]:
    """Those with a device of the product for which a new version is free today: in warranty or contract, or free after
    its expiry. Three statements.
    """
    situation = Situation(office_day(clock.now()))
    assets = list(served(release.product))
    terms = terms_of_assets(assets)
    return {
        asset.customer_id
        for asset in assets
        if any(
            one.service == ServiceKind.SOFTWARE_VERSION and one.is_included
            for one in findings(terms[asset.pk], release.product, situation)
        )
    }
