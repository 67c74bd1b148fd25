"""What each figure of the dashboard means, shown beside it on hover and focus."""

from django.utils.translation import gettext_lazy as _

DEFINITIONS = {
    "share": _(
        "Compliance = met ÷ (met + late) of the tickets reported in the period. What is still open does not count, "
        "time on hold neither. A target counts from the contract where that promises it, else from our own rules."
    ),
    "open": _("Tickets that are open now, whenever they were reported, and those of them with an overdue deadline."),
    "forecast": _("Open tickets without anybody whose nearest deadline falls before the end of today."),
    "first_fix": _(
        "Solved at once = tickets resolved or closed that were never reopened and where nobody had to arrive on site "
        "÷ all tickets of the period that are resolved or closed."
    ),
    "satisfaction": _("Share of ratings with 4 or 5 stars for tickets reported in the period; the line is at 85 %."),
    "age": _("Open tickets by the calendar days since their report: 0, 1 to 2, 3 to 6, 7 and more."),
    "risk": _(
        "About to breach: at most a tenth or 15 minutes of the service time are left until the nearest deadline."
    ),
    "reasons": _("Tickets with a missed promise by the reason given; a ticket with two reasons counts in both."),
    "trend": _("Compliance by the week in which the tickets were reported; a sample below 5 is left out."),
    "matrix": _("Tickets reported in the period, and how their promises were kept."),
}
