"""The documents of contracts: listed, fetched, and added; the same title again is the next version of a document."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain import document_file
from contracts.enums import DocumentKind
from contracts.filters import DocumentFilter
from contracts.models import DocumentFile
from contracts.queries.contract import contracts_for
from contracts.queries.document_file import documents_for
from core.api.fields import Choice, Strict, Text, existing
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows
from core.domain.idempotency import Answer
from core.domain.upload import MB, VIDEO_LIMIT
from core.models import Attachment
from core.permissions import require
from core.views.attachment import file_response


class DocumentRow(serializers.ModelSerializer[DocumentFile]):
    contract = serializers.CharField(source="contract.number", read_only=True)

    class Meta:
        model = DocumentFile
        fields = ("id", "contract", "kind", "title", "number", "internal", "name", "size", "note", "created_at")
        read_only_fields = fields


class DocumentBody(Strict):
    contract = Text(max_length=40, help_text=_("The number of the contract."))
    kind = Choice(choices=DocumentKind.choices)
    title = Text(max_length=80)
    note = Text(required=False, allow_blank=True, max_length=200)
    internal = serializers.BooleanField(default=True, help_text=_("Kept from the customer."))
    file = serializers.FileField(allow_empty_file=True, use_url=False)


@extend_schema_view(
    list=extend_schema(summary=_("List the documents of contracts")),
    retrieve=extend_schema(summary=_("Read what a document is")),
)
class DocumentViewSet(ReadOnlyRows):
    tag = "contracts"
    queryset = DocumentFile.objects.none()
    serializer_class = DocumentRow
    filterset_class = DocumentFilter
    parser_classes = (MultiPartParser,)
    lookup_value_converter = "int"
    largest_body = {"create": VIDEO_LIMIT + MB}
    permission_of = dict.fromkeys(("list", "retrieve", "file"), "contracts.list_contracts") | {
        "create": "contracts.add_file_contract"
    }

    def get_queryset(self) -> QuerySet[DocumentFile]:
        return documents_for(self.request.user, contracts_for(self.request.user)).select_related("contract")

    @extend_schema(
        summary=_("Add a document"), request={"multipart/form-data": DocumentBody}, responses={201: DocumentRow}
    )
    def create(self, request: Request) -> Response:
        given = DocumentBody(data=request.data)
        given.is_valid(raise_exception=True)
        data: dict[str, Any] = dict(given.validated_data)
        contract = existing(contracts_for(request.user), data.pop("contract"), "contract", by="number")
        require(request.user, "contracts.add_file_contract", contract)
        values = {"upload": data.pop("file"), "text": data.pop("note", ""), "actor": request.user, "now": self.now}

        def act() -> Answer:
            row = document_file.add(contract=contract, **values, **data)
            return Answer(201, dict(self.get_serializer(row).data))

        response = answered(request, self.now, act)
        response.headers["Location"] = f"{request.path}{response.data['id']}/"
        return response

    @extend_schema(summary=_("Fetch a document"), responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        return file_response(get_object_or_404(Attachment, pk=self.get_object().attachment))
