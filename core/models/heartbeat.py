from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a part of the installation (beat, worker, clock, outbox)."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
