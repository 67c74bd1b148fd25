from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.enums import AcceptanceStage, AcceptanceState


class Acceptance(models.Model):
    """The certificate of one stage of acceptance of equipment under a contract; final once it is signed [001][003].

    `signatories_ours` and `signatories_theirs` name who signs, one a line. `pdf` is the id of the stored file,
    `pdf_sha256` its digest.
    """

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="acceptances")
    stage = models.CharField(max_length=12, choices=AcceptanceStage.choices)
    state = models.CharField(max_length=10, choices=AcceptanceState.choices, default=AcceptanceState.DRAFT)
    accepted_on = models.DateField()
    signatories_theirs = models.TextField(blank=True)
    signatories_ours = models.TextField(blank=True)
    remaining_points = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pdf = models.UUIDField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="acceptance_tenant"),
            models.CheckConstraint(
                condition=~Q(state=AcceptanceState.SIGNED) | Q(signed_at__isnull=False, pdf__isnull=False),
                name="acceptance_signed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_draft(self) -> bool:
        return self.state == AcceptanceState.DRAFT

    @property
    def is_signed(self) -> bool:
        return self.state == AcceptanceState.SIGNED


class AcceptanceAsset(models.Model):
    """An asset that a certificate names. `contract`, `stage` and `is_signed` repeat the certificate's, so that the
    database itself refuses the same stage twice.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    acceptance = models.ForeignKey(Acceptance, on_delete=models.CASCADE, related_name="assets")
    asset = models.ForeignKey("customers.Asset", on_delete=models.PROTECT, related_name="acceptances")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=AcceptanceStage.choices)
    is_signed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "asset"], name="acceptance_asset"),
            models.UniqueConstraint(
                fields=["contract", "asset", "stage"], name="acceptance_once", condition=Q(is_signed=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acceptance_id}: {self.asset_id}"
