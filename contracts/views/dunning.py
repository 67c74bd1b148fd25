"""Taking the next step of asking for overdue money."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.domain import dunning
from contracts.enums import DunningKind
from contracts.forms.money import DunningForm, NoForm
from contracts.views.payment import money_form, payment_or_404
from core.permissions import require
from core.views.edit import sent


@require_http_methods(["GET", "HEAD", "POST"])
def dunning_create(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A letter (its PDF is made and kept), a call or legal steps for the instalment `pk`."""
    payment = payment_or_404(request, pk)
    if kind not in DunningKind.values:
        raise Http404
    require(request.user, "contracts.take_dunning", payment)
    title, submit, done = _words(kind)
    form = NoForm if kind == DunningKind.LETTER else DunningForm
    return money_form(
        request,
        payment.contract,
        form(sent(request)),
        lambda values, now: dunning.take(payment=payment, kind=kind, actor=request.user, now=now, **values),
        title=title % {"number": payment.number, "what": payment.what},
        submit=submit,
        done=done,
    )


def _words(kind: str) -> tuple[str, str, str]:
    return {
        DunningKind.LETTER: (
            _("Reminder letter for instalment %(number)s · %(what)s"),
            _("Make the letter"),
            _("The letter is ready as PDF beside the instalment."),
        ),
        DunningKind.CALL: (
            _("Call about instalment %(number)s · %(what)s"),
            _("Save the call"),
            _("Call saved."),
        ),
        DunningKind.LEGAL: (
            _("Legal steps for instalment %(number)s · %(what)s"),
            _("Save legal steps"),
            _("Legal steps saved."),
        ),
    }[DunningKind(kind)]
