from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.enums import Density, Theme, UserKind

SESSION_SALT = "accounts.models.User.session"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The user whose e-mail or staff number this is, in any case and with space around; DoesNotExist if none.

        Both are plain ASCII: a look-alike letter, which `lower()` might fold onto an ASCII one, never matches.
        """
        typed = (username or "").strip()
        if not (typed and typed.isascii() and typed.isprintable()):
            raise self.model.DoesNotExist
        if "@" in typed:
            return self.get(email=typed.lower())
        return self.alias(key=Lower("staff_no")).get(key=typed.lower())


class User(AbstractBaseUser):
    """A person or program that logs in: staff, a customer's contact, a REST client (decisions 20).

    `session_version` is part of every session's seal: counting it up ends all sessions of the user.
    """

    kind = models.CharField(max_length=8, choices=UserKind.choices)
    email = models.EmailField(unique=True)
    staff_no = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    team = models.ForeignKey("accounts.Team", null=True, on_delete=models.PROTECT, related_name="members")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    session_version = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=8, default="zh-hans")
    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=8, choices=Density.choices, default=Density.NORMAL)
    shortcuts = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email"),
            models.UniqueConstraint(Lower("staff_no"), name="user_staff_no", condition=~Q(staff_no="")),
            models.CheckConstraint(condition=Q(email=Lower("email")) & ~Q(email=""), name="user_email_lower"),
            models.CheckConstraint(condition=~Q(staff_no__contains="@"), name="user_staff_no_no_mail"),
            models.CheckConstraint(condition=Q(kind=UserKind.STAFF) | Q(staff_no=""), name="user_staff_no_staff"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The roles granted to this user, read once an instance (free where `roles` is prefetched)."""
        return frozenset(row.role for row in self.roles.all())

    @property
    def is_staff_member(self) -> bool:
        return self.kind == UserKind.STAFF

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        seal = f"{self.session_version}:{self.password}"
        return salted_hmac(SESSION_SALT, seal, secret=secret, algorithm="sha256").hexdigest()
