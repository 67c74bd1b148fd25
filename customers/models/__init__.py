from customers.models.asset import Asset
from customers.models.contact import Contact, ContactSite
from customers.models.customer import Customer
from customers.models.product import Product
from customers.models.site import Site

__all__ = ["Asset", "Contact", "ContactSite", "Customer", "Product", "Site"]
