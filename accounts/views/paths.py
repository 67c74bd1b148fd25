from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_path(request: HttpRequest) -> str:
    """The path of our own site that the request wants to go on to, else the home page (C9).

    Only absolute paths pass: no scheme or host, no backslash, no control character, which browsers drop or turn around.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    if plain and len(wanted) < 2000 and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return settings.LOGIN_REDIRECT_URL
