from django.db import models

from accounts.enums import Role


class UserRole(models.Model):
    """One role granted to one user."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="user_role")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
