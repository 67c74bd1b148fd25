"""The description of the API (OpenAPI 3.1), made from the views; what holds for every operation is said once, here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api.idempotency import HEADER


class Refusal(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("A stable word for programs."))
    message = serializers.CharField(help_text=_("A sentence for people, in the user's language."))
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text=_("What is wrong with which field.")
    )


class StaleRefusal(Refusal):
    current = serializers.DictField(required=False, help_text=_("For a stale version: what the object is now."))


KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=_(
        "1 to 80 characters of your own. The same request with the same key acts once and is answered alike."
    ),
)


class Schema(AutoSchema):
    """Names operations by resource and action; adds the refusals and the idempotency header."""

    view: Any

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_operation_id(self) -> str:
        resource = getattr(self.view, "basename", None) or self.view.tag
        return f"{resource}_{self.view.action}"

    def get_description(self) -> str:  # type: ignore[override]
        """None beside the summary: docstrings of the code speak to those who read the code."""
        return ""

    def get_override_parameters(self) -> list[Any]:
        acts = self.method == "POST" and self.view.action not in self.view.asking
        return [KEY] if acts else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            serializer = StaleRefusal if status == "409" else Refusal
            bodies.setdefault(status, self._body_of(serializer, status))
        return bodies

    def _body_of(self, serializer: Any, status: str) -> Any:
        return self._get_response_for_code(serializer, status, ["application/json"])  # type: ignore[no-untyped-call]

    def _refusals(self) -> list[str]:
        statuses = ["400", "401", "403", "429"]
        if self.path.endswith("}/") or "{" in self.path:
            statuses.append("404")
        if self.method == "POST":
            statuses += ["413", "415"] if self.view.action in self.view.asking else ["409", "413", "415"]
        return statuses


def sort_out(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: texts in one language, tags in the order of the paths."""
    tags = dict.fromkeys(
        tag for path in result["paths"].values() for operation in path.values() for tag in operation["tags"]
    )
    result["tags"] = [{"name": tag} for tag in tags]
    return result
