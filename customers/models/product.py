from django.db import models

from customers.enums import ProductKind


class Product(models.Model):
    """A catalogue entry, hardware or software.

    `warranty` are the terms that a new contract line may take over for it, in the shape of `warranty` in promises.yaml;
    empty where the promise set's own terms count.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=ProductKind.choices)
    maker = models.CharField(max_length=80, blank=True)
    warranty = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
