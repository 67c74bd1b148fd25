"""Rows of files of master data against what is registered: doubles, references, and taking a row in.

Rows are matched a batch at a time, so that a batch costs a few statements whatever its length. A row that is registered
already just so is left alone; one that is registered otherwise is named, never overwritten.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accounts.queries.service_center import working_centers
from core.geo import point
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import site as sites
from customers.domain.imports_columns import Problem, columns_of
from customers.domain.place import locate, nearest
from customers.enums import ImportKind, Verdict
from customers.models import Asset, Contact, Customer, Product, Site


@dataclass
class Line:
    """A row on its way: its values by the domain's names, with rows in place of references once they are found."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    is_same: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.problems:
            return Verdict.BAD
        return Verdict.SAME if self.is_same else Verdict.GOOD

    def blame(self, column: str, sentence: str) -> None:
        self.problems.append((column, sentence))

    def has(self, *columns: str) -> bool:
        return all(column in self.values for column in columns)


Seen = dict[Hashable, int]


class Matcher:
    """Judges the batches of one file. `seen` remembers in which row each key stood first."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.seen: Seen = {}
        self._judge: Callable[[Sequence[Line]], None] = {
            ImportKind.CUSTOMER: self._customers,
            ImportKind.SITE: self._sites,
            ImportKind.CONTACT: self._contacts,
            ImportKind.ASSET: self._assets,
        }[ImportKind(kind)]

    def judge(self, lines: Sequence[Line]) -> None:
        """Add what is wrong with the lines, and mark those that are registered already."""
        self._judge(lines)

    def _first(self, line: Line, column: str, key: Hashable) -> bool:
        """Whether nothing before it in the file had this key; else it is named."""
        before = self.seen.setdefault((column, key), line.number)
        if before != line.number:
            line.blame(column, _("The same as in row %(number)s of this file.") % {"number": before})
        return before == line.number

    # --- Customers ----------------------------------------------------------------------------------------------------

    def _customers(self, lines: Sequence[Line]) -> None:
        codes, names = _all(lines, "code"), _all(lines, "name")
        found = list(Customer.objects.filter(Q(code__in=codes) | Q(name__in=names)).select_related("merged_into"))
        by_code, by_name = {one.code: one for one in found}, {one.name: one for one in found}
        for line in lines:
            code, name = line.values.get("code"), line.values.get("name")
            fresh = [self._first(line, column, line.values[column]) for column in ("code", "name") if line.has(column)]
            if not all(fresh):
                continue
            mine, other = by_code.get(str(code)), by_name.get(str(name))
            if mine and mine.merged_into:
                line.is_same = True
            elif mine:
                _compare(self.kind, line, mine, "code", mine.name)
            elif other:
                line.blame("name", _("This name is registered already, with the code %(code)s.") % {"code": other.code})

    # --- Sites --------------------------------------------------------------------------------------------------------

    def _sites(self, lines: Sequence[Line]) -> None:
        _find_customers(lines)
        owners = {line.values["customer"].pk for line in lines if line.has("customer")}
        listed = Site.objects.filter(customer__in=owners, name__in=_all(lines, "name"))
        found = {(one.customer_id, one.name): one for one in listed}
        for line in lines:
            if line.has("customer", "name"):
                key = (line.values["customer"].pk, line.values["name"])
                if self._first(line, "name", key) and key in found:
                    _compare(self.kind, line, found[key], "name", found[key].name)
        _check_places([line for line in lines if not line.problems and not line.is_same])

    # --- Contacts -----------------------------------------------------------------------------------------------------

    def _contacts(self, lines: Sequence[Line]) -> None:
        """A person is known by name and phone at a customer."""
        _find_customers(lines)
        _find_sites_of_contacts(lines)
        owners = {line.values["customer"].pk for line in lines if line.has("customer")}
        listed = Contact.objects.filter(customer__in=owners, name__in=_all(lines, "name")).prefetch_related("sites")
        found = {(one.customer_id, one.name, one.phone): one for one in listed}
        for line in lines:
            if line.has("customer", "name"):
                key = (line.values["customer"].pk, line.values["name"], line.values.get("phone", ""))
                if self._first(line, "name", key) and key in found:
                    _compare(self.kind, line, found[key], "name", found[key].name)

    # --- Devices ------------------------------------------------------------------------------------------------------

    def _assets(self, lines: Sequence[Line]) -> None:
        """A device is known by product and serial number; one without by site, product and name."""
        _find_customers(lines)
        _find_site_of_asset(lines)
        _find_products(lines)
        for line in lines:
            if line.has("serial"):
                line.values["serial"] = line.values["serial"].upper()
            elif line.has("product"):
                line.values.setdefault("name", line.values["product"].name)
        found = _registered_assets(lines)
        for line in lines:
            if line.has("customer", "site", "product"):
                column, key = ("serial", _by_serial(line)) if line.has("serial") else ("name", _by_name(line))
                if self._first(line, column, key) and key in found:
                    _compare(self.kind, line, found[key], column, found[key].site.customer.name)


# --- References -------------------------------------------------------------------------------------------------------


def _all(lines: Iterable[Line], column: str) -> set[Any]:
    return {line.values[column] for line in lines if line.has(column)}


def _find_customers(lines: Sequence[Line]) -> None:
    listed = Customer.objects.filter(code__in=_all(lines, "customer")).select_related("merged_into")
    found = {one.code: one.merged_into or one for one in listed}
    for line in lines:
        if line.has("customer"):
            _put(line, "customer", found, _("There is no customer with this code."))


def _find_products(lines: Sequence[Line]) -> None:
    found = {one.code: one for one in Product.objects.filter(code__in=_all(lines, "product"))}
    for line in lines:
        if line.has("product"):
            _put(line, "product", found, _("There is no product with this code in the catalogue."))


def _put(line: Line, column: str, found: Mapping[str, Model], otherwise: str) -> None:
    row = found.get(line.values.pop(column))
    if row is None:
        line.blame(column, otherwise)
    else:
        line.values[column] = row


def _sites_by_name(lines: Sequence[Line], names: set[str]) -> dict[tuple[int, str], list[Site]]:
    owners = {line.values["customer"].pk for line in lines if line.has("customer")}
    found: dict[tuple[int, str], list[Site]] = {}
    for site in Site.objects.filter(customer__in=owners, name__in=names).order_by("pk"):
        found.setdefault((site.customer_id, site.name), []).append(site)
    return found


def _find_site_of_asset(lines: Sequence[Line]) -> None:
    found = _sites_by_name(lines, _all(lines, "site"))
    for line in lines:
        name = line.values.pop("site", None)
        if name is not None and line.has("customer"):
            site = _one(line, "site", name, found)
            line.values |= {"site": site} if site else {}


def _find_sites_of_contacts(lines: Sequence[Line]) -> None:
    named = {name for line in lines for name in line.values.get("sites", ())}
    found = _sites_by_name(lines, named) if named else {}
    for line in lines:
        names = line.values.pop("sites", ())
        if names and line.has("customer"):
            line.values["sites"] = [site for name in names if (site := _one(line, "sites", name, found))]


def _one(line: Line, column: str, name: str, found: Mapping[tuple[int, str], list[Site]]) -> Site | None:
    """The customer's only site of the name; none or several are named."""
    there = found.get((line.values["customer"].pk, name), [])
    if len(there) == 1:
        return there[0]
    said = (
        _("The customer has several sites called %(name)s.")
        if there
        else _("The customer has no site called %(name)s.")
    )
    line.blame(column, said % {"name": name})
    return None


