"""The acts of a contract's life, each a small form in a dialog or on a page of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.domain import contract as contracts
from contracts.domain import contract_copy, contract_review, document_file, renewal
from contracts.forms.contract import DepartmentsForm, FileForm, RenewForm, ReviewForm, SignForm, TerminateForm
from contracts.models import Contract, ContractCopy, ContractReview
from contracts.views.contract_link import contract_or_404, crumbs_of, url_of_contract
from contracts.views.words import today
from core import clock
from core.errors import RuleError, StaleError
from core.forms import MasterForm
from core.permissions import require
from core.views.edit import Editing, edit, sent

FORM = ["GET", "HEAD", "POST"]
Save = Callable[[dict[str, Any], datetime], Any]


def act_form(
    request: HttpRequest,
    contract: Contract,
    form: MasterForm,
    save: Save,
    *,
    title: str,
    submit: str,
    done: str,
    goes_to: Callable[[Any], str] | None = None,
    **more: Any,
) -> HttpResponse:
    """One act on a contract; done, its page is shown. Whoever acts on an outdated page is told so above the form."""

    def tried(values: dict[str, Any], now: datetime) -> Any:
        try:
            return save(values, now) or contract
        except StaleError as error:
            raise RuleError("stale", error.message) from error

    editing = Editing(
        title=title,
        submit=submit,
        done=done,
        form=form,
        save=tried,
        goes_to=goes_to or (lambda row: url_of_contract(contract)),
        back_url=url_of_contract(contract),
        crumbs=crumbs_of(contract),
        version=lambda: str(contract.version),
        **more,
    )
    return edit(request, editing)


def version_sent(request: HttpRequest) -> int:
    """The version that the form was drawn with; one that is no number is no present one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


@require_http_methods(FORM)
def contract_submit(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.submit_contract", contract)
    asked = ContractReview.objects.filter(contract=contract, round=contract.round).values_list("department", flat=True)

    def save(values: dict[str, Any], now: datetime) -> None:
        version = version_sent(request)
        contract_review.submit(contract=contract, version=version, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        DepartmentsForm(sent(request), initial={"departments": list(asked)}),
        save,
        title=_("Ask departments"),
        submit=_("Ask for review"),
        done=_("The departments have been asked."),
    )


@require_http_methods(FORM)
def review_decide(request: HttpRequest, pk: int, review: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    mine = get_object_or_404(contract.reviews.select_related("department", "contract__customer"), pk=review)
    require(request.user, "contracts.review_contract", mine)

    def save(values: dict[str, Any], now: datetime) -> None:
        approves = values.pop("approves") == "yes"
        contract_review.decide(review=mine, approves=approves, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        ReviewForm(sent(request)),
        save,
        title=_("Review of %(department)s") % {"department": mine.department.name},
        submit=_("Save review"),
        done=_("Review saved."),
    )


@require_POST
def contract_approve(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.approve_contract", contract)
    contracts.approve(contract=contract, version=version_sent(request), actor=request.user, now=clock.now())
    messages.success(request, _("Contract approved. It can be signed now."))
    return redirect(url_of_contract(contract))


@require_http_methods(FORM)
def contract_sign(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.sign_contract", contract)

    def save(values: dict[str, Any], now: datetime) -> None:
        given = values | {"today": today(), "version": version_sent(request)}
        contracts.sign(contract=contract, actor=request.user, now=now, **given)

    return act_form(
        request,
        contract,
        SignForm(sent(request), initial={"signed_on": today()}),
        save,
        title=_("Signed by both sides"),
        submit=_("Note the signature"),
        done=_("Signature noted."),
    )


@require_http_methods(FORM)
def contract_terminate(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.terminate_contract", contract)

    def save(values: dict[str, Any], now: datetime) -> None:
        version = version_sent(request)
        contracts.terminate(contract=contract, version=version, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        TerminateForm(sent(request), initial={"last_day": today()}),
        save,
        title=_("End the contract early"),
        submit=_("End contract"),
        done=_("The contract ends on that day."),
    )


@require_http_methods(FORM)
def contract_renew(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.renew_contract", contract)
    starts_on, ends_on = renewal.next_term(contract)

    def save(values: dict[str, Any], now: datetime) -> Contract:
        return renewal.renew(contract=contract, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        RenewForm(sent(request), initial={"starts_on": starts_on, "ends_on": ends_on}),
        save,
        title=_("Renew contract"),
        submit=_("Make the next draft"),
        done=_("The next contract is drafted. Please check it."),
        goes_to=url_of_contract,
    )


@require_http_methods(FORM)
def file_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a document; `?title=` adds the next version of one."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.add_file_contract", contract)
    form = FileForm(sent(request), initial={"title": request.GET.get("title", ""), "kind": request.GET.get("kind", "")})
    form.files = request.FILES

    def save(values: dict[str, Any], now: datetime) -> None:
        internal = not values.pop("shown_to_customer")
        document_file.add(contract=contract, internal=internal, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        form,
        save,
        title=_("Add document"),
        submit=_("Save document"),
        done=_("Document saved."),
        template="contracts/contract_file_form.html",
    )


@require_http_methods(FORM)
def copy_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Send copies; `?supplement=` of a signed supplement."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.send_copy_contract", contract)
    number = request.GET.get("supplement", "")
    supplement = get_object_or_404(contract.supplements, number=int(number)) if number.isdecimal() else None

    def save(values: dict[str, Any], now: datetime) -> None:
        contract_copy.send(contract=contract, supplement=supplement, actor=request.user, now=now, **values)

    return act_form(
        request,
        contract,
        DepartmentsForm(sent(request)),
        save,
        title=_("Send copies"),
        submit=_("Send copies"),
        done=_("The departments are asked to acknowledge their copy."),
    )


@require_POST
def copy_acknowledge(request: HttpRequest, pk: int, copy: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    held = get_object_or_404(ContractCopy.objects.select_related("department", "contract"), pk=copy, contract=contract)
    require(request.user, "contracts.acknowledge_copy", held)
    contract_copy.acknowledge(copy=held, actor=request.user, now=clock.now())
    messages.success(request, _("Copy acknowledged."))
    return redirect(url_of_contract(contract))
