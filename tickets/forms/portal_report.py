"""What a customer tells us: which device, what is wrong, how bad it is. Never a level, never a kind."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import formats
from core.domain.attachment import ACCEPT
from core.errors import InputError
from customers.domain.phone import stored
from customers.models import Asset, Contact, Site
from customers.queries.customer import sites_for
from tickets.domain.impact import Impact, kind_of, severity_of
from tickets.domain.portal_report import split_words
from tickets.domain.text import BODY_MAX
from tickets.domain.ticket import OFFICE, Report
from tickets.enums import Channel
from tickets.forms.base import FilesField, FilesInput, LocalTimeField
from tickets.models import Ticket
from tickets.queries.portal_asset import Device, devices_for
from tickets.queries.portal_case import case_for

BY_SERIAL, NOT_SURE = "serial", "none"
# Pictures and films first, so that a phone offers its camera; then everything else that is taken.
CAMERA = "image/*,video/mp4"
AT_A_GLANCE = 5
LONGEST_WORDS = BODY_MAX - 200


class PhoneField(forms.CharField):
    """A complete telephone number, as it is typed; "" where it may be left out."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            stored(typed)
        except InputError as error:
            raise ValidationError(error.message, code=error.code) from error
        return typed


def words_field() -> forms.CharField:
    attrs = {"rows": 4, "placeholder": _("For example: the third window prints nothing, the paper is in")}
    return forms.CharField(
        label=_("What is wrong?"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs=attrs),
        error_messages={"required": _("Please tell us what is wrong.")},
    )


def impact_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How does it affect you?"),
        choices=Impact.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how it affects you.")},
    )


def files_field(label: Any) -> FilesField:
    return FilesField(label=label, required=False, widget=FilesInput(attrs={"accept": f"{CAMERA},{ACCEPT}"}))


