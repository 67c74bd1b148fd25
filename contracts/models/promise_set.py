from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.enums import SetScope


class PromiseSet(models.Model):
    """A set of service promises, known by its code. Its content is in its versions (decisions 3)."""

    code = models.CharField(max_length=20, unique=True)
    scope = models.CharField(max_length=8, choices=SetScope.choices)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], name="promise_set_default", condition=Q(is_default=True))
        ]

    def __str__(self) -> str:
        return self.code


class PromiseVersion(models.Model):
    """One published wording of a set with the words it uses. Never updated.

    `document` is JSON text, not jsonb: the order of targets and conditions, which jsonb would lose, is part of it.

    `arms_on_breach` says that a missed repair starts further rows, so that a breach must be folded again.
    """

    promise_set = models.ForeignKey(PromiseSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    document = models.TextField()
    digest = models.CharField(max_length=64)
    arms_on_breach = models.BooleanField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise_set", "number"], name="promise_version")]

    def __str__(self) -> str:
        return f"{self.promise_set_id} v{self.number}"


class PromiseDraft(models.Model):
    """The wording of a set that is being edited, one a code; no ticket ever stands under it.

    `document` is JSON text {"set": …, "targets": {own ones}, "events": {own ones}}, `version` counts the savings and
    `base` is the published version that the draft began from.
    """

    code = models.CharField(max_length=20, unique=True)
    document = models.TextField()
    base = models.ForeignKey(PromiseVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} draft {self.version}"
