"""The liability clause as a form: a row a target, and the cap."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.domain.liability import CAP
from contracts.domain.presets import load_presets
from contracts.domain.promise_words import target_name
from contracts.enums import PenaltyPer
from contracts.forms.money import MoneyField
from core.forms import MasterForm

TARGETS = ("first_contact", "response", "remote", "plan", "on_site", "resolution", "loaner")
UNITS = (("amount", _("CNY")), ("percent", _("percent of the contract")))


class LiabilityForm(MasterForm):
    """For each target how much, of what, how often; an empty amount means no penalty."""

    def __init__(self, data: Any = None, *, row: Any, shown: Any = TARGETS) -> None:
        self.targets = tuple(dict.fromkeys([*shown, *(name for name in row.liability if name != CAP)]))
        super().__init__(data, initial=flat(row.liability))
        known = load_presets().vocabulary.targets
        for name in self.targets:
            label = target_name(known[name]) if name in known else name
            self.fields[f"{name}-value"] = MoneyField(label=label, required=False)
            self.fields[f"{name}-unit"] = forms.ChoiceField(label=_("of what"), choices=UNITS, required=False)
            self.fields[f"{name}-per"] = forms.ChoiceField(
                label=_("how often"), choices=PenaltyPer.choices, required=False
            )
        self.fields[CAP] = MoneyField(
            label=_("At most, in percent of the contract"),
            required=False,
            help_text=_("Bounds the penalties of a period."),
        )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each target, side by side."""
        return [(self[f"{name}-value"], self[f"{name}-unit"], self[f"{name}-per"]) for name in self.targets]

    def stored(self, row: Any) -> dict[str, Any]:
        return flat(row.liability)

    def shown(self, row: Any) -> list[dict[str, str]]:
        held = flat(row.liability)
        names = [name for name in self.fields if held.get(name) and (name == CAP or name.endswith("-value"))]
        return [{"label": str(self.fields[name].label), "text": str(held[name])} for name in names]

    def liability(self) -> dict[str, Any]:
        """The clause as it is stored."""
        given = self.cleaned_data
        found: dict[str, Any] = {}
        for name in self.targets:
            value = given.get(f"{name}-value")
            if value is not None:
                unit, per = given[f"{name}-unit"] or "amount", given[f"{name}-per"] or str(PenaltyPer.BREACH)
                found[name] = {"per": per, unit: str(value)}
        return found | ({CAP: str(given[CAP])} if given.get(CAP) is not None else {})


def flat(liability: Mapping[str, Any]) -> dict[str, Any]:
    """A stored clause as the fields take it."""
    found: dict[str, Any] = {CAP: liability.get(CAP, "")}
    for name, rate in liability.items():
        if name != CAP:
            unit = "amount" if "amount" in rate else "percent"
            found |= {f"{name}-value": rate[unit], f"{name}-unit": unit, f"{name}-per": rate["per"]}
    return found
