import uuid

from django.conf import settings
from django.db import models

from contracts.enums import DocumentKind


class DocumentFile(models.Model):
    """One version of a document of a contract; `attachment` is the stored file, `internal` keeps it from customers."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="files")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    title = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    internal = models.BooleanField(default=True)
    attachment = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "title", "number"], name="document_file_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"
