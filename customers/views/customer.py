"""S09 and S10: the list of customers, and all about one of them."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.domain.record import version_of
from core.permissions import can, require
from core.views.edit import Keeping, Place, sent
from customers.domain import customer as customers
from customers.filters import CustomerFilter
from customers.forms.customer import CustomerForm
from customers.forms.listing import CustomerListForm
from customers.models import Customer
from customers.queries.caller import authorised_callers
from customers.queries.column import CUSTOMERS, Column, cells_of, columns_of
from customers.queries.customer import customers_for
from customers.queries.customer_page import history, regions_named
from customers.queries.partner import partners_for
from customers.queries.tab import Tab, tabs
from customers.views.care_card import card_of
from customers.views.history import told

A_PAGE = 50
OWN_ORDER = {"name": "name", "code": "code", "industry": "industry"}
PANE = "customer-tabs"


@require_safe
def customer_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.list_customers")
    form = CustomerListForm(request.GET, regions=regions_named(request.user), partners=partners_for(request.user))
    query = form.query()
    columns = columns_of(CUSTOMERS)
    listed = CustomerFilter(query, queryset=customers_for(request.user)).qs
    page = Paginator(_sorted(listed, request.GET.get("sort", ""), columns, request.user), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "rows": _rows(request.user, page),
        "columns": columns,
        "page_obj": page,
        "filters": form,
        "partner": form.cleaned_data.get("partner"),
        "sort": request.GET.get("sort", ""),
        "reset_url": reverse("customers:customer-list") if query else "",
        "may_create": can(request.user, "customers.create_customer"),
    }
    return render(request, "customers/customer_list.html", context)


def _sorted(listed: QuerySet[Customer], asked: str, columns: list[Column], user: Any) -> QuerySet[Customer]:
    """By a column of ours or of an upper app; rows without a value come last, the same ones by name."""
    name, down = asked.removeprefix("-"), asked.startswith("-")
    by = OWN_ORDER.get(name, "name")
    for column in columns:
        if column.name == name and column.order:
            listed, by = listed.annotate(sorted_by=column.order(user)), "sorted_by"
    order = F(by).desc(nulls_last=True) if down else F(by).asc(nulls_last=True)
    return listed.order_by(order, "name", "pk")


def _rows(user: Any, page: Page) -> list[dict[str, Any]]:
    shown: list[Customer] = list(page)
    cells = cells_of(CUSTOMERS, user, [one.pk for one in shown])
    return [{"customer": one, "cells": cells[one.pk]} for one in shown]


@require_safe
def customer_options(request: HttpRequest) -> HttpResponse:
    """The customers that a combobox offers."""
    require(request.user, "customers.list_customers")
    query = CustomerListForm({"q": request.GET.get("q", "")}).query()
    found = CustomerFilter(query, queryset=customers_for(request.user)).qs.order_by("name")[:20]
    options = [{"value": one.pk, "label": one.name, "hint": one.code} for one in found]
    return render(request, "wb/options.html", {"options": options})


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(customers_for(request.user).select_related("partner"), pk=pk)


def url_of(customer: Customer, tab: str = "") -> str:
    url = reverse("customers:customer-detail", args=[customer.pk])
    return f"{url}?tab={tab}" if tab else url


@require_safe
def customer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or with `HX-Target: customer-tabs` only its tabs and the chosen pane. A double's address leads on to
    the customer that it was merged into.
    """
    require(request.user, "customers.list_customers")
    customer = customers_for(request.user).filter(Q(pk=pk) | Q(merged=pk)).first()
    if customer is None:
        raise Http404
    if customer.pk != pk:
        return redirect(url_of(customer, request.GET.get("tab", "")))
    chosen = _chosen(request.GET.get("tab", ""))
    context = {
        "customer": customer,
        "tabs": [{"label": tab.label, "url": url_of(customer, tab.key), "active": tab is chosen} for tab in tabs()],
        "pane": chosen.provider(request, customer),
        "may_change": can(request.user, "customers.change_customer"),
    }
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    part = htmx and htmx.target == PANE
    return render(request, "customers/customer_tabs.html" if part else "customers/customer_detail.html", context)


def _chosen(key: str) -> Tab:
    known = tabs()
    return next((tab for tab in known if tab.key == key), known[0])


def overview(request: HttpRequest, customer: Customer) -> str:
    """The first tab: facts, what upper apps say, who changed what."""
    context = {
        "customer": customer,
        "care": card_of(request, customer),
        "callers": authorised_callers(request.user, customer.pk),
        "history": told(history(customer)),
    }
    return render_to_string("customers/customer_overview.html", context, request)


# --- Forms ------------------------------------------------------------------------------------------------------------


CUSTOMER_FORMS = Keeping(
    app="customers",
    noun="customer",
    new=gettext_lazy("New customer"),
    changed=gettext_lazy("Change customer"),
    submit=gettext_lazy("Save customer"),
    done=gettext_lazy("Customer saved."),
    made=gettext_lazy("Customer saved. Add its sites, devices and contacts next."),
    create=customers.create,
    change=customers.change,
    version=lambda customer: version_of(customer, customers.FIELDS),
)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_create(request: HttpRequest) -> HttpResponse:
    """Goes on to the sites, which come next."""
    listed = reverse("customers:customer-list")
    crumbs = [{"label": _("Customers"), "url": listed}]
    place = Place(listed, crumbs, goes_to=lambda row: url_of(row, "sites"))
    return CUSTOMER_FORMS.creating(request, CustomerForm(sent(request)), place)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_change(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    return CUSTOMER_FORMS.changing(request, CustomerForm(sent(request), row=customer), tab_of(customer), customer)


def tab_of(customer: Customer, tab: str = "") -> Place:
    """Forms that were opened from a tab of the customer's page go back there."""
    return Place(url_of(customer, tab), crumbs_of(customer, tab))


def crumbs_of(customer: Customer, tab: str = "") -> list[dict[str, str]]:
    return [
        {"label": _("Customers"), "url": reverse("customers:customer-list")},
        {"label": customer.name, "url": url_of(customer, tab)},
    ]
