"""Forms of contracts: the contract itself, its lines, and the acts of its life."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.queries.user import staff
from contracts.enums import ContractState, DocumentKind
from contracts.forms.money import MoneyField
from contracts.models import Contract, PromiseSet
from contracts.queries.contract import coverable_assets, coverable_sites
from core.domain.attachment import ACCEPT
from core.filters import LONGEST_SEARCH
from core.forms import DayField, MasterForm, PhoneField
from customers.models import Customer

LONG = 4000
WHOLE, WHOLE_LABEL = "whole", _("All sites and devices")


def long_text(label: Any, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONG, widget=forms.Textarea, **given)


def person(label: Any, **given: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label, queryset=staff(), required=False, empty_label=_("Not named yet"), **given
    )


class ContractForm(MasterForm):
    """All that a contract says beside its lines; once signed, without what only a supplement changes."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    number = forms.CharField(
        label=_("Contract number"), max_length=40, help_text=_("As it stands on the paper; every number once.")
    )
    title = forms.CharField(label=_("Contract title"), max_length=120)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), help_text=_("Both days belong to the term."))
    amount = MoneyField(label=_("Amount (CNY)"), required=False)
    is_supplementary = forms.BooleanField(
        label=_("Supplementary: may cover what another contract covers at the same time"), required=False
    )
    is_signed = forms.BooleanField(
        label=_("Signed already: register it as in force, without reviews and approval"), required=False
    )
    owner = person(_("Owner"), help_text=_("Is reminded 90, 60 and 30 days before the end."))
    service_manager = person(_("Service manager"), help_text=_("Named to the customer in the portal."))
    hotline = PhoneField(label=_("Hotline of this contract"))
    complaint_phone = PhoneField(label=_("Number for complaints"))
    scope = long_text(_("Scope of services"))
    exclusions = long_text(_("Not included"))
    acceptance_criteria = long_text(_("Acceptance criteria"))
    spare_parts_until = DayField(label=_("Spare parts supplied until"), required=False)

    groups: Mapping[str, tuple[str, ...]] = {
        "term": ("number", "title", "starts_on", "ends_on", "amount", "spare_parts_until"),
        "people": ("owner", "service_manager", "hotline", "complaint_phone"),
        "texts": ("scope", "exclusions", "acceptance_criteria"),
        "marks": ("is_supplementary", "is_signed"),
    }

    def __init__(
        self,
        data: Any = None,
        *,
        row: Contract | None = None,
        customers: QuerySet[Customer] | None = None,
        registers: bool = False,
        fields: frozenset[str] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        shown: Any = self.fields
        if row is not None:
            del shown["customer"]
        else:
            shown["customer"].queryset = customers
        if row is not None or not registers:
            del shown["is_signed"]
        for name in [name for name in shown if fields is not None and name not in fields]:
            del shown[name]

    @property
    def customer_text(self) -> str:
        """What is shown for the chosen customer: its name, or what was typed."""
        chosen = str(self["customer"].value() or "") if "customer" in self.fields else ""
        known = chosen.isascii() and chosen.isdecimal() and len(chosen) < 18
        field: Any = self.fields["customer"] if known else None
        found = field.queryset.filter(pk=chosen).first() if known else None
        return found.name if found else str(self.data.get("customer_text", ""))

    def group(self, name: str) -> list[Any]:
        return [self[field] for field in self.groups[name] if field in self.fields]

    @property
    def term(self) -> list[Any]:
        return self.group("term")

    @property
    def people(self) -> list[Any]:
        return self.group("people")

    @property
    def texts(self) -> list[Any]:
        return self.group("texts")

    @property
    def marks(self) -> list[Any]:
        return self.group("marks")


class PromiseSetField(forms.ModelChoiceField):
    """A set by its code and its name in the reader's language."""

    names: Mapping[int, str] = {}

    def label_from_instance(self, promise_set: Any) -> str:
        name = self.names.get(promise_set.pk, "")
        return f"{promise_set.code} · {name}" if name else str(promise_set.code)


class ThingForm(MasterForm):
    """A form that chooses something of a contract's customer: `whole`, `site:5` or `asset:12`."""

    contract: Contract
    stands_for = {"site": "thing", "asset": "thing"}

    @property
    def thing_text(self) -> str:
        """What is shown for the chosen thing: its name, or what was typed."""
        kind, _colon, number = str(self["thing"].value() or "").partition(":")
        if kind == WHOLE:
            return str(WHOLE_LABEL)
        known = number.isascii() and number.isdecimal() and len(number) < 18
        rows: Any = {"site": coverable_sites, "asset": coverable_assets}.get(kind) if known else None
        found = rows(self.contract).filter(pk=number).first() if rows else None
        return found.name if found else str(self.data.get("thing_text", ""))


class LineForm(ThingForm):
    """What a line covers (`whole`, `site:5` or `asset:12`) and under which promises."""

    thing = forms.CharField(
        label=_("What is covered"),
        max_length=40,
        help_text=_("A device, a whole site, or all sites and devices of the customer."),
    )
    promise_set = PromiseSetField(
        label=_("Promises"), queryset=PromiseSet.objects.none(), empty_label=_("Please choose")
    )
    tell_customer = forms.BooleanField(
        label=_("The last step of the escalation also tells the customer's contact"), required=False
    )

    def __init__(self, data: Any = None, *, contract: Contract, sets: Mapping[PromiseSet, str], **given: Any) -> None:
        super().__init__(data, **given)
        self.contract = contract
        field: Any = self.fields["promise_set"]
        field.names = {promise_set.pk: name for promise_set, name in sets.items()}
        field.queryset = PromiseSet.objects.filter(pk__in=field.names).order_by("code")


class DepartmentsForm(MasterForm):
    """Which departments are asked, or get a copy."""

    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one department.")},
    )


