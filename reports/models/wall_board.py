from django.conf import settings
from django.db import models


class WallBoard(models.Model):
    """A screen on a wall that anybody with its address may look at. The address is kept as a hash only (C1).

    It shows what its maker may see, and ends with the maker's account, on its day or when it is revoked.
    """

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    filters = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
