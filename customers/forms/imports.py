from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import ImportKind


class ImportForm(forms.Form):
    """A file of master data."""

    kind = forms.ChoiceField(label=_("What the file holds"), choices=ImportKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Table (XLSX or CSV)"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("Up to 50,000 rows and 20 MB. CSV in UTF-8 or GB18030."),
    )
