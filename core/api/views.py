"""What all views of the API share: who may, strict query parameters, the user's language, one `now` a request."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _
from django_filters import MultipleChoiceFilter
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from core import clock
from core.api.errors import TooLarge
from core.api.negotiation import JsonAlways
from core.api.parsers import StrictJSONParser
from core.api.permissions import Allowed
from core.api.schema import Schema


class ApiMixin:
    """`permission_of` names the permission of each action, `asking` those POST actions that only compute an answer,
    `largest_body` the bytes that an action reads where it reads more than others.
    """

    permission_classes: Any = (Allowed,)
    parser_classes: Any = (StrictJSONParser,)
    content_negotiation_class: Any = JsonAlways
    metadata_class: Any = None
    schema: Any = Schema()
    permission_of: Mapping[str, str] = {}
    asking: frozenset[str] = frozenset()
    largest_body: Mapping[str, int] = {}
    action: Any
    tag = ""
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = clock.now()
        self.refuse_oversized(request)
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        refuse_unknown(request, *self.query_parameters())

    def refuse_oversized(self, request: Request) -> None:
        """Before anything reads the body: the check of the CSRF token would."""
        limit = self.largest_body.get(str(self.action), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if limit and int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise TooLarge

    def perform_authentication(self, request: Request) -> None:
        """A wrong token counts against the address, so that tokens cannot be tried out at will."""
        try:
            super().perform_authentication(request)  # type: ignore[misc]
        except AuthenticationFailed:
            self.check_throttles(request)  # type: ignore[attr-defined]
            raise
        if request.user.is_authenticated:
            translation.activate(request.user.language)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Language"] = translation.get_language() or ""
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def query_parameters(self) -> tuple[frozenset[str], frozenset[str]]:
        """The parameters that the present action knows, and those among them that may be given several times."""
        return frozenset(), frozenset()


class Endpoint(ApiMixin, ViewSet):
    """An address that is no list of rows."""


class Rows(ApiMixin, GenericViewSet[Any]):
    """A list with filters and pages."""

    paginator: Any
    paged: frozenset[str] = frozenset({"list"})

    def query_parameters(self) -> tuple[frozenset[str], frozenset[str]]:
        paging = self.paginator.parameters if self.action in self.paged and self.paginator else frozenset()
        if self.action != "list":
            return paging, frozenset()
        filters = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        several = {name for name, one in filters.items() if isinstance(one, MultipleChoiceFilter)}
        return frozenset(filters) | paging, frozenset(several)

    def get_object(self) -> Any:
        """The row behind the address, out of those that the caller sees: 404 comes before 403."""
        if any("\x00" in str(value) for value in self.kwargs.values()):
            raise Http404
        return super().get_object()


class ReadOnlyRows(ListModelMixin, RetrieveModelMixin, Rows):
    """A list and its single rows."""


def refuse_unknown(request: Request, known: frozenset[str], several: frozenset[str]) -> None:
    """Refuse query parameters that would otherwise be ignored in silence, and those that are given twice."""
    problems: dict[str, list[Any]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            problems[name[:80]] = [ErrorDetail(_("This parameter is not known here."), "unknown_parameter")]
        elif len(values) > 1 and name not in several:
            problems[name] = [ErrorDetail(_("This parameter can be given once only."), "doubled_parameter")]
    if problems:
        raise ValidationError(dict(sorted(problems.items())[:20]))
