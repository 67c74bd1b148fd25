from contracts.enums import DayKind
from contracts.models import Holiday


def special_days() -> dict[str, list[str]]:
    """The days off, the make-up workdays and the announced years, as ISO texts in order.

    A year counts as announced when its first of January is in the table.
    """
    days: dict[str, list[str]] = {kind.value: [] for kind in DayKind}
    for day, kind in Holiday.objects.order_by("day").values_list("day", "kind"):
        days[kind].append(day.isoformat())
    return days | {"years": [day[:4] for day in days[DayKind.OFF] if day.endswith("-01-01")]}
