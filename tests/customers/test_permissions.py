"""Who may keep customers, contracts and promises."""

import pytest

from accounts.enums import Role
from core.permissions import can
from tests.factories import make_user

pytestmark = pytest.mark.django_db

MAY = {
    "customers.list_customers": set(Role),
    "customers.create_customer": {"agent", "duty_manager", "service_manager", "manager", "admin", "client"},
    "customers.change_contact": {"agent", "duty_manager", "service_manager", "manager", "admin", "client"},
    "customers.appoint_contact": {"agent", "duty_manager", "service_manager", "manager", "admin"},
    "customers.create_partner": {"service_manager", "manager", "admin"},
    "customers.list_partners": set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN},
    "customers.list_care_plans": set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN},
    "customers.change_care_plan": {"agent", "duty_manager", "service_manager", "manager", "admin"},
    "accounts.change_service_center": {"manager", "admin"},
    "contracts.create_partner_agreement": {"service_manager", "finance", "manager", "director", "admin"},
    "customers.change_asset": {"agent", "duty_manager", "service_manager", "manager", "admin"},
    "customers.create_product": {"service_manager", "manager", "admin"},
    "contracts.list_contracts": set(Role),
    "contracts.list_promises": set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN},
    "contracts.create_contract": {"service_manager", "finance", "manager", "director", "admin"},
    "contracts.sign_contract": {"service_manager", "manager", "director"},
    "contracts.approve_contract": {"manager", "director"},
    "contracts.terminate_contract": {"manager", "director"},
    "contracts.publish_promise_version": {"admin"},
    "contracts.set_holiday": {"admin"},
}


@pytest.mark.parametrize("role", list(Role))
def test_role_may_do_what_the_table_says(role: Role) -> None:
    user = make_user(role)
    allowed = {name for name in MAY if can(user, name)}
    assert allowed == {name for name, roles in MAY.items() if role in roles}
