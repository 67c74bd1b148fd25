"""The labels on the devices: a code that leads to the page where whoever stands before the device reports a fault."""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core import pdf
from core.language import language_code
from core.permissions import require
from customers.forms.label import LabelForm
from customers.models import Asset
from customers.queries.customer import assets_for, sites_for

QUIET = 4
MOST_LABELS = 210
A_PAGE = 21


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


@require_safe
def label_pdf(request: HttpRequest) -> HttpResponse:
    """The labels of `?site=`, or of the chosen `?asset=`, as a PDF file: 3 × 7 of 63.5 × 38.1 mm on each A4 page."""
    require(request.user, "customers.list_assets")
    form = LabelForm(request.GET, request.user)
    if not form.is_valid():
        raise Http404
    wanted = form.chosen().select_related("product", "site__customer").order_by("site__name", "name", "pk")
    listed = list(wanted[: MOST_LABELS + 1])
    if not listed or len(listed) > MOST_LABELS:
        return _refused(request, form, len(listed))
    labels = [label_of(request, asset) for asset in listed]
    sheets = [labels[start : start + A_PAGE] for start in range(0, len(labels), A_PAGE)]
    data = pdf.render("customers/label_pdf.html", {"sheets": sheets}, language=language_code())
    response = HttpResponse(data, content_type="application/pdf")
    name = _("Labels %(name)s.pdf") % {"name": listed[0].site.name}
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _refused(request: HttpRequest, form: LabelForm, found: int) -> HttpResponse:
    """Back to where the devices were chosen, with the reason."""
    if found:
        said = ngettext("At most %(n)s label at once.", "At most %(n)s labels at once.", MOST_LABELS)
        messages.error(request, said % {"n": MOST_LABELS} + " " + _("Please choose single devices."))
    else:
        messages.error(request, _("Please choose the devices first."))
    site = form.cleaned_data["site"]
    return redirect("customers:site-tree", site.pk) if site else redirect("customers:asset-list")
