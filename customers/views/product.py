"""The catalogue of what we serve."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.filters import WordsFilter
from core.permissions import require
from customers.domain import product as products
from customers.domain.record import version_of
from customers.forms.listing import ProductListForm
from customers.forms.product import ProductForm
from customers.models import Product
from customers.queries.product import catalogue
from customers.views.edit import Keeping, Place, sent

A_PAGE = 50
PRODUCT = Keeping(
    app="customers",
    noun="product",
    new=gettext_lazy("New product"),
    changed=gettext_lazy("Change product"),
    submit=gettext_lazy("Save product"),
    done=gettext_lazy("Product saved."),
    create=products.create,
    change=products.change,
    version=lambda row: version_of(row, products.FIELDS),
)


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.change_product")
    form = ProductListForm(request.GET)
    query = form.query()
    found: Any = WordsFilter("code", "name", "maker").filter(catalogue(), query.get("q", ""))
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "filters": form,
        "reset_url": reverse("customers:product-list") if query else "",
    }
    return render(request, "customers/product_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def product_create(request: HttpRequest) -> HttpResponse:
    return PRODUCT.creating(request, ProductForm(sent(request)), _place())


@require_http_methods(["GET", "HEAD", "POST"])
def product_change(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    return PRODUCT.changing(request, ProductForm(sent(request), row=product), _place(), product)


def _place() -> Place:
    listed = reverse("customers:product-list")
    return Place(back_url=listed, crumbs=[{"label": _("Products"), "url": listed}])
