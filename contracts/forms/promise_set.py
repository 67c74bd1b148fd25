"""The forms of promise sets: their rows, what stands around the rows, own words, copies, publication, and the facts of
the preview.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.domain import promise_set_edit
from contracts.domain.calendars import Calendar
from contracts.domain.facts import FARTHEST_KM, Facts
from contracts.domain.promise_set_check import MOST_MONTHS, MOST_TIMES, Problem
from contracts.domain.promise_set_draft import LONGEST_NOTE, content_of
from contracts.domain.promise_set_terms import COUNTED, MONTHS, PACED, PACES
from contracts.domain.promise_set_words import (
    OwnWords,
    event_word,
    set_word,
    word,
    words,
)
from contracts.domain.promise_words import target_name
from contracts.domain.vocabulary import DERIVED_EVENT, STEERING_EVENTS, Vocabulary
from contracts.enums import (
    ChargedInside,
    Cover,
    ObligationKind,
    PriceBasis,
    QuotaKind,
    ReplacedPart,
    ServiceKind,
    SetScope,
    WarrantyStart,
)
from contracts.models import PromiseDraft
from core.forms import DayField

BUDGETS = ("15m", "30m", "1h", "2h", "4h", "8h", "12h", "24h", "48h", "3d", "1wd", "2wd", "5wd", "1mo", "today")
BUDGET_HINT = gettext_lazy("30m, 2h, 3d (of 24 hours), 2wd (working days), 1mo (month) or today.")
STEPS = 6
ANY = ("", gettext_lazy("any"))


class BudgetInput(forms.TextInput):
    def __init__(self) -> None:
        super().__init__(attrs={"list": "budgets", "autocomplete": "off", "spellcheck": "false"})


class DraftForm(forms.Form):
    """A form about one draft. `places` says at which field a fault of the document is told, the longest place first."""

    places: Mapping[str, str] = {}

    def tell(self, problems: Iterable[Problem]) -> None:
        """Every fault at its field; what belongs to none of them above the form."""
        for problem in problems:
            self.add_error(self.at_path(problem.path), problem.message)

    def at_path(self, path: str) -> str | None:
        known = (name for place, name in self.places.items() if place in path and name in self.fields)
        return next(known, None)

    def field_of(self, name: str) -> str | None:
        """The field at which a refusal of the domain is told."""
        return name if name in self.fields else None

    def shown(self, draft: PromiseDraft) -> list[dict[str, str]]:
        """What the draft says now, in words: beside what was typed when somebody else was faster."""
        document = content_of(draft).document
        return [
            {"label": _("Name"), "text": set_word(document)},
            {"label": _("Promises"), "text": str(len(document["rows"]))},
            {"label": _("Saved by"), "text": draft.edited_by.name if draft.edited_by else ""},
        ]


class RowForm(DraftForm):
    """One promise. Values and choices come from the words of the installation."""

    target = forms.ChoiceField(label=gettext_lazy("Target"))
    budget = forms.CharField(label=gettext_lazy("Time"), max_length=12, help_text=BUDGET_HINT, widget=BudgetInput())
    calendar = forms.ChoiceField(label=gettext_lazy("Working calendar"))
    from_event = forms.ChoiceField(label=gettext_lazy("Counts from"), required=False)
    armed_by = forms.ChoiceField(label=gettext_lazy("Applies once"), required=False)
    severity = forms.MultipleChoiceField(label=gettext_lazy("Severity"), required=False)
    locality = forms.ChoiceField(label=gettext_lazy("Locality"), required=False)
    distance_km_from = forms.FloatField(label=gettext_lazy("Distance from (km)"), required=False)
    distance_km_below = forms.FloatField(label=gettext_lazy("Distance below (km)"), required=False)
    kind = forms.MultipleChoiceField(label=gettext_lazy("Kind"), required=False)
    channel = forms.MultipleChoiceField(label=gettext_lazy("Channel"), required=False)
    coverage = forms.MultipleChoiceField(label=gettext_lazy("Coverage"), required=False)

    remove_url = ""
    conditions = ("severity", "kind", "channel", "locality", "distance_km_from", "distance_km_below", "coverage")
    places = {
        ".when.distance_km_below": "distance_km_below",
        ".when.distance_km_from": "distance_km_from",
        ".when.severity": "severity",
        ".target": "target",
        ".budget": "budget",
        ".calendar": "calendar",
        ".from": "from_event",
        ".armed_by": "armed_by",
    }

    def __init__(
        self,
        data: Any = None,
        *,
        row: Mapping[str, Any] | None,
        vocabulary: Vocabulary,
        own: OwnWords,
        calendars: Mapping[str, Calendar],
    ) -> None:
        super().__init__(data, initial=_row_values(row or {}))
        fields: Any = self.fields
        events = [(code, event_word(code, own)) for code in startable(vocabulary)]
        fields["target"].choices = [("", "—"), *((one.name, target_name(one)) for one in _targets(vocabulary))]
        fields["calendar"].choices = [(code, one.name) for code, one in calendars.items()]
        fields["from_event"].choices = events
        fields["armed_by"].choices = [("", _("with the same event")), *events]
        fields["locality"].choices = [ANY, *words("locality").items()]
        for fact in ("severity", "kind", "channel", "coverage"):
            listed = vocabulary.fact_lists[fact]
            fields[fact].choices = [(str(value), word(fact, value)) for value in listed]
            fields[fact].widget = forms.CheckboxSelectMultiple(choices=fields[fact].choices)

    def row(self) -> dict[str, Any]:
        """The row as it was typed."""
        values = self.cleaned_data
        when = {fact: values[fact] for fact in self.conditions}
        when["severity"] = [int(rank) for rank in values["severity"]]
        for limit in ("distance_km_from", "distance_km_below"):
            when[limit] = whole(values[limit])
        return promise_set_edit.clean_row(
            target=values["target"],
            budget=values["budget"].strip(),
            calendar=values["calendar"],
            from_event=values["from_event"],
            armed_by=values["armed_by"],
            when=when,
        )


def whole(number: float | None) -> float | int | None:
    """1000.0 km is written 1000."""
    return int(number) if number is not None and float(number).is_integer() else number


def startable(vocabulary: Vocabulary) -> list[str]:
    """The events that can start a promise, the report first, in the order in which they usually come."""
    usual = [*words("event")]
    found = vocabulary.events - STEERING_EVENTS
    first = ["reported", *(code for code in usual if code != "reported")]
    return [code for code in first if code in found] + sorted(found.difference(usual, {"reported"}))


def _targets(vocabulary: Vocabulary) -> list[Any]:
    return sorted(vocabulary.targets.values(), key=lambda one: one.order)


def _row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    when = row.get("when", {})
    values = {name: _listed(when.get(name, [])) for name in ("severity", "kind", "channel", "coverage")}
    places = {name: when.get(name) for name in ("distance_km_from", "distance_km_below")}
    locality = _listed(when.get("locality", []))
    return {
        **values,
        **places,
        "locality": locality[0] if len(locality) == 1 else "",
        "target": row.get("target"),
        "budget": row.get("budget"),
        "calendar": row.get("calendar"),
        "from_event": row.get("from", "reported"),
        "armed_by": row.get("armed_by", ""),
    }


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


# --- Around the rows --------------------------------------------------------------------------------------------------


def _choices(choices: Any) -> list[tuple[str, Any]]:
    return [("", "—"), *choices.choices]


def _ticks(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple()
    )


def _count(label: Any, most: int = MOST_TIMES) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most)


class TermsForm(DraftForm):
    """Names, pauses, warranty, obligations and quotas of a set. What the form does not know of them stays."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200, required=False)
    rounds = forms.BooleanField(
        label=gettext_lazy("A reopened ticket is promised everything again (rounds)"), required=False
    )
    severity_1 = forms.CharField(label=gettext_lazy("Level 1 is called"), max_length=20, required=False)
    severity_2 = forms.CharField(label=gettext_lazy("Level 2 is called"), max_length=20, required=False)
    severity_3 = forms.CharField(label=gettext_lazy("Level 3 is called"), max_length=20, required=False)
    severity_4 = forms.CharField(label=gettext_lazy("Level 4 is called"), max_length=20, required=False)
    pause = forms.MultipleChoiceField(
        label=gettext_lazy("May pause the clocks"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    months = _count(gettext_lazy("Warranty (months)"), MOST_MONTHS)
    starts = forms.ChoiceField(label=gettext_lazy("Warranty begins"), choices=_choices(WarrantyStart), required=False)
    first_day_counts = forms.BooleanField(label=gettext_lazy("The first day counts"), required=False)
    covers = forms.ChoiceField(label=gettext_lazy("Warranty covers"), choices=_choices(Cover), required=False)
    price_after = forms.ChoiceField(
        label=gettext_lazy("Price after expiry"), choices=_choices(PriceBasis), required=False
    )
    replaced_part = forms.ChoiceField(
        label=gettext_lazy("Replaced parts"), choices=_choices(ReplacedPart), required=False
    )
    free_after = _ticks(gettext_lazy("Free after expiry"), ServiceKind.choices)
    charged_inside = _ticks(gettext_lazy("Costs money inside the term"), ChargedInside.choices)
    software_upgrade_months = _count(MONTHS["software_upgrade_months"], MOST_MONTHS)
    supporting_software_months = _count(MONTHS["supporting_software_months"], MOST_MONTHS)
    inspection = forms.ChoiceField(
        label=ObligationKind.INSPECTION.label, choices=[("", "—"), *PACES.items()], required=False
    )
    report = forms.ChoiceField(label=ObligationKind.REPORT.label, choices=[("", "—"), *PACES.items()], required=False)
    visits_per_year = _count(COUNTED["visits_per_year"])
    resident_engineers = _count(COUNTED["resident_engineers"])
    resident_years = _count(COUNTED["resident_years"])
    quota_training = _count(QuotaKind.TRAINING.label)
    quota_visit = _count(QuotaKind.VISIT.label)
    quota_remote = _count(QuotaKind.REMOTE.label)
    quota_other = _count(QuotaKind.OTHER.label)

    warranty_fields = (
        "months",
        "starts",
        "first_day_counts",
        "covers",
        "price_after",
        "free_after",
        "charged_inside",
        "replaced_part",
        *MONTHS,
    )
    obligation_fields = (*PACED, *COUNTED)
    severity_fields = ("severity_1", "severity_2", "severity_3", "severity_4")
    quota_fields = ("quota_training", "quota_visit", "quota_remote", "quota_other")
    places = {f".{name}": name for name in (*warranty_fields, *obligation_fields)} | {
        "name_en": "name_en",
        "name": "name",
        "pause": "pause",
        "rounds": "rounds",
    }

    def __init__(self, data: Any = None, *, document: Mapping[str, Any]) -> None:
        self.document = document
        super().__init__(data, initial=_terms_values(document))
        fields: Any = self.fields
        fields["pause"].choices = list(words("pause").items())
        fields["pause"].widget.choices = fields["pause"].choices

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields under their headings."""
        return [
            (_("Names"), self._bound("name", "name_en", "source", *self.severity_fields)),
            (_("Counting of time"), self._bound("pause", "rounds")),
            (_("Warranty"), self._bound(*self.warranty_fields)),
            (_("What we owe at least"), self._bound(*self.obligation_fields)),
            (_("What the customer may use at most"), self._bound(*self.quota_fields)),
        ]

    def _bound(self, *names: str) -> list[Any]:
        return [self[name] for name in names]

    def terms(self) -> dict[str, Any]:
        """What to write into the document; an empty part is left out of it."""
        values = self.cleaned_data
        severities = {name[-1]: values[name] for name in self.severity_fields if values[name]}
        return {
            "name": values["name"].strip(),
            "name_en": values["name_en"].strip(),
            "source": values["source"].strip(),
            "rounds": None if values["rounds"] else False,
            "severities": severities,
            "warranty": self._warranty(),
            "obligations": self._part("obligations", {name: values[name] for name in self.obligation_fields}),
            "quotas": self._part("quotas", {name.removeprefix("quota_"): values[name] for name in self.quota_fields}),
            "pause": values["pause"],
        }

    def _warranty(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in self.warranty_fields}
        if not any(value for name, value in given.items() if name != "first_day_counts"):
            return {}
        return self._part("warranty", given)

    def _part(self, part: str, given: Mapping[str, Any]) -> dict[str, Any]:
        kept = {**self.document.get(part, {}), **given}
        return {name: value for name, value in kept.items() if value not in (None, "", [])}


def _terms_values(document: Mapping[str, Any]) -> dict[str, Any]:
    severities = document.get("severities", {})
    return {
        **{key: document.get(key, "") for key in ("name", "name_en", "source")},
        "rounds": document.get("rounds", True),
        "pause": list(document.get("pause", ())),
        **{f"severity_{rank}": severities.get(str(rank), "") for rank in range(1, 5)},
        **document.get("warranty", {}),
        **document.get("obligations", {}),
        **{f"quota_{key}": value for key, value in document.get("quotas", {}).items()},
    }


class LadderForm(DraftForm):
    """Who is told at which part of the time; without a step the set has the ladder of the installation."""

    def __init__(self, data: Any = None, *, ladder: Iterable[Mapping[str, Any]]) -> None:
        initial: dict[str, Any] = {}
        for i, step in enumerate(ladder):
            initial |= {f"at_{i}": step["at"], f"tell_{i}": list(step["tell"])}
        super().__init__(data, initial=initial)
        for i in range(max(STEPS, len(initial) // 2)):
            self.fields[f"at_{i}"] = forms.CharField(
                label=_("Step %(number)s, at") % {"number": i + 1}, max_length=5, required=False
            )
            self.fields[f"tell_{i}"] = _ticks(_("is told"), list(words("receiver").items()))

    def at_path(self, path: str) -> str | None:
        """The faults of "ladder[2].at" stand at the third step that was filled in."""
        number, _bracket, part = path.removeprefix("ladder[").partition("]")
        filled = self.filled()
        if not (number.isdecimal() and int(number) < len(filled)):
            return None
        return f"{'at' if part == '.at' else 'tell'}_{filled[int(number)]}"

    def filled(self) -> list[int]:
        values = self.cleaned_data
        return [i for i in range(len(self.fields) // 2) if values.get(f"at_{i}") or values.get(f"tell_{i}")]

    def steps(self) -> list[dict[str, Any]]:
        """The ladder in the shape of the presets."""
        values = self.cleaned_data
        return [{"at": _percent(values[f"at_{i}"]), "tell": list(values[f"tell_{i}"])} for i in self.filled()]

    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"at_{i}"], self[f"tell_{i}"]) for i in range(len(self.fields) // 2)]


def _percent(text: str) -> str:
    """50 is taken for 50%, as it is typed."""
    typed = text.strip().replace("％", "%")
    return typed if typed.endswith("%") else f"{typed}%"


class TargetForm(DraftForm):
    """A target of the installation's own, and the event that meets it: one that there is, or a new one."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Small letters, such as data_restored.")
    )
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40)
    short = forms.CharField(label=gettext_lazy("Short name"), max_length=40)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40)
    met_by = forms.ChoiceField(label=gettext_lazy("Met by the event"))

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary, own: OwnWords) -> None:
        super().__init__(data)
        events: Any = self.fields["met_by"]
        listed = [code for code in startable(vocabulary) if code != DERIVED_EVENT]
        events.choices = [("", "—"), *((code, event_word(code, own)) for code in listed)]

    def at_path(self, path: str) -> str | None:
        last = path.rpartition(".")[2]
        return last if last in self.fields else "code"


