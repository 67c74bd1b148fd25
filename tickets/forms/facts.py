from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.domain.promise_words import target_name
from core.permissions import can
from customers.models import Asset, Site
from customers.queries.customer import assets_for, sites_for
from tickets.domain.agreement import ended_targets
from tickets.domain.promises import promises_of
from tickets.enums import Kind, LinkKind, Severity
from tickets.forms.base import ActForm, LocalTimeField, NoteField
from tickets.forms.parts import AssetField
from tickets.models import Ticket
from tickets.queries.page import other_tickets
from tickets.queries.ticket import tickets_for


class ChangeForm(ActForm):
    """Correct what a ticket is about. Of the severities only those that the person may set."""

    subject = forms.CharField(label=_("Problem"), max_length=160)
    severity = forms.TypedChoiceField(label=_("Severity"), coerce=int, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("Not known")
    )
    asset = AssetField(label=_("Device"), queryset=Asset.objects.none(), required=False, empty_label=_("Not known"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["severity"].choices = [choice for choice in Severity.choices if self._may_set(choice[0])]
        fields["site"].queryset = sites_for(self.user).filter(customer=self.ticket.customer_id).order_by("name")
        fields["asset"].queryset = assets_for(self.user).filter(customer=self.ticket.customer_id).order_by("name")
        for name in ("subject", "severity", "kind", "site", "asset"):
            fields[name].initial = getattr(self.ticket, f"{name}_id" if name in ("site", "asset") else name)

    def changed(self, name: str) -> Any:
        """The new value, None where it is the old one."""
        value = self.cleaned_data[name]
        return None if value == getattr(self.ticket, name) else value

    def _may_set(self, severity: int) -> bool:
        if severity == self.ticket.severity:
            return True
        right = "raise" if severity < self.ticket.severity else "lower"
        return can(self.user, f"tickets.{right}_severity_ticket", self.ticket)


class AgreeDateForm(ActForm):
    """A date that the customer agreed to, for a promise that can still move."""

    target = forms.ChoiceField(label=_("Promise"))
    due = LocalTimeField(label=_("Agreed date"))
    note = NoteField(label=_("Who agreed, and how"), help_text=_("Such as: Ms Chen agreed on the phone."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        bound, ended = promises_of(self.ticket), ended_targets(self.ticket)
        promised = {row.target.name for one in bound.sets if one.rounds for row in one.rows}
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            (name, target_name(target))
            for name, target in bound.targets.items()
            if name in promised and name not in ended
        ]


class OtherTicketField(forms.CharField):
    """The number of another ticket that the person sees, as a ticket."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"list": "other-tickets", "autocomplete": "off"}), **options
        )


class _OtherForm(ActForm):
    other = OtherTicketField(label=_("Number of the other ticket"), help_text=_("Such as WB-2611-00042."))

    def clean_other(self) -> Ticket:
        number = self.cleaned_data["other"].upper()
        found = tickets_for(self.user).filter(number=number, customer=self.ticket.customer_id).first()
        if found is None:
            raise ValidationError(gettext("This customer has no ticket of this number."), code="does_not_exist")
        return found

    def suggestions(self) -> list[Ticket]:
        """The customer's other tickets, for the list beside the field."""
        return other_tickets(self.ticket, self.user)


class LinkForm(_OtherForm):
    kind = forms.ChoiceField(label=_("How do they belong together?"), choices=LinkKind.choices)


class MergeForm(_OtherForm):
    pass
