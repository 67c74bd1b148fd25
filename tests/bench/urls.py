"""The product's addresses, and three more behind the same doors that do nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import access

ENDPOINT = "bench/api/"  # the namespace is that of the product's API, so it cannot be reversed


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


def shell(request: HttpRequest) -> HttpResponse:
    return render(request, "base_desk.html")


class Endpoint(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response(request.data, status=201)


access.ACCESS |= {"bench-page": access.STAFF, "bench-shell": access.STAFF, "api:bench-endpoint": access.API}

urlpatterns = [
    path("", include("config.urls")),
    path("bench/page/", page, name="bench-page"),
    path("bench/shell/", shell, name="bench-shell"),
    path(ENDPOINT, include(([path("", Endpoint.as_view(), name="bench-endpoint")], "api"))),
]
