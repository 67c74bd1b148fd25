"""The catalogue of what we serve."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.filters import WordsFilter
from core.permissions import require
from customers.domain import product as products
from customers.domain.record import version_of
from customers.forms.listing import ProductListForm
from customers.forms.product import ProductForm
from customers.models import Product
from customers.queries.product import catalogue
from customers.views.edit import Editing, edit, sent

A_PAGE = 50


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.change_product")
    form = ProductListForm(request.GET)
    query = form.query()
    found: Any = WordsFilter("code", "name").filter(catalogue(), query.get("q", ""))
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "filters": form,
        "reset_url": reverse("customers:product-list") if query else "",
    }
    return render(request, "customers/product_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def product_create(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.create_product")

    def save(values: dict[str, Any], now: datetime) -> Product:
        return products.create(actor=request.user, now=now, **values)

    return edit(request, _editing(ProductForm(sent(request)), save, title=_("New product")))


@require_http_methods(["GET", "HEAD", "POST"])
def product_change(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    require(request.user, "customers.change_product", product)

    def save(values: dict[str, Any], now: datetime) -> Product:
        version = request.POST.get("version", "")
        products.change(product=product, version=version, actor=request.user, now=now, **values)
        return product

    form = ProductForm(sent(request), row=product)
    now_is = {"row": product, "version": lambda: version_of(product, products.FIELDS)}
    return edit(request, _editing(form, save, title=_("Change product"), **now_is))


def _editing(form: ProductForm, save: Any, **given: Any) -> Editing:
    listed = reverse("customers:product-list")
    return Editing(
        submit=_("Save product"),
        done=_("Product saved."),
        form=form,
        save=save,
        goes_to=lambda row: listed,
        back_url=listed,
        crumbs=[{"label": _("Products"), "url": listed}],
        **given,
    )
