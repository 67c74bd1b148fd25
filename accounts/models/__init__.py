from accounts.models.api_token import ApiToken
from accounts.models.link import OneUseLink
from accounts.models.role import UserRole
from accounts.models.service_center import ServiceCenter
from accounts.models.team import Department, Team
from accounts.models.user import User

__all__ = ["ApiToken", "Department", "OneUseLink", "ServiceCenter", "Team", "User", "UserRole"]
