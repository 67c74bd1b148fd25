from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.queries.customer import customers_for
from reports.domain.report import LONGEST
from reports.enums import ReportState, Section
from reports.models import ServiceReport
from reports.queries.report_month import Month, last_to_report

BIG_INT = 2**31 - 1


class MonthField(forms.CharField):
    """A month such as 2026-10, as browsers' month fields send it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=7, **options)
        self.widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-10", "maxlength": 7})

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        try:
            return Month.parse(text) if text else None
        except ValueError as error:
            raise ValidationError(_("Please enter a month such as 2026-10."), code="invalid") from error


class ComboInput(forms.HiddenInput):
    """The chosen value behind wb/combobox.html; its label belongs to the box that one types into."""

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_text"


class DraftForm(forms.Form):
    """Which report to draft by hand: of which customer, about which month."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none(), widget=ComboInput)
    month = MonthField(label=_("Month"))

    def __init__(self, *args: Any, user: Any, now: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]
        self.fields["month"].initial = str(last_to_report(now))


class TextsForm(forms.Form):
    """The texts of a draft, one field a section, and the version they were read from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=BIG_INT)

    def __init__(self, *args: Any, report: ServiceReport, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].initial = report.version
        for section in Section:
            self.fields[section] = forms.CharField(
                label=section.label,
                required=False,
                max_length=LONGEST,
                initial=report.texts.get(section, ""),
                widget=forms.Textarea(attrs={"rows": 5}),
            )


class VersionForm(forms.Form):
    """An act on the report as it was read."""

    version = forms.IntegerField(min_value=0, max_value=BIG_INT)


class ReportFilterForm(forms.Form):
    """Which reports to list; what makes no sense narrows nothing."""

    q = forms.CharField(label=_("Customer or number"), required=False, max_length=100)
    month = MonthField(label=_("Month"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *ReportState.choices])

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
