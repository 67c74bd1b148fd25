"""What partners promise us, on the partner's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from contracts.domain import partner_agreement as agreements
from contracts.domain.promise_words import promised, set_name, sets_in_force
from contracts.forms.partner_agreement import PartnerAgreementForm
from contracts.queries.partner_agreement import partner_agreements_for
from contracts.views.words import today
from core import clock
from core.permissions import can
from core.views.edit import Keeping, Place, sent
from customers.models import Partner
from customers.queries.partner import partners_for

AGREEMENTS = Keeping(
    app="contracts",
    noun="partner_agreement",
    new=gettext_lazy("New agreement"),
    changed=gettext_lazy("Change agreement"),
    submit=gettext_lazy("Save agreement"),
    done=gettext_lazy("Agreement saved."),
    create=agreements.create,
    change=agreements.change,
    version=agreements.version_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_agreement_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new agreement with the partner `pk`."""
    partner = get_object_or_404(partners_for(request.user), pk=pk)
    return AGREEMENTS.creating(request, PartnerAgreementForm(sent(request)), _place(partner), partner=partner)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_agreement_change(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = get_object_or_404(partner_agreements_for(request.user), pk=pk)
    form = PartnerAgreementForm(sent(request), row=agreement)
    return AGREEMENTS.changing(request, form, _place(agreement.partner), agreement)


def partner_panel(request: HttpRequest, partner: Partner) -> str:
    """The agreements with a partner, the latest first, and what the sets promise; three statements."""
    day, now = today(), clock.now()
    listed = list(partner_agreements_for(request.user).filter(partner=partner).order_by("-starts_on", "-pk"))
    sets = sets_in_force({one.promise_set_id for one in listed}, now)
    shown = []
    for one in listed:
        found, held = sets.get(one.promise_set_id), one.starts_on <= day <= one.ends_on
        tables = promised(found, locality="local", distance_km=0, now=now) if found and held else []
        shown.append({"agreement": one, "is_held": held, "name": found and set_name(found), "tables": tables})
    context = {
        "agreements": shown,
        "partner": partner,
        "may_create": can(request.user, "contracts.create_partner_agreement"),
        "may_change": can(request.user, "contracts.change_partner_agreement"),
    }
    return render_to_string("contracts/partner_panel.html", context, request)


def _place(partner: Partner) -> Place:
    url = reverse("customers:partner-detail", args=[partner.pk])
    listed = {"label": _("Partners"), "url": reverse("customers:partner-list")}
    return Place(url, [listed, {"label": partner.name, "url": url}])
