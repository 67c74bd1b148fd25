from django.conf import settings
from django.db import models

from contracts.enums import DayKind


class ServiceCalendar(models.Model):
    """When time counts. What it says is in its versions."""

    code = models.SlugField(max_length=32, unique=True)

    def __str__(self) -> str:
        return self.code


class CalendarVersion(models.Model):
    """A calendar as published, as JSON text: hours and the special days known at that time, frozen. Never updated."""

    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version")]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"


class Holiday(models.Model):
    """A special day of mainland China as announced; editable, and frozen into calendar versions when published."""

    day = models.DateField(unique=True)
    kind = models.CharField(max_length=4, choices=DayKind.choices)
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
