from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from contracts.domain.acceptance import LONGEST
from contracts.enums import AcceptanceStage, AcceptanceState
from contracts.models import Acceptance, Contract
from contracts.queries.acceptance import assets_of, covered_assets, next_stage, signed_stages
from core.forms import DayField, MasterForm
from customers.models import Asset, Customer


class ContractField(forms.ModelChoiceField):
    def label_from_instance(self, contract: Any) -> str:
        return f"{contract.number} · {contract.customer.short_name} · {contract.title}"


class AssetsField(forms.ModelMultipleChoiceField):
    """The covered equipment, each with the stages that it has passed."""

    passed: dict[int, dict[str, Any]] = {}

    def label_from_instance(self, asset: Any) -> str:
        stages = [str(AcceptanceStage(one).label) for one in AcceptanceStage if one in self.passed.get(asset.pk, {})]
        parts = [asset.site.name, asset.name, asset.serial, "、".join(stages)]
        return " · ".join(part for part in parts if part)


class ContractChoiceForm(forms.Form):
    """Under which contract something is accepted."""

    contract = ContractField(
        label=_("Contract"), queryset=Contract.objects.none(), empty_label=_("Please choose"), to_field_name="pk"
    )

    def __init__(self, data: Any, *, contracts: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["contract"].queryset = contracts


class AcceptanceForm(MasterForm):
    """A certificate: stage, day, equipment, points, people."""

    stage = forms.ChoiceField(label=_("Stage"), choices=AcceptanceStage.choices)
    accepted_on = DayField(label=_("Day of acceptance"))
    assets = AssetsField(
        label=_("Equipment"), queryset=Asset.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    remaining_points = forms.CharField(
        label=_("Remaining points"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea,
        help_text=_("One a line, with who does it and until when."),
    )
    signatories_theirs = forms.CharField(
        label=_("Who signs for the customer"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: name and position."),
    )
    signatories_ours = forms.CharField(
        label=_("Who signs for us"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: name and position."),
    )

    def __init__(self, data: Any = None, *, contract: Contract, row: Acceptance | None = None, ours: str = "") -> None:
        passed = signed_stages(contract)
        covered = covered_assets(contract)
        super().__init__(data, row=row, initial={} if row else _due(covered, passed) | {"signatories_ours": ours})
        fields: Any = self.fields
        fields["assets"].passed, fields["assets"].queryset = passed, covered

    def stored(self, row: Model) -> dict[str, Any]:
        named = [asset.pk for asset in assets_of(row)] if isinstance(row, Acceptance) else []
        return {**super().stored(row), "assets": named}


def _due(covered: Any, passed: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The first stage that something still needs, and the equipment that needs it next."""
    needs = {asset.pk: next_stage(passed.get(asset.pk, {})) for asset in covered}
    stage = next((str(one) for one in AcceptanceStage if one in needs.values()), "")
    return {"stage": stage, "assets": [pk for pk, needed in needs.items() if needed == stage]} if stage else {}


class AcceptanceListForm(forms.Form):
    """Filters in the address: what makes no sense is left out."""

    customer = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    customer_text = forms.CharField(max_length=200, required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *AcceptanceStage.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *AcceptanceState.choices])

    def __init__(self, data: Any, *, customers: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["customer"].queryset = customers

    def wanted(self) -> dict[str, str]:
        """The filters that are set and sensible."""
        self.is_valid()
        return {name: str(getattr(one, "pk", one)) for name, one in self.cleaned_data.items() if one not in (None, "")}


class VersionForm(forms.Form):
    """What every act on a certificate carries: the version that the person saw."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
