from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app declare its permissions, and the outbox know how notices are delivered."""
        from core.domain import notification  # noqa: F401, PLC0415

        autodiscover_modules("permissions")
