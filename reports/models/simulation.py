from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.enums import FindingKind, SimulationState


class Simulation(models.Model):
    """A promise set held against the tickets of a past period, on somebody's order.

    `text` is the wording as it would be stored as a version, frozen at the order, and `calendars` the calendar versions
    (code to id) by which it counts. The tickets reported from `start` until before `end` are meant, narrowed by a
    `customer` and by `under`, the code of a set of which they have a promise now. `figures` are the cells of
    `domain.simulation_compare` once all is done, `failed` the first tickets that could not be folded, as [number,
    reason].
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    scope = models.CharField(max_length=8)
    number = models.PositiveIntegerField(null=True)
    text = models.TextField()
    calendars = models.JSONField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    under = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=SimulationState.choices, default=SimulationState.WAITING)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    tickets = models.PositiveIntegerField()
    figures = models.JSONField(default=list)
    failed_count = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["id"], name="simulation_going", condition=Q(state__in=("waiting", "running")))]

    def __str__(self) -> str:
        return f"{self.pk} {self.code} {self.state}"

    @property
    def is_draft(self) -> bool:
        """Whether the wording was a draft when it was ordered."""
        return self.number is None

    @property
    def is_going(self) -> bool:
        return self.state in (SimulationState.WAITING, SimulationState.RUNNING)


class SimulationPart(models.Model):
    """Some hundred tickets of a simulation, from `first` to before `until` (ids; None: to the last), for one worker.

    A worker takes the part until `lease_until`; one that dies loses it to the next, who begins it anew. `attempts`
    counts the takings. `done_at` and `result` are written once, with the part's findings.
    """

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    first = models.BigIntegerField()
    until = models.BigIntegerField(null=True)
    size = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["simulation", "number"], name="simulation_part_once")]
        indexes = [
            models.Index(fields=["simulation", "number"], name="simulation_to_do", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.simulation_id}#{self.number}"


class SimulationFinding(models.Model):
    """A promise of a ticket that is late, or would have been: due instants, meetings and clock states now and then
    (None and "" where there is no such clock).
    """

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="findings", db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.CharField(max_length=32)
    severity = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=FindingKind.choices)
    round = models.PositiveSmallIntegerField()
    now_due = models.DateTimeField(null=True)
    now_met = models.DateTimeField(null=True)
    now_state = models.CharField(max_length=12, blank=True)
    then_due = models.DateTimeField(null=True)
    then_met = models.DateTimeField(null=True)
    then_state = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["simulation", "ticket", "target"], name="simulation_finding_once")
        ]
        indexes = [models.Index(fields=["simulation", "kind", "id"], name="simulation_findings")]

    def __str__(self) -> str:
        return f"{self.simulation_id} {self.ticket_id} {self.target}"
