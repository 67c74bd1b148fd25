from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Purpose


class OneUseLink(models.Model):
    """A link that was mailed to one person and works once. Only the hash of its token is kept.

    `user` is whose link it is, if they have a login; `subject` is the key text of what it is about (of an upper app),
    `facts` what else was settled when it was made. `browser` is the hash of the browser that asked, where only that
    one may use it.
    """

    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="links")
    subject = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)
    browser = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="link_digest"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(subject=""), name="link_of_somebody"),
        ]
        indexes = [models.Index(fields=["subject"], name="link_subject", condition=~Q(subject=""))]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
