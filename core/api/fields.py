"""Input fields that take what they say and nothing that merely could be read as it: no "1" for 1, no 1 for true."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.errors import InputError

BIGGEST_ID, BIGGEST_COUNT = 2**63 - 1, 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1970, 2199


class Text(serializers.CharField):
    """A text; NUL and half characters are refused by the base class, numbers here."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(Whole):
    """The number of a row. Whether the row exists for the caller is asked later."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **options)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of the listed values, of the same type."""

    default_error_messages = {"invalid_choice": _("Please choose a value from the list.")}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank and isinstance(data, str):
            return ""
        if isinstance(data, bool) or not isinstance(data, str | int) or data not in self.choices:
            self.fail("invalid_choice")
        return data


class Instant(serializers.DateTimeField):
    """A time with offset in; out in the installation's zone, whoever asks."""

    default_error_messages = {"invalid": _("Please give a time with offset, such as 2026-11-23T10:38:00+08:00.")}

    def to_internal_value(self, value: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            instant = None
        if instant is None or instant.utcoffset() is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
            self.fail("invalid")
        return instant.astimezone(UTC)

    def to_representation(self, value: Any) -> Any:
        return value and value.astimezone(timezone.get_default_timezone()).isoformat()


class Strict(serializers.Serializer[Any]):
    """A body of declared fields; any other name is refused, so that nothing is ever assigned in passing."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: dict[str, Any]) -> None:
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = [str(name) for name in data if name not in known]
        doubled = [name for name in known if isinstance(data, MultiValueDict) and len(data.getlist(name)) > 1]
        problems = [(name, _("This field is not known here."), "unknown_field") for name in sorted(unknown)[:20]]
        problems += [(name, _("This field can be given once only."), "doubled_field") for name in sorted(doubled)]
        if problems:
            raise ValidationError({name[:80]: [ErrorDetail(str(said), code)] for name, said, code in problems})


class Act(Strict):
    """What every act on an object takes: the version that the caller saw."""

    version = Whole(
        required=False,
        min_value=0,
        max_value=BIGGEST_COUNT,
        help_text=_(
            "The version that you saw. If it is not the present one, the answer is 409 and nothing is changed."
        ),
    )


def existing(rows: Any, value: Any, field: str, *, by: str = "pk", message: str = "") -> Any:
    """The visible row that a body names. One that is missing and one that is hidden are refused in the same words."""
    row = rows.filter(**{by: value}).first()
    if row is None:
        raise InputError("does_not_exist", message or str(_("This entry does not exist.")), field)
    return row
