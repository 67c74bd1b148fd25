"""The house rules that a linter does not know (design.md §2)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "customers", "contracts", "tickets", "feedback", "reports", "config")
LOW_TO_HIGH = {name: height for height, name in enumerate(APPS)}
# Foreign keys to the swappable user model are spelled by setting, so core may have them.
USER = "accounts.user"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def sources(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sources(*APPS):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def body_lines(node: ast.FunctionDef) -> int:
    """Lines of code of a function: from `def` to its end without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_functions_are_small() -> None:
    sizes = sorted(body_lines(node) for _, node in functions())
    assert median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.9)] <= 35
    too_long = [f"{path.relative_to(ROOT)}:{node.name}" for path, node in functions() if body_lines(node) > 60]
    assert too_long == []


def test_foreign_keys_point_downward() -> None:
    wrong = [
        f"{field.model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in LOW_TO_HIGH
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.is_relation and not _points_down(field)
    ]
    assert wrong == []


def _points_down(field: Field) -> bool:
    target = field.related_model._meta
    if target.label_lower == USER:
        return True
    return LOW_TO_HIGH[target.app_label] <= LOW_TO_HIGH[field.model._meta.app_label]


@pytest.mark.parametrize("floor", ["domain", "queries", "models"])
def test_no_http_below_the_views(floor: str) -> None:
    banned = ("django.http", "django.shortcuts", "rest_framework", "django.urls", "django.views", "celery")
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for app in APPS
        for path in sources(f"{app}/{floor}")
        for name in _imports(path)
        if name.startswith(banned)
    ]
    assert wrong == []


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_only_the_domain_writes() -> None:
    """No view, task, command, form or query creates, saves or deletes rows."""
    writes = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in APPS
        for floor in ("views", "api", "queries", "forms", "tasks.py", "filters.py")
        for path in (sources(f"{app}/{floor}") if not floor.endswith(".py") else _existing(f"{app}/{floor}"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in writes
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "objects"
    ]
    assert wrong == []


def _existing(name: str) -> list[Path]:
    path = ROOT / name
    return [path] if path.exists() else []


def test_the_clock_is_read_in_one_place() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*APPS)
        if path != ROOT / "core" / "clock.py" and "devserver" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today", "localtime")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "timezone", "date", "time")
    ]
    assert wrong == []


def test_ticket_columns_are_assigned_by_the_fold_alone() -> None:
    """One place writes a state: caches are set through Act.record and stored by fold.refold."""
    allowed = {ROOT / "tickets" / "domain" / "fold.py", ROOT / "tickets" / "domain" / "act.py"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("tickets")
        if path not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr in ("state", "assignee", "assignee_id", "clock_rank")
    ]
    assert wrong == []


def test_every_domain_module_says_what_it_does() -> None:
    """Each public function of the domain has a docstring, unless its name and one line say it all."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, node in functions()
        if path.parent.name == "domain"
        and not node.name.startswith("_")
        and body_lines(node) > 12
        and ast.get_docstring(node) is None
        and node in tree(path).body
    ]
    assert silent == []
