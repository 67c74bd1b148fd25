from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.user import assignable_users
from core.filters import LONGEST_SEARCH, WordsFilter
from core.permissions import can
from customers.enums import ProductKind
from customers.models import Asset, Contact, Customer, Site
from customers.queries.customer import assets_for, contacts_for, customers_for, sites_for
from tickets.domain.text import BODY_MAX
from tickets.domain.ticket import Report
from tickets.enums import BACKSTAGE_KINDS, Channel, Kind, Maintenance, Severity
from tickets.forms.base import LocalTimeField
from tickets.forms.parts import AssetField, ContactField

# The ways by which people come to the desk; portal, interface and monitoring record their tickets themselves.
DESK_CHANNELS = [one for one in Channel.choices if one[0] not in (Channel.PORTAL, Channel.API, Channel.ALARM)]
DESK_KINDS = [one for one in Kind.choices if one[0] not in BACKSTAGE_KINDS]
SOFTWARE_KINDS = frozenset({Kind.USABILITY, Kind.PERFORMANCE, Kind.CUSTOMISATION})
QUESTIONS = {
    Severity.ONE: _("The whole system is down"),
    Severity.TWO: _("Work is severely limited"),
    Severity.THREE: _("Part of it fails, the system is usable"),
    Severity.FOUR: _("Help with information or configuration"),
}
ME, NOBODY = "me", ""


class CustomerSearchForm(forms.Form):
    q = forms.CharField(max_length=LONGEST_SEARCH, required=False)

    def found(self, user: Any) -> QuerySet[Customer]:
        """The active customers whose name, code or phone has all the words; none where the words cannot be."""
        if not self.is_valid():
            return Customer.objects.none()
        words = WordsFilter("name", "short_name", "code", "phone")
        found: Any = words.filter(customers_for(user).filter(is_active=True), self.cleaned_data["q"])
        return found  # type: ignore[no-any-return]


class ComboInput(forms.HiddenInput):
    """The chosen value behind wb/combobox.html; its label belongs to the box that one types into."""

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_text"


class ReportForm(forms.Form):
    """A new ticket. Contact, site and device are those of the chosen customer that the user sees; the others are
    refused like missing ones.
    """

    customer = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Customer.objects.none(),
        widget=ComboInput,
        error_messages={
            "required": _("Please choose the customer."),
            "invalid_choice": _("Please choose the customer."),
        },
    )
    contact = ContactField(
        label=_("Contact"), queryset=Contact.objects.none(), required=False, empty_label=_("Somebody else")
    )
    caller_name = forms.CharField(label=_("Caller's name"), max_length=60, required=False)
    caller_phone = forms.CharField(
        label=_("Caller's phone"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("Not known")
    )
    asset = AssetField(label=_("Device"), queryset=Asset.objects.none(), required=False, empty_label=_("Not known"))
    severity = forms.TypedChoiceField(
        label=_("How bad is it?"),
        choices=[(int(rank), question) for rank, question in QUESTIONS.items()],
        coerce=int,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DESK_KINDS, initial=Kind.FAULT)
    maintenance = forms.ChoiceField(
        label=_("Kind of software maintenance"), choices=[("", _("Not known")), *Maintenance.choices], required=False
    )
    subject = forms.CharField(label=_("Problem"), max_length=160)
    description = forms.CharField(label=_("Description"), max_length=BODY_MAX, required=False, widget=forms.Textarea)
    occurred_at = LocalTimeField(label=_("Since when"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=DESK_CHANNELS, initial=Channel.PHONE)
    answered = forms.BooleanField(
        label=_("Already answered on the spot"),
        required=False,
        help_text=_("The caller got the answer in this call: the promise of a first answer is met."),
    )
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)

    def __init__(self, data: Any = None, *, user: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.user = user
        fields: Any = self.fields
        fields["customer"].queryset = customers_for(user).filter(is_active=True)
        self.owner: Customer | None = self.chosen("customer")
        if self.owner:
            self._narrow(self.owner)
        fields["assignee"].choices = self._assignees()
        fields["assignee"].initial = ME if can(user, "tickets.claim_ticket") else NOBODY

    def chosen(self, name: str) -> Any:
        """The row chosen in a field, sent or initial; None for none, a wrong or a hidden one."""
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        try:
            return self.fields[name].clean(value) if value else None
        except ValidationError:
            return None

    @property
    def is_software(self) -> bool:
        """Whether the kind of software maintenance is a sensible question."""
        asset, kind = self.chosen("asset"), self["kind"].value()
        return kind in SOFTWARE_KINDS or (asset is not None and asset.product.kind == ProductKind.SOFTWARE)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("maintenance") and not self.is_software:
            data["maintenance"] = ""
        return data

    def report(self) -> Report:
        known = {name: value for name, value in self.cleaned_data.items() if name not in ("assignee", "answered")}
        return Report(**known)

    def assignee_chosen(self) -> User | None:
        chosen = self.cleaned_data["assignee"]
        if chosen == ME:
            return User.objects.get(pk=self.user.pk)
        return assignable_users().get(pk=chosen) if chosen else None

    def _narrow(self, owner: Customer) -> None:
        fields: Any = self.fields
        fields["contact"].queryset = contacts_for(self.user).filter(customer=owner, is_active=True).order_by("name")
        fields["site"].queryset = sites_for(self.user).filter(customer=owner).order_by("name")
        fields["asset"].queryset = assets_for(self.user).filter(customer=owner).order_by("name")

    def _assignees(self) -> list[tuple[Any, Any]]:
        choices: list[tuple[Any, Any]] = [(NOBODY, _("Nobody yet"))]
        if can(self.user, "tickets.claim_ticket"):
            choices.append((ME, _("Me")))
        if can(self.user, "tickets.assign_ticket"):
            choices += [(person.pk, person.name) for person in assignable_users() if person.pk != self.user.pk]
        return choices
