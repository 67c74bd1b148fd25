"""Customers that were entered twice: proposed, compared, merged or said to be distinct."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import InputError, RuleError
from core.permissions import require
from customers.domain import customer_merge
from customers.forms.customer_merge import CompareForm, MergeForm
from customers.models import Customer
from customers.queries.customer import contacts_for, customers_for
from customers.queries.customer_merge import in_order, likely_doubles
from customers.views.customer import customer_or_404
from customers.views.customer import url_of as customer_url

SIGNS = {
    "name": gettext_lazy("same name"),
    "part": gettext_lazy("one name contains the other"),
    "phone": gettext_lazy("same phone"),
    "contact_phone": gettext_lazy("a contact with the same phone"),
    "contact_email": gettext_lazy("a contact with the same e-mail"),
}
TOLD = {
    "customers.site": gettext_lazy("Sites"),
    "customers.contact": gettext_lazy("Contacts"),
    "customers.asset": gettext_lazy("Devices"),
    "customers.secret": gettext_lazy("Access data"),
    "customers.careplan": gettext_lazy("Care plan"),
    "customers.releasenotice": gettext_lazy("Notices of new versions"),
    "contracts.contract": gettext_lazy("Contracts"),
    "contracts.warranty": gettext_lazy("Warranties"),
    "contracts.acceptance": gettext_lazy("Acceptance certificates"),
    "tickets.ticket": gettext_lazy("Tickets"),
    "feedback.rating": gettext_lazy("Ratings"),
    "reports.servicereport": gettext_lazy("Service reports"),
    "core.attachment": gettext_lazy("Files"),
}


@require_safe
def merge_list(request: HttpRequest) -> HttpResponse:
    """The proposals; with two chosen customers on to their comparison."""
    require(request.user, "customers.merge_customer")
    form = CompareForm(request.GET or None, customers=customers_for(request.user))
    if form.is_bound and form.is_valid():
        return redirect(_url(form.cleaned_data["first"], form.cleaned_data["second"]))
    pairs = [
        {"pair": pair, "signs": [SIGNS[sign] for sign in pair.signs], "url": _url(pair.keeper, pair.doubled)}
        for pair in likely_doubles(request.user)
    ]
    context = {"pairs": pairs, "form": form, "crumbs": _crumbs()}
    return render(request, "customers/merge_list.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_merge_view(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both side by side and what would move; by POST with a reason they become one."""
    require(request.user, "customers.merge_customer")
    if pk == other:
        raise Http404
    keeper, doubled = in_order(customer_or_404(request, pk), customer_or_404(request, other))
    form = MergeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _compare(request, keeper, doubled, form, 422 if form.is_bound else 200)
    try:
        kept = customer_merge.merge(
            first=keeper, second=doubled, reason=form.cleaned_data["reason"], actor=request.user, now=clock.now()
        )
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _compare(request, keeper, doubled, form, 422 if isinstance(error, InputError) else 409)
    messages.success(request, _("Both customers are one now. The old address leads here."))
    return redirect(customer_url(kept))


@require_POST
def merge_dismiss(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """These two are not the same."""
    require(request.user, "customers.merge_customer")
    if pk == other:
        raise Http404
    customer_merge.mark_distinct(customer_or_404(request, pk), customer_or_404(request, other))
    messages.success(request, _("Noted. These two are not proposed again."))
    return redirect("customers:merge-list")


def _compare(request: HttpRequest, keeper: Customer, doubled: Customer, form: MergeForm, status: int) -> HttpResponse:
    moving, staying = customer_merge.moves(doubled, keeper)
    context = {
        "keeper": keeper,
        "doubled": doubled,
        "facts": _facts(keeper, doubled),
        "moving": _told(moving),
        "others": sum(count for label, count in moving.items() if label not in TOLD),
        "staying": _told(staying),
        "administrators": _administrators(request, doubled),
        "form": form,
        "crumbs": [*_crumbs(), {"label": _("Possible doubles"), "url": reverse("customers:merge-list")}],
    }
    return render(request, "customers/customer_merge.html", context, status=status)


def _told(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"label": TOLD[label], "count": counts[label]} for label in TOLD if label in counts]


def _facts(keeper: Customer, doubled: Customer) -> list[dict[str, Any]]:
    """Both columns of the comparison, and what holds afterwards."""
    labels = {
        "name": _("Name"),
        "code": _("Code"),
        "short_name": _("Short name"),
        "industry": _("Industry"),
        "phone": _("Switchboard"),
        "created_at": _("Since"),
    }
    return [
        {
            "name": name,
            "label": label,
            "mine": getattr(keeper, name),
            "theirs": getattr(doubled, name),
            "taken": name in ("industry", "phone") and not getattr(keeper, name) and bool(getattr(doubled, name)),
        }
        for name, label in labels.items()
    ]


def _administrators(request: HttpRequest, doubled: Customer) -> list[str]:
    """Who of the double's people would see everything of the customer that stays."""
    found = contacts_for(request.user).filter(customer=doubled, user__roles__role="contact_admin", is_active=True)
    return list(found.order_by("name").values_list("name", flat=True))


def _url(first: Customer, second: Customer) -> str:
    return reverse("customers:customer-merge", args=[first.pk, second.pk])


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Customers"), "url": reverse("customers:customer-list")}]
