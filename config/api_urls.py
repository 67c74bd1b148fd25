"""The addresses under /api/v1/, in the namespace `api`. Each route has its row in config/access.py."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.views import ServiceCenterViewSet
from contracts.api.acceptance import AcceptanceViewSet
from contracts.api.calendar import CalendarViewSet, HolidayViewSet
from contracts.api.contract import ContractActViewSet, ContractViewSet, SupplementViewSet
from contracts.api.coverage import CoverageViewSet
from contracts.api.document import DocumentViewSet
from contracts.api.entitlement import ObligationViewSet, QuotaViewSet
from contracts.api.money import AgeingViewSet, InvoiceViewSet, PaymentViewSet, ReceiptViewSet
from contracts.api.promise import PromiseViewSet
from contracts.api.promise_set import PromiseDraftViewSet, PromiseSetViewSet
from core.api.description import DescriptionView
from customers.api.asset import AssetViewSet, ProductViewSet, ReleaseViewSet
from customers.api.secret import SecretViewSet
from customers.api.views import (
    CarePlanViewSet,
    ContactViewSet,
    CustomerViewSet,
    PartnerViewSet,
    SiteViewSet,
)
from feedback.api.views import RatingViewSet
from reports.api.penalty import PenaltyViewSet
from reports.api.simulation import SimulationViewSet
from tickets.api.reapply import ReapplicationViewSet
from tickets.api.views import TicketViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tickets", TicketViewSet, basename="ticket")
router.register("customers", CustomerViewSet, basename="customer")
router.register("sites", SiteViewSet, basename="site")
router.register("contacts", ContactViewSet, basename="contact")
router.register("partners", PartnerViewSet, basename="partner")
router.register("care-plans", CarePlanViewSet, basename="care-plan")
router.register("service-centers", ServiceCenterViewSet, basename="service-center")
router.register("assets", AssetViewSet, basename="asset")
router.register("products", ProductViewSet, basename="product")
router.register("releases", ReleaseViewSet, basename="release")
router.register("acceptances", AcceptanceViewSet, basename="acceptance")
router.register("access-data", SecretViewSet, basename="secret")
router.register("contracts", ContractActViewSet, basename="contract-act")
router.register("contracts", ContractViewSet, basename="contract")
router.register("contract-documents", DocumentViewSet, basename="contract-document")
router.register("supplements", SupplementViewSet, basename="supplement")
router.register("obligations", ObligationViewSet, basename="obligation")
router.register("quotas", QuotaViewSet, basename="quota")
router.register("payments", PaymentViewSet, basename="payment")
router.register("receipts", ReceiptViewSet, basename="receipt")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("ageing", AgeingViewSet, basename="ageing")
router.register("penalties", PenaltyViewSet, basename="penalty")
router.register("simulations", SimulationViewSet, basename="simulation")
router.register("ratings", RatingViewSet, basename="rating")
router.register("promise", PromiseViewSet, basename="promise")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("holidays", HolidayViewSet, basename="holiday")
router.register("reapplications", ReapplicationViewSet, basename="reapplication")
router.register("coverage", CoverageViewSet, basename="coverage")
router.register("promise-sets", PromiseSetViewSet, basename="promise-set")
router.register("promise-drafts", PromiseDraftViewSet, basename="promise-draft")

urlpatterns = [
    path("schema/", DescriptionView.as_view({"get": "retrieve"}), name="schema"),
    path("", include(router.urls)),
]
