from django.conf import settings
from django.db import models


class Department(models.Model):
    name = models.CharField(max_length=60, unique=True)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A group of staff with one lead. `on_duty` teams are told where a ticket has nobody yet."""

    name = models.CharField(max_length=60, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="teams")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    on_duty = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