class EventForm(DraftForm):
    """An event of the installation's own; staff record it on the ticket page."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Small letters, such as data_restored.")
    )
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40)

    at_path = TargetForm.at_path


# --- Whole sets -------------------------------------------------------------------------------------------------------


class CopyForm(DraftForm):
    """A set under a new code, with the promises of another one or none."""

    source = forms.ChoiceField(label=gettext_lazy("Begin with the promises of"), required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Capital letters and digits, such as GOLD-4H."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    scope = forms.ChoiceField(
        label=gettext_lazy("Counts for"),
        choices=[
            (SetScope.CONTRACT, gettext_lazy("contracts that promise it")),
            (SetScope.HOUSE, gettext_lazy("every ticket (house set)")),
        ],
        help_text=gettext_lazy("A copy counts for what its original counts for."),
    )
    places = {"code": "code", "name_en": "name_en", "name": "name"}

    def __init__(self, data: Any = None, *, sources: Iterable[tuple[str, str]], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["source"]
        field.choices = [("", _("no promises yet")), *sources]


class PublishForm(DraftForm):
    """From when and why; `changes` are shown beside it."""

    effective_on = DayField(
        label=gettext_lazy("Counts from"),
        required=False,
        help_text=gettext_lazy("From the beginning of this day; empty or today: at once. Open tickets keep theirs."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("Why it changes, for those who read the versions later."),
    )
    places = {"effective_from": "effective_on"}

    def __init__(self, data: Any = None, *, changes: Any = None) -> None:
        super().__init__(data)
        self.changes = changes


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File (YAML)"), required=False, widget=forms.FileInput(attrs={"accept": ".yaml,.yml"})
    )
    text = forms.CharField(
        label=gettext_lazy("or its text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": "10", "spellcheck": "false", "class": "promise-yaml"}),
    )
    replace = forms.BooleanField(label=gettext_lazy("Replace drafts that somebody has begun"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(values.get("file")) == bool(values.get("text")):
            raise forms.ValidationError(_("Please choose a file or paste its text."))
        return values


# --- The preview ------------------------------------------------------------------------------------------------------


class FactsForm(forms.Form):
    """The facts of a ticket that would be reported now."""

    severity = forms.TypedChoiceField(label=gettext_lazy("Severity"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    locality = forms.ChoiceField(label=gettext_lazy("Locality"), required=False)
    distance_km = forms.FloatField(
        label=gettext_lazy("Distance (km)"), required=False, min_value=0, max_value=FARTHEST_KM
    )

    start = {"severity": 2, "kind": "fault", "channel": "phone", "locality": "local", "distance_km": 10}

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary) -> None:
        asked = data is not None and any(name in data for name in self.base_fields)
        super().__init__(data if asked else None, initial=self.start, prefix=None)
        for name in ("severity", "kind", "channel", "locality"):
            field: Any = self.fields[name]
            field.choices = [("", _("unknown to us")), *((str(v), word(name, v)) for v in vocabulary.fact_lists[name])]

    def facts(self) -> Facts | None:
        """None where a value cannot be read."""
        if not self.is_bound:
            return Facts(**self.start)  # type: ignore[arg-type]
        if not self.is_valid():
            return None
        return Facts(**{name: value if value != "" else None for name, value in self.cleaned_data.items()})


def target_of(form: TargetForm) -> dict[str, str]:
    """The target in the shape of the presets."""
    return {name: form.cleaned_data[name].strip() for name in ("met_by", "zh", "short", "en")}
