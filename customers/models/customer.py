from django.db import models


class Customer(models.Model):
    """An organisation we serve: the tenant of everything its contacts may see (decisions 19).

    `partner` is the office or company through which we serve it, if not directly. Without `is_active` its contacts have
    no access to the portal. One that turned out to be a double is `merged_into` the one that stays, and shown no more.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    industry = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_key = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    partner = models.ForeignKey(
        "customers.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="customers"
    )
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def customer_id(self) -> int | None:
        """The tenant of this row is itself."""
        return self.pk


class NotDouble(models.Model):
    """Two customers that look alike and are not the same: `first` has the smaller key. Not proposed again."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_double_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="not_double_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"
