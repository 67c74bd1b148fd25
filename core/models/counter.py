from django.db import models


class Counter(models.Model):
    """The last number given out for a prefix in a month; written by `numbering.next_number` only."""

    prefix = models.CharField(max_length=8)
    period = models.CharField(max_length=4)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "period"], name="counter_prefix_period")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.period}: {self.last}"
