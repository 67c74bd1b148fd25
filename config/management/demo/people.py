"""Our people in the demonstration. Every password is `demo`; logins are the names before `@demo`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from accounts.domain.api_token import issue
from accounts.domain.team import create_team
from accounts.domain.user import create_user
from accounts.enums import Role, Scope, UserKind
from accounts.models import Team, User

HOST = "demo"
PASSWORD = "demo"
CLIENT = "monitor"
SHOWN = ("agent", "duty", "engineer", "manager", "service", "admin", "customer", "contact")
TOKEN_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    role: Role
    team: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    department: str
    lead: str
    head: str
    on_duty: bool = False


STAFF = (
    Person("agent", "王芳", Role.AGENT, "热线值班组"),
    Person("agent2", "刘洋", Role.AGENT, "热线值班组"),
    Person("agent3", "陈静", Role.AGENT, "热线值班组"),
    Person("agent4", "马晓东", Role.AGENT, "热线值班组"),
    Person("duty", "李敏", Role.DUTY_MANAGER),
    Person("duty2", "吴志强", Role.DUTY_MANAGER),
    Person("engineer", "张伟", Role.ENGINEER, "现场服务一组"),
    Person("engineer2", "赵国强", Role.ENGINEER, "现场服务一组"),
    Person("engineer3", "杨帆", Role.ENGINEER, "现场服务一组"),
    Person("engineer4", "黄磊", Role.ENGINEER, "系统运维组"),
    Person("engineer5", "田少华", Role.ENGINEER, "系统运维组"),
    Person("quality", "何雅琴", Role.QUALITY),
    Person("manager", "周建华", Role.MANAGER),
    Person("manager2", "冯海涛", Role.MANAGER),
    Person("director", "孙立群", Role.DIRECTOR),
    Person("admin", "郑凯", Role.ADMIN),
    Person("service", "林涛", Role.SERVICE_MANAGER),
    Person("finance", "钱红", Role.FINANCE),
    Person("reviewer", "许明", Role.REVIEWER, "系统运维组"),
)
TEAMS = (
    Group("热线值班组", "客户服务部", lead="agent2", head="manager", on_duty=True),
    Group("现场服务一组", "客户服务部", lead="engineer2", head="manager"),
    Group("系统运维组", "系统运维部", lead="engineer4", head="manager2"),
)


@dataclass(frozen=True)
class PortalLogin:
    """The portal login of a contact, by the name before the @ of the contact's address (customers.CLIENTS)."""

    login: str
    role: Role = Role.CONTACT


PORTAL_LOGINS = {
    "he.li": PortalLogin("customer", Role.CONTACT_ADMIN),
    "feng.zhiyuan": PortalLogin("contact"),
    "han.xue": PortalLogin("other"),
}


def load_people(now: datetime, random: Random) -> dict[str, User]:
    """Create staff, teams and the REST client. Returns the users by login."""
    first = {login for group in TEAMS for login in (group.lead, group.head)}
    numbers = {person.login: f"WB{number:04d}" for number, person in enumerate(STAFF, start=1001)}
    users = {
        person.login: _create(person, numbers[person.login], None, now, random)
        for person in STAFF
        if person.login in first
    }
    teams = {group.name: _team(group, users, now) for group in TEAMS}
    for person in STAFF:
        if person.login not in users:
            users[person.login] = _create(person, numbers[person.login], teams.get(person.team), now, random)
    users[CLIENT] = create_user(
        kind=UserKind.CLIENT, email=f"{CLIENT}@{HOST}", name="机房监控平台", roles=[Role.CLIENT], now=now
    )
    return users


def portal_user(key: str, name: str, now: datetime) -> User | None:
    """The login of a contact who has one."""
    known = PORTAL_LOGINS.get(key)
    if known is None:
        return None
    email = f"{known.login}@{HOST}"
    return create_user(kind=UserKind.CONTACT, email=email, name=name, roles=[known.role], password=PASSWORD, now=now)


def write_token(user: User, path: Path, now: datetime) -> None:
    """Issue a token of the REST client and write it to a file that only we can read."""
    _token, text = issue(user=user, name="演示", scope=Scope.WRITE, expires_at=now + TOKEN_LIFE, now=now)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n")


def _create(person: Person, number: str, team: Team | None, now: datetime, random: Random) -> User:
    return create_user(
        kind=UserKind.STAFF,
        email=f"{person.login}@{HOST}",
        name=person.name,
        roles=[person.role],
        password=PASSWORD,
        staff_no=number,
        phone=f"138 0013 {random.randrange(8100, 9000)}",
        team=team,
        now=now,
    )


def _team(group: Group, users: dict[str, User], now: datetime) -> Team:
    return create_team(
        name=group.name,
        department=group.department,
        lead=users[group.lead],
        head=users[group.head],
        on_duty=group.on_duty,
        now=now,
    )
