from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DayField
from reports.queries.report_month import OFFICE

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class PeriodForm(forms.Form):
    """From which day to which; without, the present year so far."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        self.today = now.astimezone(OFFICE).date()
        shown = {"first": self.today.replace(month=1, day=1).isoformat(), "last": self.today.isoformat()}
        super().__init__(shown | {name: text for name in shown if (text := (data or {}).get(name))})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = self.span()
        if not FIRST_DAY <= first <= LAST_DAY or not FIRST_DAY <= last <= LAST_DAY:
            raise ValidationError(_("Please check the year of this day."), code="year")
        if last < first:
            raise ValidationError(_("The last day must not be before the first day."), code="term")
        return cleaned

    def span(self) -> tuple[date, date]:
        """The days asked for, or the present year so far."""
        last = self.cleaned_data.get("last") or self.today
        return self.cleaned_data.get("first") or last.replace(month=1, day=1), last
