"""The customer's monthly report: taking its figures, and its PDF file beside an empty one."""

from datetime import date

from core import pdf
from reports.domain.report import draft, draw_pdf
from reports.queries.report_figures import figures_of
from reports.queries.report_month import Month
from tests.bench.measure import Row, Subject, side_by_side
from tests.fixtures import MORNING
from tests.world import World

OCTOBER = Month(date(2026, 10, 1))
EMPTY = "<html><body></body></html>"
ROUNDS = 7


def measure_paper(world: World, closed: int) -> list[Row]:
    customer = world.a.customer
    report = draft(customer, OCTOBER, MORNING)
    subjects = [
        Subject("an empty PDF", lambda: pdf.draw(EMPTY)),
        Subject("monthly report: PDF", lambda: draw_pdf(report, MORNING)),
        Subject("monthly report: figures", lambda: figures_of(customer, OCTOBER, MORNING)),
    ]
    times = side_by_side(subjects, ROUNDS, warm_up=1)
    empty = times["an empty PDF"]
    return [
        Row("an empty PDF", closed, empty),
        Row("monthly report: PDF", closed, times["monthly report: PDF"], "an empty PDF", empty),
        Row("monthly report: figures", closed, times["monthly report: figures"]),
    ]
