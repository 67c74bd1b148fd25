from tickets.models.clock import Clock
from tickets.models.escalation import Escalation
from tickets.models.event import Event
from tickets.models.link import Link
from tickets.models.message import Message
from tickets.models.participant import Participant
from tickets.models.ticket import Ticket

__all__ = ["Clock", "Escalation", "Event", "Link", "Message", "Participant", "Ticket"]
