from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from feedback.enums import Stars
from feedback.models.rating import COMMENT_MAX


def drawn(stars: int) -> str:
    return "★" * stars + "☆" * (len(Stars) - stars)


class RatingForm(forms.Form):
    """One to five stars, as words, and what else there is to say."""

    stars = forms.ChoiceField(
        label=_("How satisfied are you with this service?"),
        choices=[(str(value), format_lazy("{} {}", drawn(value), label)) for value, label in reversed(Stars.choices)],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one to five stars."),
            "invalid_choice": _("Please choose one to five stars."),
        },
    )
    comment = forms.CharField(
        label=_("Your comment"), required=False, max_length=COMMENT_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_stars(self) -> int:
        return int(self.cleaned_data["stars"])


def prefilled(wanted: str | None) -> dict[str, Any]:
    """What `?stars=` chooses beforehand; nothing but one to five does."""
    return {"stars": wanted} if wanted in {str(value) for value in Stars.values} else {}
