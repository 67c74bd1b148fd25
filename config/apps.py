from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Makes the settings guard known to `manage.py check` and fills the settings home. Has no models."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        from . import checks, settings_cards  # noqa: F401  (checks register on import)

        settings_cards.declare()
