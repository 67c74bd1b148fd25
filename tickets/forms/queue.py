from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.queries.user import assignable_users
from contracts.enums import Coverage
from core.filters import LONGEST_SEARCH
from tickets.enums import Channel, Kind, Severity, State

ALL = ("", _("All"))
ME, NOBODY = "me", "none"
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


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[ALL, *choices], required=False)


class QueueForm(forms.Form):
    """The filters of the queue as a person sets them, one value each; `TicketFilter` applies what `query` says."""

    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "placeholder": _("Search this view")}),
    )
    severity = _choice(_("Severity"), Severity.choices)
    assignee = _choice(_("Assignee"))
    state = _choice(_("State"))
    kind = _choice(_("Kind"), Kind.choices)
    channel = _choice(_("Channel"), Channel.choices)
    coverage = _choice(_("Cover"), Coverage.choices)
    mark = _choice(_("Mark"), MARKS)
    customer = forms.IntegerField(label=_("Customer"), required=False, min_value=1, max_value=2**63 - 1)
    customer_text = forms.CharField(max_length=LONGEST_SEARCH, required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)

    FIRST = ("severity", "assignee", "state", "sort")
    MORE = ("kind", "channel", "coverage", "mark")

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
        others = [(str(person.pk), person.name) for person in assignable_users() if person.pk != user.pk]
        fields["assignee"].choices = [ALL, (ME, _("Me")), (NOBODY, _("Unassigned")), *others]
        self.full_clean()

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

    def query(self) -> QueryDict:
        """What was set and makes sense, as TicketFilter's parameters; the rest is left out.

        A customer typed without being chosen (no script) is searched by its words.
        """
        given = {name: str(value) for name, value in self.cleaned_data.items() if value not in ("", None)}
        given.pop("sort", None)
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
