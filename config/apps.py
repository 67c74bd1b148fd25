from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Makes the settings guard known to `manage.py check`. Has no models."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers on import)
