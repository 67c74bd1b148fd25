"""The answer to a name and a password (C6, C10): the same work and the same answer for everybody who is not let in."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.contrib.auth import authenticate

from accounts.domain import throttle
from accounts.domain.device import Device
from accounts.models import User


class Throttled(Exception):
    """Five tries within the minute were wrong; nobody is let in, whatever the password."""


def check(*, name: str, password: str, device: Device, address: str) -> User | None:
    """The active user with this e-mail or staff number and password; None for unknown, disabled, without password,
    wrong.

    The password hasher runs exactly once in each of these cases. Raises Throttled from the sixth wrong try a minute
    for the name or the address; a device that knows the account counts for itself and is not touched by what others
    do.
    """
    counts = counted(name, device, address)
    if not throttle.take(*counts):
        raise Throttled
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        return None
    throttle.give_back(*counts)
    return user


def counted(name: str, device: Device, address: str) -> tuple[str, ...]:
    """What a try counts against. By the name as typed: e-mail and staff number must not show that they are one
    person's.
    """
    try:
        account = User.objects.get_by_natural_key(name).pk
    except User.DoesNotExist:
        account = None
    if account in device.accounts:
        return (f"device:{device.key}:{account}",)
    return (f"name:{name.strip().lower()}", f"address:{_network(address)}")


def _network(address: str) -> str:
    """An IPv6 client owns at least a /64, so that is what counts."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
