"""The addresses under /api/v1/, in the namespace `api`. Each route has its row in config/access.py."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contracts.api.contract import ContractViewSet
from contracts.api.promise import PromiseViewSet
from core.api.description import DescriptionView
from customers.api.views import AssetViewSet, CustomerViewSet, SiteViewSet
from feedback.api.views import RatingViewSet
from tickets.api.views import TicketViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tickets", TicketViewSet, basename="ticket")
router.register("customers", CustomerViewSet, basename="customer")
router.register("sites", SiteViewSet, basename="site")
router.register("assets", AssetViewSet, basename="asset")
router.register("contracts", ContractViewSet, basename="contract")
router.register("ratings", RatingViewSet, basename="rating")
router.register("promise", PromiseViewSet, basename="promise")

urlpatterns = [
    path("schema/", DescriptionView.as_view({"get": "retrieve"}), name="schema"),
    path("", include(router.urls)),
]
