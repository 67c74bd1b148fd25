from django.db import models
from django.utils.translation import gettext_lazy as _

from core.flow import flow


class Kind(models.TextChoices):
    FAULT = "fault", _("Fault")
    REQUEST = "request", _("Service request")
    QUESTION = "question", _("Question")
    USABILITY = "usability", _("Usability wish")
    PERFORMANCE = "performance", _("Performance complaint")
    CUSTOMISATION = "customisation", _("Customisation")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    RETURN = "return", _("Return")
    EXCHANGE = "exchange", _("Exchange")
    TRAINING = "training", _("Training")
    REPAIR = "repair", _("Depot repair")


# A training session and a depot repair own a ticket of these kinds, hidden from the default queue (decisions 1).
BACKSTAGE_KINDS = frozenset({Kind.TRAINING, Kind.REPAIR})


class Maintenance(models.TextChoices):
    """Kinds of software maintenance [001]; in no promise rule."""

    CORRECTIVE = "corrective", _("Corrective")
    ADAPTIVE = "adaptive", _("Adaptive")
    PERFECTIVE = "perfective", _("Perfective")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("E-mail")
    FAX = "fax", _("Fax")
    LETTER = "letter", _("Letter")
    CHAT = "chat", _("Chat")
    WALK_IN = "walk_in", _("Walk-in")
    ONSITE = "onsite", _("On site")
    AGENT = "agent", _("Agent on behalf")
    STAFF = "staff", _("Staff feedback")
    MANAGEMENT = "management", _("Management instruction")
    API = "api", _("Interface")
    ALARM = "alarm", _("Monitoring alarm")


class Severity(models.IntegerChoices):
    """Levels of domain.md §5: 1 whole system down … 4 information or configuration help."""

    ONE = 1, _("Level 1")
    TWO = 2, _("Level 2")
    THREE = 3, _("Level 3")
    FOUR = 4, _("Level 4")


class State(models.TextChoices):
    NEW = "new", _("New")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for customer")
    WAITING_PARTS = "waiting_parts", _("Waiting for parts")
    WAITING_VENDOR = "waiting_vendor", _("Waiting for vendor")
    WAITING_OTHER = "waiting_other", _("Waiting, other")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


WAITING = frozenset({State.WAITING_CUSTOMER, State.WAITING_PARTS, State.WAITING_VENDOR, State.WAITING_OTHER})
OPEN = frozenset({State.NEW, State.ACCEPTED, State.IN_PROGRESS}) | WAITING
ENDED = frozenset({State.RESOLVED, State.CLOSED, State.CANCELLED})

_LEAVE_OPEN = {State.RESOLVED, State.CANCELLED}
STATE_FLOW = flow(
    "ticket",
    {
        State.NEW: {State.ACCEPTED, State.IN_PROGRESS, *WAITING, *_LEAVE_OPEN},
        State.ACCEPTED: {State.NEW, State.IN_PROGRESS, *WAITING, *_LEAVE_OPEN},
        State.IN_PROGRESS: {*WAITING, *_LEAVE_OPEN},
        **{state: {State.IN_PROGRESS, *(WAITING - {state}), *_LEAVE_OPEN} for state in WAITING},
        State.RESOLVED: {State.CLOSED, State.IN_PROGRESS},
        State.CLOSED: {State.IN_PROGRESS},
        State.CANCELLED: set(),
    },
)


