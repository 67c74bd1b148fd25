from django.urls import path

from core.api import description
from core.views import attachment, health, notification, styleguide

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("health/", health.health, name="health"),
    path("notifications/", notification.notification_list, name="notification-list"),
    path("notifications/read/", notification.notification_read_all, name="notification-read-all"),
    path("attachments/<uuid:pk>/", attachment.attachment_download, name="attachment-download"),
    path("api-docs/", description.api_docs, name="api-docs"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
