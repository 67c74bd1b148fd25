"""Every write of people: who exists, what roles they hold, how they log in and how they like their screen.

Each function runs in one transaction, locks the user's row and leaves a line in the audit trail; `actor` is None for
the system itself. Who may call what is asked by the caller (`accounts.permissions`); what is wrong for everybody is
refused here.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.enums import ROLES_OF_KIND, Density, Role, Theme, UserKind
from accounts.models import ApiToken, Team, User, UserRole
from core.domain import audit, record
from core.errors import InputError, RuleError

PASSWORD_MAX = 256
FIELDS = frozenset({"email", "staff_no", "name", "phone", "team"})


def create_user(
    *,
    kind: str,
    email: str,
    name: str,
    now: datetime,
    actor: User | None = None,
    roles: Iterable[str] = (),
    password: str | None = None,
    staff_no: str = "",
    phone: str = "",
    team: Team | None = None,
    must_change_password: bool = False,
) -> User:
    """Create somebody who can log in, if a password is given, or be given a token.

    E-mail and staff number are stored trimmed, the e-mail in lower case. Raises InputError for a bad or taken e-mail
    or staff number, a role that does not fit the kind, a weak password.
    """
    codes = sorted(set(roles))
    for role in codes:
        _check_role(kind, role)
    given = {"email": email, "staff_no": staff_no, "name": name, "phone": phone, "team": team}
    user = User(kind=kind, must_change_password=must_change_password, **_cleaned(kind, given))
    _put_password(user, password)
    with transaction.atomic():
        _write(user)
        UserRole.objects.bulk_create([UserRole(user=user, role=role) for role in codes])
        changes = {"kind": kind, "email": user.email, "staff_no": user.staff_no, "name": user.name, "roles": codes}
        _note(actor, "user.create", user, changes, now)
    return user


def change_user(
    *,
    user: User,
    now: datetime,
    actor: User | None = None,
    version: str | None = None,
    roles: Iterable[str] | None = None,
    **values: Any,
) -> None:
    """Change any of `FIELDS` and, if `roles` are given, which are held: all of it or nothing.

    Other roles end the person's sessions, another e-mail ends every link mailed to the old one. InputError at the
    field, StaleError if `version` (`version_of` the user when the form was drawn) is another one, RuleError if the
    last administrator would be none.
    """
    if not FIELDS.issuperset(values):
        raise TypeError(f"{sorted(set(values) - FIELDS)} cannot be changed")
    with transaction.atomic():
        if roles is not None:
            _lock_admins()
        _lock(user)
        if version is not None and version_of(user) != version:
            raise record.stale(user, FIELDS)
        _change_fields(user, values, actor, now)
        if roles is not None:
            _change_roles(user, frozenset(roles), actor, now)


def version_of(user: User) -> str:
    """What a person's form carries, the roles included."""
    return record.version_of(user, FIELDS, roles=sorted(user.role_codes))


def set_password(
    *, user: User, password: str, now: datetime, actor: User | None = None, temporary: bool = True
) -> None:
    """Give somebody a new password; a `temporary` one must be changed at the next login. All their sessions end."""
    with transaction.atomic():
        _lock(user)
        _put_password(user, password)
        user.must_change_password = temporary
        user.save(update_fields=["password", "must_change_password"])
        _note(actor, "user.set_password", user, {"temporary": temporary}, now)


def change_password(*, user: User, current: str, new: str, now: datetime) -> None:
    """Change one's own password. All sessions of the user end; the caller re-seals the one it serves.

    Raises InputError on `current` if it is wrong and on `new` if it is weak or the same.
    """
    with transaction.atomic():
        _lock(user)
        if not user.check_password(current):
            raise InputError("password_wrong", _("This is not your present password."), "current")
        if new == current:
            raise InputError("password_same", _("Choose a password that differs from the present one."), "new")
        _put_password(user, new, "new")
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        _note(user, "user.change_password", user, {}, now)


