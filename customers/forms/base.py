"""The forms of master data are shaped by `core.forms`."""

from core.forms import PHONE_HINT, DayField, MasterForm, PhoneField

__all__ = ["PHONE_HINT", "DayField", "MasterForm", "PhoneField"]
