from django.conf import settings
from django.db import models


class Mute(models.Model):
    """A place, by its address, whose notifications a person does not want to hear of; they are stored as read."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "url"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.url}"
