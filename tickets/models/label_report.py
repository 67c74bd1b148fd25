from django.db import models


class LabelReport(models.Model):
    """A report by somebody without a login at a device: what a repeated submit of the same form finds again."""

    asset = models.ForeignKey("customers.Asset", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    ticket = models.OneToOneField("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "key"], name="label_report_once")]

    def __str__(self) -> str:
        return self.key
