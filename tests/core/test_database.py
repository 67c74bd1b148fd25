"""What the embedded server must be like, or the product is silently wrong."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def answer(sql: str, *parameters: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


def test_trigrams_of_chinese_text_exist() -> None:
    """With the locale C the answer is empty and Chinese search finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert answer("SELECT cardinality(show_trgm('服务器'))") == 4


def test_locale_and_encoding() -> None:
    row = "SELECT concat_ws(' ', datlocprovider, datctype, pg_encoding_to_char(encoding)) FROM pg_database"
    assert answer(f"{row} WHERE datname = current_database()") == "c C.UTF-8 UTF8"


def test_application_role_is_no_superuser() -> None:
    assert answer("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user") is False


def test_trusted_extensions_can_be_created_without_superuser() -> None:
    with connection.cursor() as cursor:
        for name in ("pg_trgm", "btree_gist", "unaccent"):
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    assert answer("SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gist', 'unaccent')") == 3


def test_settings_of_the_connection() -> None:
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False