def choose_password(*, user: User, new: str, now: datetime) -> None:
    """Choose one's own password where there is none yet, or a temporary one: the caller has seen another proof (a
    mailed link). All sessions of the user end; the caller re-seals the one it serves.

    Raises RuleError for somebody who has a password of their own, InputError on `new` if it is weak.
    """
    with transaction.atomic():
        _lock(user)
        if not lacks_password(user):
            raise RuleError("password_present", _("Please enter your present password to change it."))
        _put_password(user, new, "new")
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        _note(user, "user.change_password", user, {}, now)


def lacks_password(user: User) -> bool:
    """Whether the person has no password of their own choice."""
    return user.must_change_password or not user.has_usable_password()


def disable_user(*, user: User, now: datetime, actor: User | None = None) -> None:
    """Lock somebody out: sessions end at once, tokens are revoked, mailed links die. Twice changes nothing more."""
    with transaction.atomic():
        _lock_admins()
        _lock(user)
        if not user.is_active:
            return
        _keep_one_admin(user, Role.ADMIN)
        user.is_active = False
        _end_sessions(user, "is_active")
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
        link.withdraw(now, user=user)
        _note(actor, "user.disable", user, {"is_active": [True, False]}, now)


def enable_user(*, user: User, now: datetime, actor: User | None = None) -> None:
    """Let somebody in again. Old sessions, tokens and links stay dead."""
    with transaction.atomic():
        _lock(user)
        if user.is_active:
            return
        user.is_active = True
        user.save(update_fields=["is_active"])
        _note(actor, "user.enable", user, {"is_active": [False, True]}, now)


def grant_role(*, user: User, role: str, now: datetime, actor: User | None = None) -> None:
    """Add a role; the user has to log in again. Raises InputError for a role that does not fit the kind."""
    _check_role(user.kind, role)
    with transaction.atomic():
        _lock(user)
        _row, added = UserRole.objects.get_or_create(user=user, role=role)
        if added:
            _end_sessions(user)
            _note(actor, "user.grant_role", user, {"role": [None, role]}, now)


def revoke_role(*, user: User, role: str, now: datetime, actor: User | None = None) -> None:
    """Take a role away; the user has to log in again. The last administrator stays one (RuleError)."""
    with transaction.atomic():
        _lock_admins()
        _lock(user)
        _keep_one_admin(user, role)
        taken, _rows = UserRole.objects.filter(user=user, role=role).delete()
        if taken:
            _end_sessions(user)
            _note(actor, "user.revoke_role", user, {"role": [role, None]}, now)


def set_preferences(*, user: User, **wanted: Any) -> None:
    """Change how the user's own pages look: theme, density, language, timezone, shortcuts. Not audited.

    Raises InputError with the name of the preference for a value that does not exist.
    """
    allowed: dict[str, set[Any]] = {
        "theme": set(Theme.values),
        "density": set(Density.values),
        "language": {code for code, _name in settings.LANGUAGES},
        "timezone": available_timezones(),
        "shortcuts": {True, False},
    }
    for field, value in wanted.items():
        if value not in allowed[field]:
            raise InputError("choice", _("Please choose one of the listed values."), field)
        setattr(user, field, value)
    user.save(update_fields=list(wanted))


