"""Forms for people without a login: a report at a device's label, and following a case."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Asset
from tickets.domain.impact import kind_of, severity_of
from tickets.domain.portal_report import split_words
from tickets.domain.ticket import Report
from tickets.enums import Channel
from tickets.forms.portal_report import PhoneField, files_field, impact_field, words_field

MOST_FILES = 3


class TrapForm(forms.Form):
    """A form with a field that people do not see; whoever fills it is a program."""

    website = forms.CharField(max_length=200, required=False)

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))


class DeviceForm(TrapForm):
    """A fault of the device before which somebody stands."""

    words = words_field()
    impact = impact_field()
    caller_name = forms.CharField(
        label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    caller_phone = PhoneField(label=_("Your phone"))
    attachments = files_field(_("Photos, at most three"))

    def clean_attachments(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["attachments"]
        if len(files) > MOST_FILES:
            raise ValidationError(gettext("Please add at most %(n)s files at a time.") % {"n": MOST_FILES})
        return files

    def report(self, asset: Asset) -> Report:
        data = self.cleaned_data
        subject, description = split_words(data["words"])
        return Report(
            customer=asset.customer,
            asset=asset,
            subject=subject,
            description=description,
            kind=kind_of(data["impact"]),
            channel=str(Channel.PORTAL),
            severity=severity_of(data["impact"], asset.product.kind),
            caller_name=data["caller_name"],
            caller_phone=data["caller_phone"],
        )


class FollowForm(TrapForm):
    number = forms.CharField(
        label=_("Case number"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"placeholder": "WB-2611-00001", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    phone = PhoneField(label=_("Phone that was given with the report"))