def _check_places(lines: Sequence[Line]) -> None:
    """Locality and distance are given both, or can both be estimated."""
    centers = list(working_centers())
    for line in lines:
        given = line.values
        if line.has("locality", "distance_km"):
            continue
        if line.has("locality") or line.has("distance_km"):
            line.blame("distance_km", _("Please give both locality and distance, or neither."))
        elif line.has("latitude") != line.has("longitude"):
            line.blame("longitude", _("Please give both latitude and longitude, or neither."))
        else:
            place = point(given.get("latitude"), given.get("longitude"))
            district = given.get("district", "")
            estimate = locate(district, place, nearest(place, district, centers))
            if estimate.locality is None or estimate.distance_km is None:
                line.blame(
                    "locality",
                    _("Locality and distance cannot be estimated here. Please give both, or region and coordinates."),
                )


def _registered_assets(lines: Sequence[Line]) -> dict[Hashable, Asset]:
    whole = Asset.objects.select_related("site__customer", "product")
    serials, wanted = _all(lines, "serial"), [line for line in lines if line.has("product")]
    by_serial = whole.filter(product__in=_all(wanted, "product"), serial__in=serials - {""})
    found: dict[Hashable, Asset] = {("serial", one.product_id, one.serial): one for one in by_serial}
    bare = [line for line in wanted if line.has("site") and not line.has("serial")]
    by_name = whole.filter(site__in=_all(bare, "site"), name__in=_all(bare, "name"), serial="")
    return found | {("name", one.site_id, one.product_id, one.name): one for one in by_name}


def _by_serial(line: Line) -> Hashable:
    return ("serial", line.values["product"].pk, line.values["serial"])


def _by_name(line: Line) -> Hashable:
    return ("name", line.values["site"].pk, line.values["product"].pk, line.values["name"])


# --- Registered already -----------------------------------------------------------------------------------------------


def _compare(kind: str, line: Line, row: Any, column: str, who: str) -> None:
    """Just so: nothing to do. Otherwise: named with the columns that differ. An empty cell says nothing."""
    differing = [
        str(one.label) for one in columns_of(kind) if one.name in line.values and _differs(line, row, one.name)
    ]
    if differing:
        said = _("Registered already (%(who)s) with another: %(columns)s.")
        line.blame(column, said % {"who": who, "columns": "、".join(differing)})
    else:
        line.is_same = True


def _differs(line: Line, row: Any, name: str) -> bool:
    value = line.values[name]
    if name == "sites":
        return not {site.pk for site in value} <= {site.pk for site in row.sites.all()}
    if name in ("locality", "distance_km") and not row.is_placed_by_hand and not line.has("locality", "distance_km"):
        return False
    return bool(getattr(row, f"{name}_id" if isinstance(value, Model) else name) != _key(value))


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


# --- Taking in --------------------------------------------------------------------------------------------------------

_CREATE: dict[str, Callable[..., Model]] = {
    ImportKind.CUSTOMER: customers.create,
    ImportKind.SITE: sites.create,
    ImportKind.CONTACT: contacts.create,
    ImportKind.ASSET: assets.create,
}


def take_in(kind: str, line: Line, *, actor: Any, now: datetime) -> None:
    """Make the row, as its form would. InputError at the field if the domain refuses it after all."""
    values = dict(line.values)
    if kind == ImportKind.ASSET:
        del values["customer"]
    _CREATE[kind](**values, actor=actor, now=now)
