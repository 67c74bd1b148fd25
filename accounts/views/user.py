"""The people of an installation and its REST clients, as settings."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain import access
from accounts.domain import user as users
from accounts.enums import Access, Role, UserKind
from accounts.filters import UserFilter
from accounts.forms.user import ClientForm, StaffForm, UserListForm
from accounts.models import User
from accounts.queries.person import Person, people_for, persons, tokens_of, with_access
from accounts.queries.team import headed_by, led_by
from core import clock
from core.permissions import can, require
from core.views.edit import Editing, Keeping, Place, edit, sent

A_PAGE = 50
FORM = "accounts/user_form.html"
PEOPLE = Keeping(
    app="accounts",
    noun="user",
    new=gettext_lazy("New colleague"),
    changed=gettext_lazy("Change person"),
    submit=gettext_lazy("Save person"),
    done=gettext_lazy("Saved. With other roles the person logs in again."),
    create=users.create_user,
    change=users.change_user,
    version=users.version_of,
    template=FORM,
)


@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "accounts.list_users")
    form, now = UserListForm(request.GET), clock.now()
    query = form.query()
    found = UserFilter(query, queryset=with_access(people_for(request.user), now)).qs
    page = Paginator(found.order_by("-is_active", "name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": persons(page, now),
        "filters": form,
        "reset_url": reverse("accounts:user-list") if query else "",
        "may_create": can(request.user, "accounts.create_user"),
    }
    return render(request, "accounts/user_list.html", context)


@require_safe
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what they may do, how they get in, what they answer for; the tokens of a program."""
    require(request.user, "accounts.list_users")
    now = clock.now()
    user = get_object_or_404(with_access(people_for(request.user), now), pk=pk)
    (person,) = persons([user], now)
    context = {
        "person": person,
        "teams": led_by(user),
        "departments": headed_by(user),
        "tokens": [(token, token.revoked_at is None and token.expires_at > now) for token in tokens_of(user)],
        "may_change": can(request.user, "accounts.change_user", user),
        "acts": acts(request, person),
    }
    return render(request, "accounts/user_detail.html", context)


def acts(request: HttpRequest, person: Person) -> dict[str, bool]:
    """What can be done to the person's way in, now and by this user."""
    user = person.user
    staffed = user.kind == UserKind.STAFF and user.is_active
    admits = staffed and can(request.user, "accounts.admit_user", user)
    return {
        "invite": admits and person.access in (Access.NONE, Access.INVITED, Access.TEMPORARY),
        "password": admits,
        "disable": user.is_active and can(request.user, "accounts.disable_user", user),
        "enable": not user.is_active and can(request.user, "accounts.enable_user", user),
        "token": user.kind == UserKind.CLIENT and user.is_active and can(request.user, "accounts.issue_token", user),
    }


@sensitive_variables("handed")
@require_http_methods(["GET", "HEAD", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """A new colleague, or with `?kind=client` a new REST client. A temporary password is in the answer to the form and
    nowhere else; a repeated form leads to the person.
    """
    require(request.user, "accounts.create_user")
    is_client = request.GET.get("kind") == UserKind.CLIENT
    form = ClientForm(sent(request)) if is_client else StaffForm(sent(request))
    handed: list[tuple[User, str]] = []

    def save(values: dict[str, Any], now: datetime) -> User:
        given = {"kind": UserKind.CLIENT, "roles": [Role.CLIENT]} if is_client else {"kind": UserKind.STAFF}
        user, password = access.admit(actor=request.user, now=now, **given, **values)
        if password:
            handed.append((user, password))
        return user

    response = edit(request, _making(form, save, is_client))
    return show_password(request, *handed[0]) if handed else response


def _making(form: Any, save: Any, is_client: bool) -> Editing:
    return Editing(
        title=_("New REST client") if is_client else PEOPLE.new,
        submit=PEOPLE.submit,
        done=_("Saved. A token can be made now.") if is_client else _("The person is registered."),
        form=form,
        save=save,
        goes_to=url_of,
        back_url=reverse("accounts:user-list"),
        crumbs=[crumb()],
        template=FORM,
    )


@sensitive_variables("password")
def show_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The one page that ever shows a temporary password."""
    context = {"person": user, "secret": password, "heading": _("Temporary password"), "is_password": True}
    return render(request, "accounts/user_secret.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def user_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = person_or_404(request, pk)
    if user.kind == UserKind.CLIENT:
        form: Any = ClientForm(sent(request), row=user)
    else:
        form = StaffForm(sent(request), row=user, own=not can(request.user, "accounts.change_role", user))
    place = Place(url_of(user), [crumb(), {"label": user.name, "url": url_of(user)}])
    return PEOPLE.changing(request, form, place, user)


def person_or_404(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(people_for(request.user), pk=pk)


def url_of(user: User) -> str:
    return reverse("accounts:user-detail", args=[user.pk])


def crumb() -> dict[str, str]:
    return {"label": _("People"), "url": reverse("accounts:user-list")}
