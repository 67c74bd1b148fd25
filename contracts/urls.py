"""What customers see of their contracts and warranties."""

from django.urls import path

from contracts.views import portal

app_name = "contracts"

urlpatterns = [
    path("portal/contracts/", portal.contract_list, name="portal-contract-list"),
]
