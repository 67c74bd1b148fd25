from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A person's look at the queue under a name: filters and order as a query string of known parameters, columns,
    density.

    The one without a name holds the columns of its owner's standard views. `columns` and `density` empty: as the person
    has set them.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=40, blank=True)
    query = models.TextField(max_length=2000, blank=True)
    columns = models.CharField(max_length=160, blank=True)
    density = models.CharField(max_length=8, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once", condition=Q(deleted_at=None)),
        ]
        indexes = [
            models.Index(fields=["name"], name="saved_view_shared", condition=Q(is_shared=True, deleted_at=None)),
        ]

    def __str__(self) -> str:
        return self.name


class ViewPin(models.Model):
    """A saved view that a person keeps among the tabs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="pins")
    pinned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="view_pin_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.view_id}"
