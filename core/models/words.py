from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Words(models.Model):
    """The searchable text of one row of another table, beside it so that lists do not carry it along.

    `text` is normalised; `grams` are the pairs of its characters, and may hold keys of what the row belongs to.
    """

    text = models.TextField()
    grams = ArrayField(models.TextField())

    class Meta:
        abstract = True
        # Without the list of pending entries, which every search would read through.
        indexes = [GinIndex(fields=["grams"], name="%(class)s_grams", fastupdate=False)]

    def __str__(self) -> str:
        return self.text
