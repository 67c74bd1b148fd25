from contracts.models.acceptance import Acceptance, AcceptanceAsset
from contracts.models.calendar import CalendarVersion, Holiday, ServiceCalendar
from contracts.models.calendar_draft import CalendarDraft
from contracts.models.contract import Contract, ContractLine
from contracts.models.contract_copy import ContractCopy
from contracts.models.contract_review import ContractReview
from contracts.models.document_file import DocumentFile
from contracts.models.dunning import DunningStep
from contracts.models.invoice import Invoice
from contracts.models.obligation import Obligation, ObligationDone, ObligationMiss
from contracts.models.partner_agreement import PartnerAgreement
from contracts.models.payment import Payment
from contracts.models.promise_set import PromiseDraft, PromiseSet, PromiseVersion
from contracts.models.quota import Quota, QuotaDraw
from contracts.models.receipt import Receipt
from contracts.models.renewal import RenewalNotice
from contracts.models.supplement import Supplement, SupplementLine
from contracts.models.terms import WarrantyTerms
from contracts.models.warranty import Warranty

__all__ = [
    "Acceptance",
    "AcceptanceAsset",
    "CalendarDraft",
    "CalendarVersion",
    "Contract",
    "ContractCopy",
    "ContractLine",
    "ContractReview",
    "DocumentFile",
    "DunningStep",
    "Holiday",
    "Invoice",
    "Obligation",
    "ObligationDone",
    "ObligationMiss",
    "Payment",
    "PartnerAgreement",
    "PromiseDraft",
    "PromiseSet",
    "PromiseVersion",
    "RenewalNotice",
    "Quota",
    "QuotaDraw",
    "Receipt",
    "ServiceCalendar",
    "Supplement",
    "SupplementLine",
    "Warranty",
    "WarrantyTerms",
]
