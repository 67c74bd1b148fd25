from django.db import models

from core.models.words import Words


class TicketWords(Words):
    """What a ticket is found by: its own words, and the keys of its customer, contact and device."""

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="words")
