"""What missed promises cost us under a contract."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.domain import contract as contracts
from contracts.forms.liability import LiabilityForm
from contracts.models import Contract
from contracts.views.contract_link import contract_or_404
from contracts.views.payment import money_form
from core.permissions import require
from core.views.edit import sent


@require_http_methods(["GET", "HEAD", "POST"])
def liability_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The clause of the contract `pk`."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.change_liability", contract)
    form = LiabilityForm(sent(request), row=contract)

    def save(values: dict[str, Any], now: datetime) -> Contract:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
        contracts.change(contract=contract, liability=form.liability(), version=version, actor=request.user, now=now)
        return contract

    return money_form(
        request,
        contract,
        form,
        save,
        title=_("Liability clause"),
        submit=_("Save clause"),
        done=_("Liability clause saved."),
        row=contract,
        version=lambda: str(contract.version),
        template="contracts/liability_form.html",
    )