class CaseForm(forms.Form):
    """A report from the portal. Devices and sites are those that the contact sees; others do not exist here."""

    device = forms.CharField(
        label=_("Which device is it?"), max_length=20, error_messages={"required": _("Please choose the device.")}
    )
    serial = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    site = forms.CharField(label=_("Where does it stand?"), max_length=20, required=False)
    words = words_field()
    impact = impact_field()
    others_take_over = forms.BooleanField(label=_("Other devices take over, we can go on working"), required=False)
    attachments = files_field(_("Photos, videos or files"))
    wanted_at = LocalTimeField(label=_("When would it suit you?"), required=False)
    caller_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    caller_phone = PhoneField(label=_("Phone"), required=False)
    follows = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, contact: Contact, now: datetime, initial: Any) -> None:
        self.contact, self.now = contact, now
        self.devices: list[Device] = devices_for(contact.user, contact.customer_id, now.astimezone(OFFICE).date())
        self.sites = list(self._sites())
        super().__init__(data, files, initial=self._known() | initial)
        self.asset: Asset | None = None
        self.place: Site | None = None
        self.before: Ticket | None = None

    # --- What is drawn -----------------------------------------------------------------------------------------------

    @property
    def first_devices(self) -> list[Device]:
        """Those that are seen at once: the chosen one is always among them."""
        chosen = str(self["device"].value() or "")
        order = sorted(self.devices, key=lambda device: str(device.asset.pk) != chosen)
        return order[:AT_A_GLANCE]

    @property
    def more_devices(self) -> list[Device]:
        first = {device.asset.pk for device in self.first_devices}
        return [device for device in self.devices if device.asset.pk not in first]

    def _sites(self) -> QuerySet[Site]:
        return sites_for(self.contact.user).filter(customer=self.contact.customer_id).order_by("name").distinct()

    def _known(self) -> dict[str, Any]:
        phone = self.contact.phone
        return {
            "device": str(self.devices[0].asset.pk) if len(self.devices) == 1 else "",
            "site": str(self.sites[0].pk) if len(self.sites) == 1 else "",
            "caller_name": self.contact.name,
            "caller_phone": formats.phone(phone) if phone else "",
        }

    # --- What is read ------------------------------------------------------------------------------------------------

    def value_of(self, name: str) -> str:
        """What is chosen so far, sent or known; for the promise that is shown before sending."""
        value = self[name].value()
        return str(value) if value not in (None, False) else ""

    def device_of(self, value: str) -> Asset | None:
        return next((one.asset for one in self.devices if str(one.asset.pk) == value), None)

    def by_serial(self, serial: str) -> Asset | None:
        """The device with this number; two of the same number are not told apart."""
        typed = serial.strip().upper()
        found = [one.asset for one in self.devices if typed and one.asset.serial == typed]
        return found[0] if len(found) == 1 else None

    def site_of(self, value: str) -> Site | None:
        return next((site for site in self.sites if str(site.pk) == value), None)

    def chosen(self) -> tuple[Asset | None, Site | None]:
        """Device and place as far as they are chosen; what makes no sense counts as not chosen."""
        device = self.value_of("device")
        asset = self.by_serial(self.value_of("serial")) if device == BY_SERIAL else self.device_of(device)
        if asset:
            return asset, asset.site
        if device not in (BY_SERIAL, NOT_SURE):
            return None, None
        return None, self.sites[0] if len(self.sites) == 1 else self.site_of(self.value_of("site"))

    def clean_device(self) -> str:
        value: str = self.cleaned_data["device"]
        if value not in (BY_SERIAL, NOT_SURE) and self.device_of(value) is None:
            raise ValidationError(gettext("This device does not exist. Please choose one from the list."))
        return value

    def clean_site(self) -> str:
        value: str = self.cleaned_data["site"]
        if value and self.site_of(value) is None:
            raise ValidationError(gettext("This site does not exist. Please choose one from the list."))
        return value

    def clean_wanted_at(self) -> datetime | None:
        wanted: datetime | None = self.cleaned_data["wanted_at"]
        if wanted and wanted < self.now:
            raise ValidationError(gettext("This time is already over. Please choose a later one."))
        return wanted

    def clean_follows(self) -> str:
        number: str = self.cleaned_data["follows"]
        self.before = case_for(self.contact.user, number) if number else None
        if number and self.before is None:
            raise ValidationError(gettext("This case does not exist."))
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        device = data.get("device")
        if device == BY_SERIAL and not data.get("serial", "").strip() and "serial" not in self.errors:
            self.add_error("serial", gettext("Please enter the serial number, or choose “I am not sure”."))
        self.asset, self.place = self.chosen()
        many = len(self.sites) > 1 and self.asset is None and device in (BY_SERIAL, NOT_SURE)
        if many and self.place is None and "site" not in self.errors:
            self.add_error("site", gettext("Please say where the device stands."))
        return data

    def report(self) -> Report:
        """The checked form as a report; name and phone are kept where they are not the contact's own."""
        data = self.cleaned_data
        subject, description = split_words(data["words"])
        kind = self.asset.product.kind if self.asset else ""
        return Report(
            customer=self.contact.customer,
            contact=self.contact,
            subject=subject,
            description="\n".join(filter(None, (description, *self._notes()))),
            kind=kind_of(data["impact"]),
            channel=str(Channel.PORTAL),
            severity=severity_of(data["impact"], kind, others_take_over=data["others_take_over"]),
            site=None if self.asset else self.place,
            asset=self.asset,
            caller_name=self._other("caller_name"),
            caller_phone=self._other("caller_phone"),
        )

    def _other(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        return "" if typed == self._known()[name] else typed

    def _notes(self) -> list[str]:
        """What has no field of its own on a ticket."""
        data, notes = self.cleaned_data, []
        if data["device"] == BY_SERIAL and self.asset is None:
            notes.append(gettext("Serial number given: %(serial)s") % {"serial": data["serial"].strip()})
        if data["wanted_at"]:
            notes.append(gettext("Wished time: %(time)s") % {"time": f"{data['wanted_at']:%Y-%m-%d %H:%M}"})
        if data["others_take_over"]:
            notes.append(gettext("Other devices take over."))
        return notes
