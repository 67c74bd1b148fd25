"""A report by somebody without a login, who stands before a device and has read the code on its label."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.domain import throttle
from core import clock
from core.errors import InputError
from customers.models import Asset
from customers.queries.asset import asset_by_label
from tickets.domain.portal_report import report_by_label
from tickets.forms.portal_device import DeviceForm
from tickets.queries.portal_asset import sees_asset
from tickets.views.portal_follow import allow, throttled


@require_http_methods(["GET", "HEAD", "POST"])
def device_report(request: HttpRequest, key: str) -> HttpResponse:
    """The device and a short form. A contact who sees the device goes to the full one."""
    asset = asset_by_label(key)
    if asset is None or not asset.customer.is_active:
        raise Http404
    if request.method == "POST":
        return _send(request, asset)
    if sees_asset(request.user, asset):
        return redirect(f"{reverse('tickets:portal-report')}?device={asset.pk}")
    return _page(request, asset, DeviceForm())


def _send(request: HttpRequest, asset: Asset) -> HttpResponse:
    address: str = request.client_ip  # type: ignore[attr-defined]  # set by the access middleware
    if not throttle.take(f"device-report:{address}", f"device-report:{asset.pk}"):
        return throttled(request)
    form = DeviceForm(request.POST, request.FILES)
    if form.is_trapped:
        return redirect("tickets:follow")
    if not form.is_valid():
        return _page(request, asset, form, 422)
    now, key = clock.now(), request.POST.get("idempotency_key", "")
    try:
        ticket = report_by_label(
            asset=asset, key=key, facts=form.report(asset), uploads=form.cleaned_data["attachments"], now=now
        )
    except InputError as error:
        field = "words" if error.field in ("subject", "description") else error.field
        form.add_error(field if field in form.fields else None, error.message)
        return _page(request, asset, form, 422)
    allow(request, ticket.number, now)
    return redirect("tickets:follow-case", number=ticket.number)


def _page(request: HttpRequest, asset: Asset, form: Any, status: int = 200) -> HttpResponse:
    context = {"form": form, "product": asset.product.name, "name": asset.name, "serial": asset.serial[-4:]}
    return render(request, "tickets/portal_device.html", context, status=status)
