from django.db import models


class Customer(models.Model):
    """An organisation we serve: the tenant of everything its contacts may see (decisions 19)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    industry = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_key = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
