"""The API's description (OpenAPI 3.1) for programs, and a page made from it for our own people."""

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Endpoint
from core.permissions import permission

Document = dict[str, Any]


@permission("core.read_description")
def read_description(user: Any, obj: Any) -> bool:
    """Whoever may call the API may know what it offers."""
    return True


def description() -> Document:
    """The description in the active language."""
    return _description(translation.get_language() or "")


@lru_cache(maxsize=4)
def _description(language: str) -> Document:
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    document: Document = json.loads(json.dumps(schema, default=str))
    return document


class DescriptionView(Endpoint):
    tag = "schema"
    basename = "schema"
    detail = False
    permission_of = {"retrieve": "core.read_description"}

    @extend_schema(summary=_("This description"), responses={200: OpenApiTypes.OBJECT})
    def retrieve(self, request: Request) -> Response:
        return Response(description())


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The page: every operation with its parameters, fields and examples."""
    document = description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entry = _operation(path, method, operation, document)
            groups.setdefault(operation["tags"][0], []).append(entry)
    return render(request, "core/api_docs.html", {"groups": groups, "info": document["info"]})


def _operation(path: str, method: str, operation: Document, document: Document) -> dict[str, Any]:
    content: Document = next(iter(operation.get("requestBody", {}).get("content", {}).values()), {})
    examples = [
        json.dumps(example["value"], ensure_ascii=False, indent=2) for example in content.get("examples", {}).values()
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "parameters": operation.get("parameters", []),
        "fields": _fields(content.get("schema", {}), document),
        "examples": examples,
        "statuses": sorted(operation["responses"]),
    }


def _fields(schema: Document, document: Document) -> list[dict[str, Any]]:
    """The fields of a body: name, type, whether it must be given, help."""
    found = _resolved(schema, document)
    return [
        {
            "name": name,
            "type": _type(_resolved(field, document)),
            "required": name in found.get("required", []),
            "help": field.get("description", ""),
        }
        for name, field in found.get("properties", {}).items()
    ]


def _resolved(schema: Document, document: Document) -> Document:
    if "$ref" in schema:
        return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]  # type: ignore[no-any-return]
    for several in ("oneOf", "allOf"):
        if several in schema:
            return _resolved(schema[several][0], document)
    return schema


def _type(schema: Document) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "")
    name = " | ".join(kind) if isinstance(kind, list) else kind
    return f"{name} ({schema['format']})" if "format" in schema else name
