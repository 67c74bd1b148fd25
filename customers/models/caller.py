from django.conf import settings
from django.db import models


class CallerCheck(models.Model):
    """An authorised contact confirmed a request of somebody who is not one [004]. `subject` is its key text."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("customers.Contact", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.subject}: {self.contact_id}"
