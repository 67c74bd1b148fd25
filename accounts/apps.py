from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare how login links and invitations are delivered, and who may do what."""
        from accounts import permissions  # noqa: F401, PLC0415
        from accounts.domain import access, letter  # noqa: F401, PLC0415
