from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.queries.user import assignable_users
from contracts.domain.presets import load_presets
from contracts.domain.promise_words import target_name
from contracts.enums import Coverage
from core.filters import LONGEST_SEARCH
from tickets.enums import BreachReason, Channel, Kind, Outcome, Severity, State

ALL = ("", _("All"))
ME, NOBODY = "me", "none"
BIG_INT = 2**63
ORDERS = [
    ("due", _("Nearest deadline first")),
    ("-due", _("Farthest deadline first")),
    ("severity", _("Most severe first")),
    ("-severity", _("Least severe first")),
    ("customer", _("By customer")),
    ("-reported", _("Last reported first")),
    ("reported", _("First reported first")),
    ("-updated", _("Last changed first")),
    ("updated", _("Longest unchanged first")),
]
MARKS = [("customer_waits", _("Customer has replied")), ("needs_review", _("To be reviewed"))]
# The list follows what is typed, its form and its address too; composing with an input method counts when it is done.
AS_TYPED = {
    "autocomplete": "off",
    "hx-get": reverse_lazy("tickets:ticket-list"),
    "hx-trigger": "input changed delay:400ms",
    "hx-include": "closest form",
    "hx-target": "#queue",
    "hx-select": "#queue",
    "hx-select-oob": "#fresh,#views",
    "hx-swap": "outerHTML",
    "hx-push-url": "true",
    "hx-sync": "this:replace",
}
_DAYS = [MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(2199, 12, 31))]


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[ALL, *choices], required=False)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"], validators=_DAYS)


def _one_line(label: Any, widget: forms.Widget, *validators: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=32, widget=widget, validators=validators)


class QueueForm(forms.Form):
    """The filters of the queue as a person sets them, one value each; `TicketFilter` applies what `query` says.

    Whom one may filter by is asked for only where the form is drawn.
    """

    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Search this view"), **AS_TYPED}),
    )
    severity = _choice(_("Severity"), Severity.choices)
    assignee = _one_line(_("Assignee"), forms.Select(), RegexValidator(r"^(me|none|[0-9]{1,19})\Z"))
    state = _choice(_("State"))
    kind = _choice(_("Kind"), Kind.choices)
    channel = _choice(_("Channel"), Channel.choices)
    coverage = _choice(_("Cover"), Coverage.choices)
    mark = _choice(_("Mark"), MARKS)
    customer = forms.IntegerField(label=_("Customer"), required=False, min_value=1, max_value=BIG_INT - 1)
    customer_text = forms.CharField(max_length=LONGEST_SEARCH, required=False)
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    target = _one_line(_("Promise"), forms.Select(), RegexValidator(r"^[a-z_]+\Z"))
    outcome = _choice(_("Outcome"), Outcome.choices)
    breach_reason = _choice(_("Reason of the delay"), BreachReason.choices)
    reported_from = _day(_("Reported from"))
    reported_to = _day(_("Reported to"))
    sort = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)

    FIRST = ("severity", "assignee", "state", "sort")
    MORE = (
        *("kind", "channel", "coverage", "mark", "district", "target", "outcome", "breach_reason"),
        *("reported_from", "reported_to"),
    )

    def __init__(self, data: QueryDict, *, user: Any, sort: str, states: Any) -> None:
        """`sort` counts where none or nonsense is given; `states` are those that the view can hold."""
        given = data.copy()
        if given.get("sort") not in dict(ORDERS):
            given["sort"] = sort
        if given.get("assignee") == str(user.pk):
            given["assignee"] = ME
        super().__init__(given, auto_id="filter_%s")
        self.user = user
        fields: Any = self.fields
        fields["state"].choices = [ALL, *(one for one in State.choices if one[0] in states)]
        fields["assignee"].widget.choices = lambda: self._people
        fields["target"].widget.choices = self._targets
        self.full_clean()

    def clean_assignee(self) -> str:
        asked: str = self.cleaned_data["assignee"]
        if asked.isdigit() and not 0 < int(asked) < BIG_INT:
            raise forms.ValidationError(_("Please choose one of the listed values."), code="choice")
        return asked

    @cached_property
    def _people(self) -> list[tuple[str, Any]]:
        others = [(str(person.pk), person.name) for person in assignable_users() if person.pk != self.user.pk]
        listed = [ALL, (ME, _("Me")), (NOBODY, _("Unassigned")), *others]
        return self._with_asked("assignee", listed, _("Somebody else"))

    def _targets(self) -> list[tuple[str, Any]]:
        known = load_presets().vocabulary.targets
        listed = [ALL, *((code, target_name(target)) for code, target in known.items())]
        return self._with_asked("target", listed, self.cleaned_data.get("target"))

    def _with_asked(self, name: str, listed: list[tuple[str, Any]], label: Any) -> list[tuple[str, Any]]:
        """The choices, with the one asked for even where it is not offered any more."""
        asked = self.cleaned_data.get(name)
        return listed if not asked or asked in dict(listed) else [*listed, (asked, label)]

    def word(self, name: str) -> str:
        """What a set filter says: the label of its value."""
        value = self.cleaned_data[name]
        field: Any = self.fields[name]
        choices: Any = getattr(field, "choices", None) or getattr(field.widget, "choices", ())
        return str(dict(choices).get(value, value))

    @property
    def order(self) -> str:
        """What `filters.sorted_by` understands."""
        return str(self.data["sort"])

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def given(self) -> dict[str, str]:
        """What was set and makes sense, by name, as it stands in an address; the order is not part of it."""
        values = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        values.pop("sort", None)
        return {name: str(value) for name, value in values.items()}

    def query(self) -> QueryDict:
        """What was set and makes sense, as TicketFilter's parameters; the rest is left out.

        A customer typed without being chosen (no script) is searched by its words.
        """
        given = self.given
        typed = given.pop("customer_text", "")
        if typed and "customer" not in given:
            given["q"] = f"{given.get('q', '')} {typed}".strip()[:LONGEST_SEARCH]
        query = QueryDict(mutable=True)
        query.update(dict(self._translated(item) for item in given.items()))
        return query

    def _translated(self, item: tuple[str, str]) -> tuple[str, str]:
        name, value = item
        if name == "mark":
            return value, "true"
        if (name, value) == ("assignee", NOBODY):
            return "unassigned", "true"
        return name, str(self.user.pk) if (name, value) == ("assignee", ME) else value
