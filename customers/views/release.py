"""New versions of software: the list, one version with who has it and who has not, telling and installing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import RuleError
from core.permissions import can, require
from customers.domain import release as releases
from customers.domain.record import version_of
from customers.domain.version import is_older
from customers.filters import ReleaseFilter
from customers.forms.release import InstallForm, ReleaseForm, ReleaseListForm
from customers.models import Release
from customers.queries.release import (
    customers_of,
    entitled_to,
    listed_releases_for,
    notices_of,
    receivers_of,
    releases_for,
    seen_of,
)
from customers.views.edit import Keeping, Place, sent

A_PAGE = 50
MOST_SHOWN = 300


RELEASE = Keeping(
    app="customers",
    noun="release",
    new=gettext_lazy("New version"),
    changed=gettext_lazy("Change version"),
    submit=gettext_lazy("Save version"),
    done=gettext_lazy("Version saved."),
    create=releases.create,
    change=releases.change,
    version=lambda row: version_of(row, releases.FIELDS),
)


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.list_releases")
    form = ReleaseListForm(request.GET)
    query = form.query()
    found: Any = ReleaseFilter(query, queryset=listed_releases_for(request.user)).qs
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "filters": form,
        "reset_url": reverse("customers:release-list") if query else "",
        "may_create": can(request.user, "customers.create_release"),
    }
    return render(request, "customers/release_list.html", context)


@require_safe
def release_detail(request: HttpRequest, pk: int) -> HttpResponse:
    release = visible(request, pk)
    require(request.user, "customers.list_releases")
    context = {
        "release": release,
        **_devices(request, release),
        "may_change": can(request.user, "customers.change_release"),
        "may_install": can(request.user, "customers.install_release"),
    }
    if can(request.user, "customers.tell_release"):
        context |= _told(release)
    return render(request, "customers/release_detail.html", context)


def _devices(request: HttpRequest, release: Release) -> dict[str, Any]:
    """The installed ones that the person sees: those that run an older version first."""
    groups: dict[str, list[Any]] = {"older": [], "unknown": [], "newer": []}
    for asset in seen_of(request.user, release.product)[: MOST_SHOWN + 1]:
        version = asset.software_version
        groups["older" if is_older(version, release.number) else "newer" if version else "unknown"].append(asset)
    shown = [*groups["older"], *groups["unknown"]]
    return {
        "behind": shown[:MOST_SHOWN],
        "older": len(groups["older"]),
        "unknown": len(groups["unknown"]),
        "current": len(groups["newer"]),
        "has_more": sum(map(len, groups.values())) > MOST_SHOWN,
    }


def _told(release: Release) -> dict[str, Any]:
    """Every customer with the product: whether they have a right to the version, and when they were told."""
    customers, entitled, notices = customers_of(release.product), entitled_to(release), notices_of(release)
    waiting = entitled - notices.keys()
    receivers = receivers_of(waiting)
    rows = [
        {
            "customer": customer,
            "entitled": customer.pk in entitled,
            "notice": notices.get(customer.pk),
            "receivers": receivers.get(customer.pk, []),
        }
        for customer in customers
    ]
    return {"rows": rows, "may_tell": True, "waiting": len(receivers), "unreachable": len(waiting) - len(receivers)}


@require_http_methods(["GET", "HEAD", "POST"])
def release_create(request: HttpRequest) -> HttpResponse:
    form = ReleaseForm(sent(request), initial={"product": request.GET.get("product", "")})
    return RELEASE.creating(request, form, Place(_listed(), _crumbs(), goes_to=url_of))


@require_http_methods(["GET", "HEAD", "POST"])
def release_change(request: HttpRequest, pk: int) -> HttpResponse:
    release = visible(request, pk)
    place = Place(url_of(release), [*_crumbs(), {"label": str(release.number), "url": url_of(release)}])
    return RELEASE.changing(request, ReleaseForm(sent(request), row=release), place, release)


@require_POST
def release_tell(request: HttpRequest, pk: int) -> HttpResponse:
    release = visible(request, pk)
    require(request.user, "customers.tell_release", release)
    told = len(releases.tell(release=release, actor=request.user, now=clock.now()))
    said = ngettext("%(n)s customer is told by mail.", "%(n)s customers are told by mail.", told)
    messages.success(request, said % {"n": told})
    return redirect(url_of(release))


@require_POST
def release_install(request: HttpRequest, pk: int) -> HttpResponse:
    release = visible(request, pk)
    require(request.user, "customers.install_release", release)
    form = InstallForm(request.POST, seen=seen_of(request.user, release.product))
    if not form.is_valid():
        messages.error(request, _("Please choose the devices from the list once more."))
        return redirect(url_of(release))
    values = form.cleaned_data
    try:
        fresh = releases.install(
            release=release, chosen=values["assets"], note=values["note"], actor=request.user, now=clock.now()
        )
    except RuleError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("Noted on %(n)s device.", "Noted on %(n)s devices.", fresh)
        messages.success(request, said % {"n": fresh})
    return redirect(url_of(release))


def visible(request: HttpRequest, pk: int) -> Release:
    return get_object_or_404(releases_for(request.user), pk=pk)


def url_of(release: Release) -> str:
    return reverse("customers:release-detail", args=[release.pk])


def _listed() -> str:
    return reverse("customers:release-list")


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Software versions"), "url": _listed()}]
