"""The address of the client, as far as our own proxies vouch for it."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The peer's address or, behind NUM_PROXIES proxies, the address that the outermost of them saw.

    Everything that stands further left in X-Forwarded-For was written by the client and is never believed.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if not settings.NUM_PROXIES or not hops:
        return peer
    return hops[-min(settings.NUM_PROXIES, len(hops))]
