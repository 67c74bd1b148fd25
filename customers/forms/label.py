from typing import Any

from django import forms
from django.db.models import QuerySet

from customers.enums import AssetState
from customers.models import Asset, Site
from customers.queries.customer import assets_for, sites_for


class LabelForm(forms.Form):
    """Which labels are asked for: those of the chosen devices, else of all at a site that are not retired."""

    site = forms.ModelChoiceField(queryset=Site.objects.none(), required=False)
    asset = forms.ModelMultipleChoiceField(queryset=Asset.objects.none(), required=False)

    def __init__(self, data: Any, user: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        self.seen = assets_for(user)
        fields["site"].queryset, fields["asset"].queryset = sites_for(user), self.seen

    def chosen(self) -> QuerySet[Asset]:
        """The devices; none if nothing was chosen."""
        site, assets = self.cleaned_data["site"], self.cleaned_data["asset"]
        if assets or site is None:
            return self.seen.filter(pk__in=[asset.pk for asset in assets])
        return self.seen.filter(site=site).exclude(state=AssetState.RETIRED)
