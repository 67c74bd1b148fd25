"""Acceptance in stages: a certificate is drafted, changed, and signed once and for all [001][003].

Signing makes the PDF file, notes the day on the devices, and starts the warranties whose terms name the stage.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import warranty
from contracts.domain.acceptance_paper import draw_pdf, file_name
from contracts.enums import ACCEPTANCE_FLOW, COVERING_STATES, AcceptanceStage, AcceptanceState
from contracts.models import Acceptance, AcceptanceAsset, Contract
from contracts.queries.acceptance import PARENT, Signed, assets_of, covered_assets, signed_stages
from core import hooks
from core.clock import office_day
from core.domain import attachment, audit
from core.domain.numbering import next_number
from core.errors import InputError, RuleError, StaleError
from core.models import Attachment
from customers.domain import asset as assets_domain
from customers.models import Asset

PREFIX = "AC"
FIELDS = ("stage", "accepted_on", "signatories_theirs", "signatories_ours", "remaining_points")
LONGEST = 4000
MOST_ASSETS = 500


def create(
    *,
    contract: Contract,
    stage: str,
    accepted_on: date,
    assets: Iterable[Asset],
    actor: Any,
    now: datetime,
    signatories_theirs: str = "",
    signatories_ours: str = "",
    remaining_points: str = "",
) -> Acceptance:
    """Draft the certificate of a stage for equipment that a signed contract covers. InputError at the field.

    It gets its number now; nothing starts and nobody is told before it is signed.
    """
    chosen = list(assets)
    acceptance = Acceptance(customer_id=contract.customer_id, contract=contract, created_at=now, created_by=actor)
    values = {
        "stage": stage,
        "accepted_on": accepted_on,
        "signatories_theirs": signatories_theirs,
        "signatories_ours": signatories_ours,
        "remaining_points": remaining_points,
    }
    changes = _set(acceptance, values)
    _check(acceptance, chosen)
    with transaction.atomic():
        acceptance.number = next_number(PREFIX, now)
        acceptance.save(force_insert=True)
        _name(acceptance, chosen)
        _audit(acceptance, "acceptance.create", actor, changes | {"assets": [[], _ids(chosen)]}, now)
    return acceptance


def change(
    acceptance: Acceptance,
    *,
    version: int,
    actor: Any,
    now: datetime,
    assets: Iterable[Asset] | None = None,
    **values: Any,
) -> Acceptance:
    """Change any of `FIELDS` of a draft, and the equipment it names. InputError at the field, StaleError for another
    version, RuleError once it is signed or discarded. Locks the certificate.
    """
    if not set(FIELDS).issuperset(values):
        raise TypeError(f"{sorted(set(values) - set(FIELDS))} cannot be changed")
    with transaction.atomic():
        mine = _locked_draft(acceptance, version)
        before = assets_of(mine)
        chosen = before if assets is None else list(assets)
        changes = _set(mine, values)
        _check(mine, chosen)
        if _ids(chosen) != _ids(before):
            mine.assets.all().delete()
            changes["assets"] = [_ids(before), _ids(chosen)]
        elif not changes:
            return mine
        _name(mine, chosen)
        return _stored(mine, "acceptance.change", actor, changes, now)


def discard(acceptance: Acceptance, *, version: int, actor: Any, now: datetime) -> Acceptance:
    """Give up a draft; its number stays used. StaleError for another version, RuleError once it is signed."""
    with transaction.atomic():
        mine = _locked_draft(acceptance, version)
        ACCEPTANCE_FLOW.check(mine.state, AcceptanceState.DISCARDED)
        mine.state = AcceptanceState.DISCARDED
        return _stored(mine, "acceptance.discard", actor, {"state": ["draft", "discarded"]}, now)


def sign(acceptance: Acceptance, *, version: int, actor: Any, now: datetime) -> Acceptance:
    """Note that both sides have signed: from now on nothing of it changes.

    Stores the PDF file, notes a final acceptance on the devices, and starts the warranties whose terms name this stage
    (`warranty.start_for`). The file is drawn before anything is locked. Locks the contract, then the certificate.
    RuleError for what does not follow on the stages before, InputError at the field, StaleError for another version;
    core.pdf.PdfError with nothing stored.
    """
    _check_draft(acceptance, version)
    _check_signable(acceptance, now)
    data = draw_pdf(acceptance, now, signing_by=actor)
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=acceptance.contract_id)
        mine = _locked_draft(acceptance, version)
        named = _check_signable(mine, now)
        file = _store(mine, data, actor, now)
        mine.state, mine.signed_at, mine.signed_by = AcceptanceState.SIGNED, now, actor
        mine.pdf, mine.pdf_sha256 = file.pk, file.sha256
        mine.assets.update(is_signed=True, stage=mine.stage)
        changes = {"state": ["draft", "signed"], "pdf_sha256": file.sha256}
        _stored(mine, "acceptance.sign", actor, changes, now)
        if mine.stage == AcceptanceStage.FINAL:
            for asset in sorted(named, key=lambda one: one.pk):
                assets_domain.accept(
                    asset=asset, accepted_on=mine.accepted_on, number=mine.number, actor=actor, now=now
                )
        warranty.start_for(mine, actor, now)
        hooks.run_after("contracts.sign_acceptance", acceptance=mine, actor=actor, now=now)
    return mine


# --- What is refused --------------------------------------------------------------------------------------------------


def _check(acceptance: Acceptance, chosen: Sequence[Asset]) -> None:
    """What a draft needs already: a signed contract, a day of its term, equipment that it covers, readable texts."""
    contract = acceptance.contract
    if acceptance.stage not in AcceptanceStage.values:
        raise InputError("invalid", _("Please choose a value from the list."), "stage")
    if contract.state not in COVERING_STATES:
        raise InputError("contract", _("The contract is not signed yet. Nothing can be accepted under it."), "contract")
    _check_day(contract, acceptance.accepted_on)
    _check_assets(contract, chosen)
    for field in ("signatories_theirs", "signatories_ours", "remaining_points"):
        _check_text(getattr(acceptance, field), field)


def _check_day(contract: Contract, day: date) -> None:
    facts = {"number": contract.number, "from": contract.starts_on, "until": contract.ends_on}
    if day < contract.starts_on:
        said = _("Contract %(number)s begins on %(from)s. The acceptance cannot lie before it.")
        raise InputError("before_contract", said % facts, "accepted_on")
    if day > contract.ends_on:
        said = _("Contract %(number)s ended on %(until)s. Please extend it by a supplement first.")
        raise InputError("after_contract", said % facts, "accepted_on")


def _check_assets(contract: Contract, chosen: Sequence[Asset]) -> None:
    if not chosen:
        raise InputError("required", _("Please choose the devices that are accepted."), "assets")
    if len(chosen) > MOST_ASSETS:
        said = _("One certificate names at most %(n)s devices. Please make several.")
        raise InputError("too_many", said % {"n": MOST_ASSETS}, "assets")
    covered = set(covered_assets(contract).values_list("pk", flat=True))
    for asset in chosen:
        if asset.customer_id != contract.customer_id:
            raise InputError("foreign", _("This device does not belong to the customer."), "assets")
        if asset.pk not in covered:
            said = _("%(name)s is not covered by contract %(number)s, or is retired.")
            raise InputError("not_covered", said % {"name": asset.name, "number": contract.number}, "assets")


def _check_text(text: str, field: str) -> None:
    if len(text) > LONGEST:
        raise InputError("too_long", _("Please write at most %(limit)s characters.") % {"limit": LONGEST}, field)
    if any(ord(char) < 32 and char not in "\n\t" for char in text):
        raise InputError("invalid", _("Please remove the characters that cannot be shown."), field)


def _check_signable(acceptance: Acceptance, now: datetime) -> list[Asset]:
    """What the signature needs beyond the draft. The equipment that is named."""
    named = assets_of(acceptance)
    _check(acceptance, named)
    if acceptance.accepted_on > office_day(now):
        raise InputError("future", _("The day of acceptance has not come yet."), "accepted_on")
    for field in ("signatories_theirs", "signatories_ours"):
        if not getattr(acceptance, field).strip():
            raise InputError("required", _("Please name who signs for both sides first."), field)
    _check_order(acceptance, named, signed_stages(acceptance.contract, named))
    return named


def _check_order(acceptance: Acceptance, named: Sequence[Asset], signed: Signed) -> None:
    """Preliminary, trial run, final, each once and none before the day of the one before; the trial may be left out."""
    for asset in named:
        passed = signed.get(asset.pk, {})
        if acceptance.stage in passed:
            _refuse("twice", _("%(name)s passed this stage on %(day)s already."), asset, passed[acceptance.stage])
        if acceptance.stage != AcceptanceStage.PRELIMINARY and AcceptanceStage.PRELIMINARY not in passed:
            _refuse("order", _("%(name)s needs its preliminary acceptance first."), asset)
        if AcceptanceStage.FINAL in passed:
            _refuse("order", _("%(name)s was finally accepted on %(day)s already."), asset, passed["final"])
        last = max(passed.values(), default=acceptance.accepted_on)
        if acceptance.accepted_on < last:
            _refuse("day", _("%(name)s passed the stage before on %(day)s, after this day."), asset, last)


def _refuse(code: str, said: str, asset: Asset, day: date | None = None) -> None:
    raise RuleError(code, said % {"name": asset.name, "day": day}, "assets")


def _check_draft(acceptance: Acceptance, version: int) -> None:
    if acceptance.is_signed:
        raise RuleError("signed", _("This certificate is signed and does not change any more."))
    if not acceptance.is_draft:
        raise RuleError("discarded", _("This certificate was discarded. Please make a new one."))
    if acceptance.version != version:
        current = {field: _plain(getattr(acceptance, field)) for field in FIELDS} | {"version": acceptance.version}
        raise StaleError(_("This entry was changed by someone else. Please check it and save again."), current)


# --- Storing ----------------------------------------------------------------------------------------------------------


def _locked_draft(acceptance: Acceptance, version: int) -> Acceptance:
    locked = Acceptance.objects.select_for_update(of=("self",)).select_related("contract", "customer")
    mine = locked.get(pk=acceptance.pk)
    _check_draft(mine, version)
    return mine


def _set(acceptance: Acceptance, values: dict[str, Any]) -> dict[str, Any]:
    changes = {}
    for field, given in values.items():
        value = _clean(given) if isinstance(given, str) else given
        before = getattr(acceptance, field)
        if before != value:
            changes[field] = [_plain(before), _plain(value)]
        setattr(acceptance, field, value)
    return changes


def _clean(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _ids(assets: Iterable[Asset]) -> list[int]:
    return sorted(asset.pk for asset in assets)


def _name(acceptance: Acceptance, chosen: Iterable[Asset]) -> None:
    """Put the equipment on the certificate; what stands on it already stays, with its stage."""
    acceptance.assets.update(stage=acceptance.stage)
    AcceptanceAsset.objects.bulk_create(
        [
            AcceptanceAsset(
                customer_id=acceptance.customer_id,
                acceptance=acceptance,
                asset=asset,
                contract_id=acceptance.contract_id,
                stage=acceptance.stage,
            )
            for asset in {asset.pk: asset for asset in chosen}.values()
        ],
        ignore_conflicts=True,
    )


def _stored(acceptance: Acceptance, action: str, actor: Any, changes: dict[str, Any], now: datetime) -> Acceptance:
    acceptance.version += 1
    acceptance.save()
    _audit(acceptance, action, actor, changes, now)
    return acceptance


def _store(acceptance: Acceptance, data: bytes, actor: Any, now: datetime) -> Attachment:
    return attachment.store(
        upload=ContentFile(data, name=file_name(acceptance)),
        customer_id=acceptance.customer_id,
        parent_kind=PARENT,
        parent_key=acceptance.number,
        internal=False,
        actor=actor,
        now=now,
    )


def _audit(acceptance: Acceptance, action: str, actor: Any, changes: dict[str, Any], now: datetime) -> None:
    subject = f"{PARENT}:{acceptance.number}"
    audit.record(
        actor=actor, action=action, subject=subject, changes=changes, now=now, customer_id=acceptance.customer_id
    )
