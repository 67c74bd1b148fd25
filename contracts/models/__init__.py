from contracts.models.calendar import CalendarVersion, Holiday, ServiceCalendar
from contracts.models.contract import Contract, ContractLine
from contracts.models.promise_set import PromiseSet, PromiseVersion
from contracts.models.warranty import Warranty

__all__ = [
    "CalendarVersion",
    "Contract",
    "ContractLine",
    "Holiday",
    "PromiseSet",
    "PromiseVersion",
    "ServiceCalendar",
    "Warranty",
]