class PauseReason(models.TextChoices):
    """The reasons that stop clocks, where the promise set allows them (decisions 12)."""

    WAITING_CUSTOMER = "waiting_customer", _("Waiting for customer")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    BREACHED = "breached", _("Overdue")
    MET = "met", _("Met")
    MET_LATE = "met_late", _("Missed")
    NOT_NEEDED = "not_needed", _("Not needed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Outcome(models.TextChoices):
    """What has become of a promise, as lists and figures tell it; which clock states that is says
    `queries.outcome`.
    """

    MET = "met", _("Met")
    LATE = "late", _("Late")
    OPEN = "open", _("Still open")


class ClockRank(models.IntegerChoices):
    """How pressing a ticket's nearest clock is; the queue sorts by it first (decisions 8)."""

    BREACHED = 0, _("Overdue")
    RUNNING = 1, _("Running")
    PAUSED = 2, _("Paused")
    NONE = 3, _("No promise")


class Source(models.TextChoices):
    """By which door an event came in."""

    DESK = "desk", _("Desk")
    MANUAL = "manual", _("Entered by hand")
    PORTAL = "portal", _("Portal")
    API = "api", _("Interface")
    MAIL = "mail", _("E-mail")
    SYSTEM = "system", _("System")


class EventKind(models.TextChoices):
    """What can happen to a ticket: the promise vocabulary is open (data of the sets); these are the product's own
    words.
    """

    REPORTED = "reported", _("Reported")
    OCCURRED = "occurred", _("Fault occurred")
    RESPONDED = "responded", _("Answered")
    PLAN_SENT = "plan_sent", _("Plan sent")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    PAUSED = "paused", _("Clock paused")
    RESUMED = "resumed", _("Clock resumed")
    FACTS_CHANGED = "facts_changed", _("Facts changed")
    PROMISE_CHANGED = "promise_changed", _("Promise applied anew")
    CALENDAR_CHANGED = "calendar_changed", _("Calendar applied anew")
    DATE_AGREED = "date_agreed", _("Date agreed")
    ASSIGNED = "assigned", _("Assigned")
    STATE_CHANGED = "state_changed", _("State changed")
    MESSAGE = "message", _("Message")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Merged")
    LINKED = "linked", _("Linked")
    ATTACHED = "attached", _("File attached")
    REVIEWED = "reviewed", _("Reviewed")
    VOIDED = "voided", _("Entry taken back")


class ReapplicationState(models.TextChoices):
    """How far the applying of new versions to open tickets is."""

    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Stopped")


# They put other promises or calendars in force for a ticket from their instant on.
REBINDING = frozenset({EventKind.PROMISE_CHANGED, EventKind.CALENDAR_CHANGED})

# The shipped promise vocabulary in words; what an administrator adds is shown by its code.
EVENT_NAMES = {
    "occurred": _("Fault occurred"),
    "reported": _("Reported"),
    "first_contact": _("First contact with the customer"),
    "responded": _("Answered"),
    "remote_started": _("Remote support started"),
    "remote_failed": _("Remote support could not solve it"),
    "visit_requested": _("Visit requested"),
    "urgent_visit_requested": _("Visit requested for today or tomorrow"),
    "visit_scheduled": _("Visit scheduled"),
    "manager_called_back": _("Duty manager called back"),
    "checked_in": _("Engineer on site"),
    "plan_sent": _("Plan sent"),
    "vendor_engineer_arrived": _("Maker's engineer arrived"),
    "loaner_supplied": _("Loaner supplied"),
    "resolved": _("Resolved"),
    "reopened": _("Reopened"),
    "resolution_breached": _("Repair overdue"),
    "paused": _("Clock paused"),
    "resumed": _("Clock resumed"),
    "facts_changed": _("Facts changed"),
    "promise_changed": _("Promise applied anew"),
    "calendar_changed": _("Calendar applied anew"),
    "date_agreed": _("Date agreed"),
    "complaint_registered": _("Complaint registered"),
    "complaint_replied": _("Complaint answered"),
    "complaint_closed": _("Complaint closed"),
    "engineer_returned": _("Engineer returned"),
    "sheet_handed_in": _("Service sheet handed in"),
    "training_ended": _("Training ended"),
    "summary_submitted": _("Training summary submitted"),
    "unit_received": _("Unit received at the depot"),
    "unit_tested": _("Unit tested"),
    "depot_replied": _("Depot finding told to the customer"),
    "unit_repaired": _("Unit repaired"),
}


class CancelReason(models.TextChoices):
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    MISTAKE = "mistake", _("Entered by mistake")
    DUPLICATE = "duplicate", _("Duplicate")


class Cause(models.TextChoices):
    HARDWARE = "hardware", _("Hardware defect")
    SOFTWARE = "software", _("Software defect")
    CONFIGURATION = "configuration", _("Configuration")
    NETWORK = "network", _("Network")
    POWER = "power", _("Power supply or environment")
    OPERATION = "operation", _("Operation or training need")
    THIRD_PARTY = "third_party", _("Third party")
    UNCLEAR = "unclear", _("No longer reproducible")


class BreachReason(models.TextChoices):
    """Why a promise was missed; asked of staff before a ticket is resolved (decisions 16)."""

    PARTS = "parts", _("Parts not at hand")
    TRAVEL = "travel", _("Travel time")
    UNASSIGNED = "unassigned", _("Assigned too late")
    WORKLOAD = "workload", _("Workload")
    DIFFICULT = "difficult", _("Difficult fault")
    VENDOR = "vendor", _("Maker or third party")
    CUSTOMER = "customer", _("Waiting on the customer without a pause")
    LATE_ENTRY = "late_entry", _("Done in time, entered late")
    OTHER = "other", _("Other")


class ParticipantReason(models.TextChoices):
    ASSIGNEE = "assignee", _("Assignee")
    FOLLOWER = "follower", _("Follower")
    REPORTER = "reporter", _("Recorded the ticket")
    MENTIONED = "mentioned", _("Mentioned")


class EntryMode(models.TextChoices):
    """What one writes in the composer: to the customer, among ourselves, or what the customer said."""

    REPLY = "reply", _("Reply to customer")
    NOTE = "note", _("Internal note")
    HEAR = "hear", _("Customer said")


class LinkKind(models.TextChoices):
    RELATED = "related", _("Related")
    FOLLOW_UP = "follow_up", _("Follow-up of")
    DUPLICATE = "duplicate", _("Duplicate of")
