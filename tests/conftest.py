from django.conf import settings

pytest_plugins = ["tests.fixtures"]


def pytest_configure() -> None:
    """Passwords are hashed thousands of times in a run; the real hasher is slow on purpose."""
    settings.CRYPTO_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]  # 0123…, for tests only
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
