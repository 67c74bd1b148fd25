"""Partners, their people and the customers that are served through them."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.enums import Role
from customers.models import Customer, Partner, PartnerStaff
from customers.queries.customer import sees_every_customer


def partners_for(user: Any) -> QuerySet[Partner]:
    """Whoever sees every customer sees all partners; other staff those that they work for themselves."""
    if sees_every_customer(user):
        return Partner.objects.all()
    return Partner.objects.filter(pk__in=_of(user))


def with_customers(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    """Each with the number of the customers that are served through it."""
    return partners.annotate(served=Count("customers", filter=Q(customers__is_active=True)))


def staff_of(partner: Partner) -> QuerySet[PartnerStaff]:
    return PartnerStaff.objects.filter(partner=partner).select_related("user").order_by("user__name", "user")


def customers_of_partner(user: Any) -> Q:
    """A partner's people see its customers, as long as they have the role and we work with the partner."""
    return Q(partner__in=_of(user)) if Role.PARTNER in user.role_codes else Q(pk__in=Customer.objects.none())


def _of(user: Any) -> QuerySet[Any, Any]:
    return PartnerStaff.objects.filter(user=user, partner__is_active=True).values("partner")
