from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.enums import ReportKind, ReportState


class ServiceReport(models.Model):
    """What we tell a customer about one month: figures frozen as JSON, texts by section, once published a PDF file.

    `period_start` is the first day of the period (Asia/Shanghai). `frozen_at` says of when the figures are. `pdf` is
    the id of the stored file, `pdf_sha256` its digest.
    """

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    period_start = models.DateField()
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    figures = models.JSONField()
    texts = models.JSONField(default=dict)
    frozen_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pdf = models.UUIDField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "period_start"], name="report_once"),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT) | Q(published_at__isnull=False, pdf__isnull=False),
                name="report_published_whole",
            ),
        ]
        indexes = [models.Index(fields=["-period_start", "-id"], name="report_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_draft(self) -> bool:
        return self.state == ReportState.DRAFT
