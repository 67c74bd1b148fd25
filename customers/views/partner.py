"""Partners: who they are, whom they serve for us, which of our staff works for them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.permissions import can, require
from core.views.edit import Keeping, Place, sent
from customers.domain import partner as partners
from customers.filters import PartnerFilter
from customers.forms.listing import PartnerListForm
from customers.forms.partner import PartnerForm, PartnerStaffForm
from customers.models import Partner
from customers.queries.customer import customers_for
from customers.queries.partner import partners_for, staff_of, with_customers

A_PAGE = 50
MOST_SHOWN = 100
PARTNERS = Keeping(
    app="customers",
    noun="partner",
    new=gettext_lazy("New partner"),
    changed=gettext_lazy("Change partner"),
    submit=gettext_lazy("Save partner"),
    done=gettext_lazy("Partner saved."),
    create=partners.create,
    change=partners.change,
    version=partners.version_of,
)


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.list_partners")
    form = PartnerListForm(request.GET)
    query = form.query()
    found = PartnerFilter(query, queryset=with_customers(partners_for(request.user))).qs.order_by("name", "pk")
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "filters": form,
        "reset_url": reverse("customers:partner-list") if query else "",
        "may_create": can(request.user, "customers.create_partner"),
    }
    return render(request, "customers/partner_list.html", context)


@require_safe
def partner_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The partner with its people and customers; upper apps add what was agreed (slot `partner.panel`)."""
    require(request.user, "customers.list_partners")
    partner = _partner(request, pk)
    people = list(staff_of(partner))
    served = customers_for(request.user).filter(partner=partner).order_by("-is_active", "name", "pk")
    context = {
        "partner": partner,
        "people": people,
        "served": list(served[: MOST_SHOWN + 1]),
        "most_shown": MOST_SHOWN,
        "may_change": can(request.user, "customers.change_partner"),
        "staff_form": PartnerStaffForm(present=[one.user_id for one in people]),
    }
    return render(request, "customers/partner_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_create(request: HttpRequest) -> HttpResponse:
    listed = reverse("customers:partner-list")
    place = Place(listed, [{"label": _("Partners"), "url": listed}], goes_to=url_of)
    return PARTNERS.creating(request, PartnerForm(sent(request)), place)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_change(request: HttpRequest, pk: int) -> HttpResponse:
    partner = _partner(request, pk)
    crumbs = [
        {"label": _("Partners"), "url": reverse("customers:partner-list")},
        {"label": partner.name, "url": url_of(partner)},
    ]
    return PARTNERS.changing(request, PartnerForm(sent(request), row=partner), Place(url_of(partner), crumbs), partner)


@require_POST
def partner_staff_add(request: HttpRequest, pk: int) -> HttpResponse:
    partner = _partner(request, pk)
    require(request.user, "customers.change_partner", partner)
    form = PartnerStaffForm(request.POST, present=[])
    if form.is_valid():
        partners.add_staff(partner=partner, user=form.cleaned_data["user"], actor=request.user, now=clock.now())
        messages.success(request, _("The colleague sees this partner's customers now."))
    else:
        messages.error(request, _("Please choose somebody with the role of partner staff."))
    return redirect(url_of(partner))


@require_POST
def partner_staff_remove(request: HttpRequest, pk: int, user: int) -> HttpResponse:
    partner = _partner(request, pk)
    require(request.user, "customers.change_partner", partner)
    found = get_object_or_404(staff_of(partner), user=user)
    partners.remove_staff(partner=partner, user=found.user, actor=request.user, now=clock.now())
    messages.success(request, _("The colleague no longer sees this partner's customers."))
    return redirect(url_of(partner))


def url_of(partner: Partner) -> str:
    return reverse("customers:partner-detail", args=[partner.pk])


def _partner(request: HttpRequest, pk: int) -> Partner:
    return get_object_or_404(partners_for(request.user), pk=pk)
