"""The labels on the devices: a code that leads to the page where whoever stands before the device reports a fault."""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.permissions import require
from customers.models import Asset
from customers.queries.customer import assets_for, sites_for

QUIET = 4
MOST_LABELS = 200


@dataclass(frozen=True)
class Label:
    """What is printed: the device and its code, `path` in a square of `size` modules."""

    asset: Asset
    url: str
    path: str
    size: int


def label_url(request: HttpRequest, asset: Asset) -> str:
    """The address on the label, as people reach this installation from outside."""
    base = settings.BASE_URL or f"{request.scheme}://{request.get_host()}"
    return f"{base}/d/{asset.label_key}/"


def label_of(request: HttpRequest, asset: Asset) -> Label:
    url = label_url(request, asset)
    rows = [list(row) for row in segno.make_qr(url, error="m").matrix]
    return Label(asset, url, drawn(rows), len(rows) + 2 * QUIET)


def drawn(rows: list[list[int]]) -> str:
    """The dark modules as the path of an SVG, one rectangle for each run in a row, with the quiet zone around."""
    parts = []
    for y, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and bool(row[end]) == bool(row[start]):
                end += 1
            if row[start]:
                parts.append(f"M{start + QUIET} {y + QUIET}h{end - start}v1H{start + QUIET}z")
            start = end
    return "".join(parts)


@require_safe
def asset_label(request: HttpRequest, pk: int) -> HttpResponse:
    """One label to print."""
    require(request.user, "customers.list_assets")
    asset = get_object_or_404(assets_for(request.user).select_related("product", "site__customer"), pk=pk)
    return _sheet(
        request,
        [asset],
        _("Label of %(name)s") % {"name": asset.name},
        reverse("customers:asset-detail", args=[asset.pk]),
    )


@require_safe
def site_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """The labels of a site on A4."""
    require(request.user, "customers.list_assets")
    site = get_object_or_404(sites_for(request.user).select_related("customer"), pk=pk)
    standing = assets_for(request.user).select_related("product", "site__customer").filter(site=site)
    listed = list(standing.order_by("name", "pk")[:MOST_LABELS])
    title = _("Labels of %(name)s") % {"name": f"{site.customer.short_name} {site.name}"}
    return _sheet(request, listed, title, reverse("customers:customer-detail", args=[site.customer_id]) + "?tab=sites")


def _sheet(request: HttpRequest, assets: list[Asset], title: str, back_url: str) -> HttpResponse:
    context = {"labels": [label_of(request, asset) for asset in assets], "title": title, "back_url": back_url}
    return render(request, "customers/label_sheet.html", context)
