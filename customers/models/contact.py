from django.conf import settings
from django.db import models

from customers.enums import ContactRole


class Contact(models.Model):
    """A person at a customer. `user` is the portal login, `may_report` marks an authorised caller [004],
    `role` is what the person decides or does there.

    `sites` are those that the contact answers for: all that the login sees, unless it is the customer's administrator.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="contacts")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="contact"
    )
    sites = models.ManyToManyField("customers.Site", through="customers.ContactSite", related_name="contacts")
    name = models.CharField(max_length=60)
    position = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=16, choices=ContactRole.choices, default=ContactRole.OTHER)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    may_report = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "customer"], name="contact_tenant")]

    def __str__(self) -> str:
        return self.name


class ContactSite(models.Model):
    """A contact answers for a site of the same customer."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("customers.Site", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "site"], name="contact_site")]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.site_id}"
