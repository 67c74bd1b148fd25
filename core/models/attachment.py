import uuid

from django.conf import settings
from django.db import models


class Attachment(models.Model):
    """A file that belongs to an object of any app, named by `parent_kind` and `parent_key`.

    The stored name is the random id, never the uploaded name; the one guarded view decides who may fetch it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer_id = models.BigIntegerField()
    parent_kind = models.CharField(max_length=48)
    parent_key = models.CharField(max_length=64)
    internal = models.BooleanField(default=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["parent_kind", "parent_key"], name="attachment_parent")]

    def __str__(self) -> str:
        return self.name
