"""S09 and S10: the list of customers, and all about one of them."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.permissions import can, require
from customers.domain import customer as customers
from customers.domain.record import version_of
from customers.filters import CustomerFilter
from customers.forms.customer import CustomerForm
from customers.forms.listing import CustomerListForm
from customers.models import Customer
from customers.queries.column import CUSTOMERS, Column, cells_of, columns_of
from customers.queries.customer import customers_for
from customers.queries.customer_page import history
from customers.queries.tab import Tab, tabs
from customers.views.edit import Editing, edit, sent
from customers.views.history import told

A_PAGE = 50
OWN_ORDER = {"name": "name", "code": "code", "industry": "industry"}
PANE = "customer-tabs"


@require_safe
def customer_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.list_customers")
    form = CustomerListForm(request.GET)
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
    return get_object_or_404(customers_for(request.user), pk=pk)


def url_of(customer: Customer, tab: str = "") -> str:
    url = reverse("customers:customer-detail", args=[customer.pk])
    return f"{url}?tab={tab}" if tab else url


@require_safe
def customer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or with `HX-Target: customer-tabs` only its tabs and the chosen pane."""
    require(request.user, "customers.list_customers")
    customer = customer_or_404(request, pk)
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
    context = {"customer": customer, "history": told(history(customer))}
    return render_to_string("customers/customer_overview.html", context, request)


# --- Forms ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def customer_create(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.create_customer")

    def save(values: dict[str, Any], now: datetime) -> Customer:
        return customers.create(**values, actor=request.user, now=now)

    listed = reverse("customers:customer-list")
    return edit(
        request,
        Editing(
            title=_("New customer"),
            submit=_("Save customer"),
            done=_("Customer saved. Add its sites, devices and contacts next."),
            form=CustomerForm(sent(request)),
            save=save,
            goes_to=lambda row: url_of(row, "sites"),
            back_url=listed,
            crumbs=[{"label": _("Customers"), "url": listed}],
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def customer_change(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    require(request.user, "customers.change_customer", customer)

    def save(values: dict[str, Any], now: datetime) -> Customer:
        version = request.POST.get("version", "")
        customers.change(customer=customer, version=version, actor=request.user, now=now, **values)
        return customer

    return edit(
        request,
        Editing(
            title=_("Change customer"),
            submit=_("Save customer"),
            done=gettext_lazy("Customer saved."),
            form=CustomerForm(sent(request), row=customer),
            save=save,
            goes_to=url_of,
            back_url=url_of(customer),
            crumbs=crumbs_of(customer),
            row=customer,
            version=lambda: version_of(customer, customers.FIELDS),
        ),
    )


def crumbs_of(customer: Customer, tab: str = "") -> list[dict[str, str]]:
    return [
        {"label": _("Customers"), "url": reverse("customers:customer-list")},
        {"label": customer.name, "url": url_of(customer, tab)},
    ]
