"""Where the customers' equipment stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.domain.record import version_of
from core.permissions import can
from core.views.edit import Keeping, sent
from customers.domain import site as sites
from customers.forms.site import SiteForm
from customers.models import Customer
from customers.queries.column import ASSETS, cells_of, columns_of
from customers.queries.customer import assets_for, sites_for
from customers.views.customer import customer_or_404, tab_of

TAB = "sites"
MOST_SHOWN = 200


def site_tab(request: HttpRequest, customer: Customer) -> str:
    """The sites with their devices; two statements and one for each source of columns."""
    listed = sites_for(request.user).filter(customer=customer).select_related("service_center").order_by("name", "pk")
    found = assets_for(request.user).filter(customer=customer).order_by("name", "pk")
    assets = list(found[: MOST_SHOWN + 1])
    cells = cells_of(ASSETS, request.user, [one.pk for one in assets])
    rows: dict[int, list[dict[str, Any]]] = {}
    for asset in assets[:MOST_SHOWN]:
        rows.setdefault(asset.site_id, []).append({"asset": asset, "cells": cells[asset.pk]})
    context = {
        "customer": customer,
        "columns": columns_of(ASSETS),
        "places": [{"site": site, "rows": rows.get(site.pk, [])} for site in listed],
        "has_more": len(assets) > MOST_SHOWN,
        "may": {act: can(request.user, f"customers.{act}") for act in ("create_site", "change_site", "create_asset")},
    }
    return render_to_string("customers/site_tab.html", context, request)


SITES = Keeping(
    app="customers",
    noun="site",
    new=gettext_lazy("New site"),
    changed=gettext_lazy("Change site"),
    submit=gettext_lazy("Save site"),
    done=gettext_lazy("Site saved."),
    create=sites.create,
    change=sites.change,
    version=lambda site: version_of(site, sites.FIELDS),
)


@require_http_methods(["GET", "HEAD", "POST"])
def site_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new site of the customer `pk`."""
    customer = customer_or_404(request, pk)
    return SITES.creating(request, SiteForm(sent(request)), tab_of(customer, TAB), customer=customer)


@require_http_methods(["GET", "HEAD", "POST"])
def site_change(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(sites_for(request.user).select_related("customer"), pk=pk)
    return SITES.changing(request, SiteForm(sent(request), row=site), tab_of(site.customer, TAB), site)