def _lock(user: User) -> None:
    """Lock the row and read it anew, roles included."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",)))
    user.__dict__.pop("role_codes", None)


def _end_sessions(user: User, *fields: str) -> None:
    user.session_version += 1
    user.save(update_fields=["session_version", *fields])
    user.__dict__.pop("role_codes", None)


def _put_password(user: User, password: str | None, field: str = "password") -> None:
    if password is None:
        user.set_unusable_password()
        return
    if user.kind == UserKind.CLIENT:
        raise InputError("client_password", _("A REST client has no password, only tokens."), field)
    if len(password) > PASSWORD_MAX:
        raise InputError("password_weak", _("A password has at most 256 characters."), field)
    if not _is_demo_login(user.email):
        _check_strength(password, user, field)
    user.set_password(password)


def _check_strength(password: str, user: User, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError("password_weak", " ".join(error.messages), field) from error


def _is_demo_login(email: str) -> bool:
    """The logins that the demo prints (agent@demo, password demo) exist in demo installations only."""
    return settings.DEMO and email.endswith("@demo")


def _address_validator() -> EmailValidator:
    return EmailValidator(allowlist=["localhost", "demo"] if settings.DEMO else ["localhost"])


def clean_email(text: str) -> str:
    """An e-mail address as it is stored; InputError at `email` for what is none."""
    email = text.strip().lower()
    try:
        _address_validator()(text.strip())
    except ValidationError:
        email = ""
    if not (email.isascii() and text.strip().isascii() and 0 < len(email) <= 254):
        raise InputError("email", _("Please enter an e-mail address, for example li.min@example.com."), "email")
    return email


def _clean_staff_no(kind: str, text: str) -> str:
    number = text.strip()
    if number and (kind != UserKind.STAFF or not re.fullmatch(r"[A-Za-z0-9._-]{1,20}", number)):
        raise InputError(
            "staff_no", _("A staff number has up to 20 letters and digits; only staff have one."), "staff_no"
        )
    return number


def _clean_phone(text: str) -> str:
    phone = text.strip()
    if phone and not re.fullmatch(r"\+?[0-9 -]{3,19}", phone):
        raise InputError("phone", _("Please enter a phone number, for example 138 0013 8000."), "phone")
    return phone


def _clean_name(text: str) -> str:
    name = " ".join(text.split())
    if not (0 < len(name) <= 60 and name.isprintable()):
        raise InputError("name", _("Please enter a name of 1 to 60 characters."), "name")
    return name


def _cleaned(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored."""
    clean: dict[str, Callable[[Any], Any]] = {
        "email": clean_email,
        "staff_no": lambda text: _clean_staff_no(kind, text),
        "name": _clean_name,
        "phone": _clean_phone,
        "team": lambda team: team,
    }
    return {field: clean[field](value) for field, value in given.items()}


def _change_fields(user: User, values: dict[str, Any], actor: User | None, now: datetime) -> None:
    changes = {}
    for field, after in _cleaned(user.kind, values).items():
        before = user.serializable_value(field)
        setattr(user, field, after)
        if before != user.serializable_value(field):
            changes[field] = [before, user.serializable_value(field)]
    if not changes:
        return
    _write(user, list(changes))
    if "email" in changes:
        link.withdraw(now, user=user)
    _note(actor, "user.change", user, changes, now)


def _change_roles(user: User, wanted: frozenset[str], actor: User | None, now: datetime) -> None:
    held = user.role_codes
    for role in sorted(wanted - held):
        grant_role(user=user, role=role, actor=actor, now=now)
    for role in sorted(held - wanted):
        revoke_role(user=user, role=role, actor=actor, now=now)


def _write(user: User, fields: list[str] | None = None) -> None:
    """Save a new user, or these columns of a stored one; the unique indexes decide who was first."""
    try:
        with transaction.atomic():
            user.save(force_insert=fields is None, update_fields=fields)
    except IntegrityError as error:
        if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
            raise InputError("email_taken", _("Somebody has this e-mail address already."), "email") from error
        raise InputError("staff_no_taken", _("Somebody has this staff number already."), "staff_no") from error


def _check_role(kind: str, role: str) -> None:
    if role not in ROLES_OF_KIND[UserKind(kind)]:
        raise InputError("role", _("This role does not fit this kind of user."), "role")


def _lock_admins() -> None:
    """Two administrators who remove each other do it one after the other. Locked before the user's own row."""
    list(UserRole.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk"))


def _keep_one_admin(user: User, role: str) -> None:
    if role != Role.ADMIN or Role.ADMIN not in user.role_codes:
        return
    if not UserRole.objects.filter(role=Role.ADMIN, user__is_active=True).exclude(user=user).exists():
        raise RuleError("last_admin", _("This is the last administrator. Make somebody else one first."))


def _note(actor: User | None, action: str, user: User, changes: dict[str, Any], now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"accounts.user:{user.pk}", changes=changes, now=now)
