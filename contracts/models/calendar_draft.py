from django.conf import settings
from django.db import models


class CalendarDraft(models.Model):
    """A calendar that is being edited, one a code; no clock counts by it before it is published.

    `document` is JSON text in the shape of the presets, `version` counts the savings, `base` is the published version
    that the draft began from.
    """

    code = models.SlugField(max_length=32, unique=True)
    document = models.TextField()
    base = models.ForeignKey("contracts.CalendarVersion", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} draft {self.version}"
