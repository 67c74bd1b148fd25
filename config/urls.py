from django.urls import URLPattern, URLResolver, include, path

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("core.urls")),
    path("", include("customers.urls")),
    path("", include("contracts.urls")),
    path("", include("tickets.urls")),
    path("", include("feedback.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include(("config.api_urls", "api"))),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
