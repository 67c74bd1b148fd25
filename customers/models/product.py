from django.db import models

from customers.enums import ProductKind


class Product(models.Model):
    """A catalogue entry, hardware or software."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=ProductKind.choices)

    def __str__(self) -> str:
        return self.name
