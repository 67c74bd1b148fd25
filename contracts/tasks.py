from celery import shared_task
from django.urls import reverse

from contracts.domain import contract_day, holiday_warning, obligation_missed, payment_reminder
from core import clock
from core.clock import office_day


@shared_task(name="contracts.daily")
def daily() -> int:
    """Half-hourly: whatever day it is in the office by now."""
    now = clock.now()
    turned = contract_day.turn(office_day(now), now)
    return turned.activated + turned.expired + turned.reminded


@shared_task(name="contracts.find_missed")
def find_missed() -> int:
    """Half-hourly: obligations whose period has ended short."""
    return obligation_missed.find_missed(clock.now(), reverse("contracts:obligation-list"))


@shared_task(name="contracts.remind_payments")
def remind_payments() -> int:
    """Half-hourly: what finance is to be told of open instalments."""
    return payment_reminder.remind(clock.now(), lambda pk: reverse("contracts:payment-list", args=[pk]))


@shared_task(name="contracts.warn_holidays")
def warn_holidays() -> int:
    """Hourly: whose year is not announced yet."""
    return holiday_warning.warn_missing(clock.now())
