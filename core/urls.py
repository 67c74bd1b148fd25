from django.urls import path

from core.api import description
from core.views import attachment, health, notification, search, settings, styleguide

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("health/", health.health, name="health"),
    path("settings/", settings.settings_home, name="settings"),
    path("search/", search.search_page, name="search"),
    path("search/hits/", search.search_hits, name="search-hits"),
    path("notifications/", notification.notification_list, name="notification-list"),
    path("notifications/read/", notification.notification_read_all, name="notification-read-all"),
    path("notifications/count/", notification.notification_count, name="notification-count"),
    path("notifications/<int:pk>/", notification.notification_open, name="notification-open"),
    path("notifications/<int:pk>/mute/", notification.notification_mute, name="notification-mute"),
    path("attachments/<uuid:pk>/", attachment.attachment_download, name="attachment-download"),
    path("api-docs/", description.api_docs, name="api-docs"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
