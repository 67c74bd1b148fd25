from django.urls import path, re_path

from feedback.views import rating

app_name = "feedback"
urlpatterns = [
    path("portal/tickets/<str:number>/rating/", rating.rating_create, name="rating-create"),
    re_path(r"^rate/(?P<token>.*)/$", rating.rating_link, name="rating-link"),
]
