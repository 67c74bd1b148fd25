"""Ratings, to read."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin

from core.api.views import Rows
from feedback.api.serializers import RatingRow
from feedback.filters import RatingFilter
from feedback.models import Rating
from feedback.queries.rating import ratings_for


@extend_schema_view(list=extend_schema(summary=_("List ratings")))
class RatingViewSet(ListModelMixin, Rows):
    tag = "ratings"
    queryset = Rating.objects.none()
    serializer_class = RatingRow
    filterset_class = RatingFilter
    permission_of = {"list": "feedback.list_ratings"}

    def get_queryset(self) -> QuerySet[Rating]:
        return ratings_for(self.request.user)
