"""S11: what stands at one site, as a tree."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.permissions import can, require
from customers.queries.asset_tree import MOST_SHOWN, Node, retired_at, standing_at, tree
from customers.queries.column import ASSETS, cells_of, columns_of
from customers.queries.customer import sites_for


@require_safe
def site_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """Systems, their parts and single devices; `?retired=1` shows those out of service too."""
    require(request.user, "customers.list_assets")
    site = get_object_or_404(sites_for(request.user).select_related("customer"), pk=pk)
    with_retired = request.GET.get("retired") == "1"
    standing = standing_at(request.user, site, retired=with_retired)
    context = {
        "site": site,
        "customer": site.customer,
        "rows": _rows(request.user, tree(standing[:MOST_SHOWN])),
        "columns": columns_of(ASSETS),
        "has_more": len(standing) > MOST_SHOWN,
        "retired": 0 if with_retired else retired_at(request.user, site),
        "with_retired": with_retired,
        "may_create": can(request.user, "customers.create_asset"),
        "may_change": can(request.user, "customers.change_site"),
    }
    return render(request, "customers/site_tree.html", context)


def _rows(user: Any, nodes: list[Node]) -> list[dict[str, Any]]:
    cells = cells_of(ASSETS, user, [node.asset.pk for node in nodes])
    return [{"node": node, "asset": node.asset, "cells": cells[node.asset.pk]} for node in nodes]
