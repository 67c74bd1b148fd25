"""Our own offices, as settings."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain import service_center as service_centers
from accounts.forms.service_center import ServiceCenterForm
from accounts.queries.service_center import service_centers_for
from core.permissions import can, require
from core.views.edit import Keeping, Place, sent

A_PAGE = 50
CENTERS = Keeping(
    app="accounts",
    noun="service_center",
    new=gettext_lazy("New service centre"),
    changed=gettext_lazy("Change service centre"),
    submit=gettext_lazy("Save service centre"),
    done=gettext_lazy("Service centre saved. The estimates of its sites are up to date."),
    made=gettext_lazy("Service centre saved."),
    create=service_centers.create,
    change=service_centers.change,
    version=service_centers.version_of,
)


@require_safe
def service_center_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "accounts.list_service_centers")
    listed = service_centers_for(request.user).order_by("-is_active", "name", "pk")
    context = {
        "page_obj": Paginator(listed, A_PAGE).get_page(request.GET.get("page")),
        "may_create": can(request.user, "accounts.create_service_center"),
    }
    return render(request, "accounts/service_center_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def service_center_create(request: HttpRequest) -> HttpResponse:
    return CENTERS.creating(request, ServiceCenterForm(sent(request)), _place())


@require_http_methods(["GET", "HEAD", "POST"])
def service_center_change(request: HttpRequest, pk: int) -> HttpResponse:
    center = get_object_or_404(service_centers_for(request.user), pk=pk)
    return CENTERS.changing(request, ServiceCenterForm(sent(request), row=center), _place(), center)


def _place() -> Place:
    listed = reverse("accounts:service-center-list")
    return Place(listed, [{"label": _("Service centres"), "url": listed}])
