from tickets.models.clock import Clock
from tickets.models.draft import Draft
from tickets.models.escalation import Escalation
from tickets.models.event import Event
from tickets.models.label_report import LabelReport
from tickets.models.link import Link
from tickets.models.macro import Macro
from tickets.models.message import Message
from tickets.models.participant import Participant
from tickets.models.reapplication import Reapplication, ReapplicationMove
from tickets.models.saved_view import SavedView, ViewPin
from tickets.models.ticket import Ticket
from tickets.models.words import TicketWords

__all__ = [
    "Clock",
    "Draft",
    "Escalation",
    "Event",
    "LabelReport",
    "Link",
    "Macro",
    "Message",
    "Participant",
    "Reapplication",
    "ReapplicationMove",
    "SavedView",
    "Ticket",
    "TicketWords",
    "ViewPin",
]