class ReviewForm(MasterForm):
    """What a department says."""

    approves = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("We agree")), ("no", _("We do not agree; it goes back to the draft"))],
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(
        label=_("Opinion"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Needed where you do not agree."),
    )
    measures = forms.CharField(
        label=_("Measures of our department"), required=False, max_length=2000, widget=forms.Textarea
    )


class SignForm(MasterForm):
    signed_on = DayField(label=_("Signed on"))


class TerminateForm(MasterForm):
    last_day = DayField(label=_("Last day"), help_text=_("Earlier days are judged as they were."))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RenewForm(MasterForm):
    number = forms.CharField(label=_("Number of the next contract"), max_length=40)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))


class FileForm(MasterForm):
    """A document; the same title again is its next version."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    title = forms.CharField(
        label=_("Title"), max_length=80, help_text=_("The same title again becomes the next version.")
    )
    upload = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ACCEPT}))
    text = forms.CharField(label=_("Note"), required=False, max_length=200)
    shown_to_customer = forms.BooleanField(label=_("The customer may download it in the portal"), required=False)
    stands_for = {"file": "upload", "note": "text"}


class SupplementForm(ThingForm):
    """What changes and from when."""

    effective_on = DayField(label=_("Takes effect on"))
    reason = forms.CharField(label=_("What changes"), max_length=2000, widget=forms.Textarea)
    ends_on = DayField(label=_("New last day"), required=False, help_text=_("Empty: the term stays."))
    amount = MoneyField(label=_("New amount (CNY)"), required=False)
    ends: Any = forms.ModelMultipleChoiceField(
        label=_("Lines that end the day before"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    thing = forms.CharField(label=_("New line: what is covered"), max_length=40, required=False)
    promise_set = PromiseSetField(
        label=_("New line: promises"), queryset=PromiseSet.objects.none(), required=False, empty_label=_("No new line")
    )
    tell_customer = forms.BooleanField(
        label=_("The last step of the escalation also tells the customer's contact"), required=False
    )

    def __init__(
        self, data: Any = None, *, contract: Contract, lines: Any, sets: Mapping[PromiseSet, str], **given: Any
    ) -> None:
        super().__init__(data, **given)
        self.contract = contract
        shown: Any = self.fields
        shown["ends"].queryset = lines
        shown["promise_set"].names = {promise_set.pk: name for promise_set, name in sets.items()}
        shown["promise_set"].queryset = PromiseSet.objects.filter(pk__in=shown["promise_set"].names).order_by("code")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("thing")) != bool(values.get("promise_set")):
            missing = "promise_set" if values.get("thing") else "thing"
            self.add_error(missing, _("A new line needs both: what is covered, and its promises."))
        return values

    def stored(self, row: Model) -> dict[str, Any]:
        held = {name: getattr(row, name) for name in ("effective_on", "reason", "ends_on", "amount")}
        return held | {"ends": list(row.lines.exclude(ends=None).values_list("ends", flat=True))}  # type: ignore[attr-defined]


EXPIRING = (("90", _("Ends within 90 days")), ("60", _("Ends within 60 days")), ("30", _("Ends within 30 days")))


class ContractListForm(forms.Form):
    """The filters of the list; what makes no sense is left out."""

    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Number, subject or customer")}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *ContractState.choices])
    expiring = forms.ChoiceField(label=_("Ends"), required=False, choices=[("", _("Any time")), *EXPIRING])
    manager = forms.ModelChoiceField(
        label=_("Service manager"), required=False, queryset=staff(), empty_label=_("Anybody")
    )
    customer = forms.ModelChoiceField(
        label=_("Customer"), required=False, queryset=Customer.objects.none(), widget=forms.HiddenInput
    )
    asked = forms.ChoiceField(
        label=_("Department review"), required=False, choices=[("", _("All")), ("me", _("Waiting for my department"))]
    )

    def __init__(self, data: Any, *, customers: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["customer"]
        field.queryset = customers

    def wanted(self) -> dict[str, Any]:
        """The filters that are set and sensible."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
