"""Promise sets: what every version says, the drafts, and publishing them; by their codes."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain import promise_set_draft, promise_set_edit
from contracts.domain.promise_set_draft import Content, FaultyError, content_of
from contracts.domain.promise_set_words import OwnWords
from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import promise_drafts_for, promise_sets_for, versions_of_set
from contracts.queries.promise_version import last_version
from core.api.fields import BIGGEST_COUNT, Act, Strict, Text, existing
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows
from core.domain.idempotency import Answer
from core.errors import RuleError

Data = dict[str, Any]
DOCUMENT = {
    "name": "四小时到场",
    "name_en": "Four hours",
    "scope": "contract",
    "pause": ["waiting_customer"],
    "rows": [
        {"target": "response", "budget": "30m", "calendar": "always"},
        {"target": "on_site", "budget": "4h", "calendar": "always", "when": {"kind": "fault", "severity": [1, 2]}},
    ],
}


class VersionPart(serializers.ModelSerializer[PromiseVersion]):
    published_by = serializers.CharField(source="published_by.name", default=None, read_only=True, allow_null=True)

    class Meta:
        model = PromiseVersion
        fields = ("number", "effective_from", "published_at", "published_by", "note")
        read_only_fields = fields


class VersionFull(VersionPart):
    document = serializers.SerializerMethodField()

    class Meta(VersionPart.Meta):
        fields: Any = (*VersionPart.Meta.fields, "document")
        read_only_fields = fields

    def get_document(self, row: PromiseVersion) -> dict[str, Any]:
        stored: dict[str, Any] = json.loads(row.document)["set"]
        return stored


class SetRow(serializers.ModelSerializer[PromiseSet]):
    versions = VersionPart(many=True, read_only=True, help_text=_("The newest first."))

    class Meta:
        model = PromiseSet
        fields = ("id", "code", "scope", "is_default", "versions")
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary=_("List promise sets")),
    retrieve=extend_schema(summary=_("Read a promise set")),
)
class PromiseSetViewSet(ReadOnlyRows):
    tag = "promise sets"
    queryset = PromiseSet.objects.none()
    serializer_class = SetRow
    lookup_field = "code"
    lookup_value_converter = "str"
    permission_of = dict.fromkeys(("list", "retrieve", "version"), "contracts.read_promise_set")

    def get_queryset(self) -> QuerySet[PromiseSet]:
        versions = PromiseVersion.objects.select_related("published_by").order_by("-number")
        return promise_sets_for(self.request.user).prefetch_related(Prefetch("versions", versions)).order_by("code")

    @extend_schema(summary=_("Read what a version says"), responses={200: VersionFull})
    @action(detail=True, methods=["get"], url_path="versions/<int:number>")
    def version(self, request: Request, code: str, number: int) -> Response:
        version = get_object_or_404(versions_of_set(self.get_object()), number=min(number, BIGGEST_COUNT))
        return Response(VersionFull(version).data)


# --- Drafts -----------------------------------------------------------------------------------------------------------


class DraftRow(serializers.ModelSerializer[PromiseDraft]):
    base = serializers.IntegerField(source="base.number", default=None, read_only=True, allow_null=True)
    edited_by = serializers.CharField(source="edited_by.name", default=None, read_only=True, allow_null=True)
    document = serializers.SerializerMethodField()
    targets = serializers.SerializerMethodField()
    events = serializers.SerializerMethodField()

    class Meta:
        model = PromiseDraft
        fields = ("id", "code", "base", "version", "edited_by", "updated_at", "document", "targets", "events")
        read_only_fields = fields

    def get_document(self, row: PromiseDraft) -> dict[str, Any]:
        return dict(content_of(row).document)

    def get_targets(self, row: PromiseDraft) -> dict[str, Any]:
        return dict(content_of(row).own.targets)

    def get_events(self, row: PromiseDraft) -> dict[str, Any]:
        return dict(content_of(row).own.events)


class Document(serializers.JSONField):
    """One set in the shape of an export."""

    default_error_messages = {"object": _("This must be an object.")}

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("object")
        return value


def named(help_text: Any) -> serializers.DictField:
    return serializers.DictField(
        child=serializers.DictField(child=Text(max_length=40)), required=False, help_text=help_text
    )


class ContentBody(Strict):
    document = Document()
    targets = named(_("Own targets by code: met_by, zh, short, en."))
    events = named(_("Own events by code: zh, en."))


class PromiseDraftBody(ContentBody):
    code = Text(max_length=20)
    document = Document(required=False)
    copy_of = Text(required=False, max_length=20, help_text=_("The set whose last version the draft begins with."))


class SaveBody(ContentBody, Act):
    pass


class PromisePublishBody(Act):
    effective_on = serializers.DateField(required=False, allow_null=True)
    note = Text(required=False, allow_blank=True, max_length=200)


def content_in(data: Data) -> Content:
    return Content(data["document"], OwnWords(data.get("targets", {}), data.get("events", {})))


def faults_told(act: Callable[[], Any]) -> Any:
    """Every fault of a wording at its place in it."""
    try:
        return act()
    except FaultyError as error:
        places: dict[str, list[Any]] = {}
        for problem in error.problems[:50]:
            place = problem.path or "document"
            places.setdefault(place[:80], []).append(ErrorDetail(problem.message, problem.code))
        raise ValidationError(places) from None


@extend_schema_view(
    list=extend_schema(summary=_("List drafts of promise sets")),
    retrieve=extend_schema(summary=_("Read a draft of a promise set")),
)
class PromiseDraftViewSet(ReadOnlyRows):
    tag = "promise sets"
    queryset = PromiseDraft.objects.none()
    serializer_class = DraftRow
    lookup_field = "code"
    lookup_value_converter = "str"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.read_promise_set") | {
        "create": "contracts.edit_promise_set",
        "save": "contracts.edit_promise_set",
        "discard": "contracts.edit_promise_set",
        "publish": "contracts.publish_promise_version",
    }

    def get_queryset(self) -> QuerySet[PromiseDraft]:
        return promise_drafts_for(self.request.user).select_related("base", "edited_by").order_by("code")

    @extend_schema(
        summary=_("Begin a draft"),
        request=PromiseDraftBody,
        responses={201: DraftRow},
        examples=[OpenApiExample("new", {"code": "FOUR-H", "document": DOCUMENT}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Of a set that there is, with or without another wording; of a new one from a document or as a copy."""
        data = self._read(PromiseDraftBody)
        response = answered(request, self.now, lambda: Answer(201, self._shown(faults_told(lambda: self._begin(data)))))
        response.headers["Location"] = f"{request.path}{response.data['code']}/"
        return response

    def _begin(self, data: Data) -> PromiseDraft:
        who: Data = {"actor": self.request.user, "now": self.now}
        known = promise_sets_for(self.request.user).filter(code=data["code"]).first()
        if known is not None and "copy_of" not in data:
            with transaction.atomic():
                draft = promise_set_draft.start(promise_set=known, **who)
                if "document" in data:
                    draft = promise_set_draft.save(draft=draft, content=content_in(data), version=draft.version, **who)
            return draft
        if "copy_of" in data:
            return self._copy(data, who)
        if "document" not in data:
            raise ValidationError({"document": [ErrorDetail(str(_("This field is required.")), "required")]})
        return promise_set_draft.create(code=data["code"], content=content_in(data), **who)

    def _copy(self, data: Data, who: Data) -> PromiseDraft:
        source = existing(promise_sets_for(self.request.user), data["copy_of"], "copy_of", by="code")
        base = last_version(source.code)
        if base is None:
            raise RuleError("no_version", gettext("This set has no version to begin from."))
        content = promise_set_draft.content_of_version(base)
        if "document" in data:
            changed = promise_set_edit.change_terms(content.document, data["document"])
            content = Content(changed | {"rows": data["document"].get("rows", changed["rows"])}, content.own)
        return promise_set_draft.create(code=data["code"], content=content, **who)

    @extend_schema(
        summary=_("Save another wording into a draft"),
        request=SaveBody,
        responses={200: DraftRow},
        examples=[OpenApiExample("save", {"document": DOCUMENT, "version": 3}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def save(self, request: Request, **kwargs: Any) -> Response:
        def act(draft: PromiseDraft, data: Data, who: Data) -> Data:
            content = content_in(data)
            kept = content_of(draft).own
            if "targets" not in data and "events" not in data:
                content = Content(content.document, kept)
            return self._shown(promise_set_draft.save(draft=draft, content=content, **who))

        return self._acted(request, SaveBody, act)

    @extend_schema(
        summary=_("Publish a draft as the next version"),
        request=PromisePublishBody,
        responses={200: VersionFull},
        examples=[OpenApiExample("publish", {"version": 3, "effective_on": "2027-01-01"}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        def act(draft: PromiseDraft, data: Data, who: Data) -> Data:
            made = promise_set_draft.publish(
                draft=draft, effective_on=data.get("effective_on"), note=data.get("note", ""), **who
            )
            return dict(VersionFull(made).data)

        return self._acted(request, PromisePublishBody, act)

    @extend_schema(
        summary=_("Discard a draft of a promise set"),
        request=Act,
        responses={200: DraftRow},
        examples=[OpenApiExample("discard", {"version": 3}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, **kwargs: Any) -> Response:
        def act(draft: PromiseDraft, data: Data, who: Data) -> Data:
            shown = self._shown(draft)
            promise_set_draft.discard(draft=draft, **who)
            return shown

        return self._acted(request, Act, act)

    def _acted(self, request: Request, body: type[Strict], act: Callable[[PromiseDraft, Data, Data], Data]) -> Response:
        draft = self.get_object()
        data = self._read(body)
        who = {"version": data.get("version", draft.version), "actor": request.user, "now": self.now}
        return answered(request, self.now, lambda: Answer(200, faults_told(lambda: act(draft, data, who))))

    def _read(self, body: type[Strict]) -> Data:
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _shown(self, draft: PromiseDraft) -> Data:
        return dict(DraftRow(draft).data)
