"""The pages of tickets. Their numbers stand in the addresses; the plain words come first, so that none is taken for a
number.
"""

from django.urls import path

from tickets.views import acts, detail, queue, report

app_name = "tickets"

ACTS = {
    "assign": acts.assign,
    "claim": acts.claim,
    "reply": acts.reply,
    "note": acts.note,
    "progress": acts.progress,
    "pause": acts.pause,
    "resume": acts.resume,
    "state": acts.state,
    "change": acts.change,
    "agree-date": acts.agree_date,
    "resolve": acts.resolve,
    "close": acts.close,
    "cancel": acts.cancel,
    "reopen": acts.reopen,
    "merge": acts.merge,
    "link": acts.link,
    "follow": acts.follow,
    "unfollow": acts.unfollow,
    "undo": acts.undo,
    "review": acts.review,
    "attach": acts.attach,
}

urlpatterns = [
    path("tickets/", queue.ticket_list, name="ticket-list"),
    path("tickets/rows/", queue.ticket_rows, name="ticket-rows"),
    path("tickets/new/", report.ticket_create, name="ticket-create"),
    path("tickets/new/customers/", report.ticket_customers, name="ticket-customers"),
    path("tickets/new/choices/", report.ticket_choices, name="ticket-choices"),
    path("tickets/new/preview/", report.ticket_preview, name="ticket-preview"),
    path("tickets/<slug:number>/", detail.ticket_detail, name="ticket-detail"),
    path("tickets/<slug:number>/row/", queue.ticket_row, name="ticket-row"),
    path("tickets/<slug:number>/timeline/", detail.timeline, name="ticket-timeline"),
    path("tickets/<slug:number>/clocks/", detail.clocks, name="ticket-clocks"),
    path("tickets/<slug:number>/clocks/<int:clock>/why/", detail.why, name="ticket-why"),
    *(path(f"tickets/<slug:number>/{word}/", act, name=f"ticket-{word}") for word, act in ACTS.items()),
]
