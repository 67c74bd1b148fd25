from customers.models.asset import Asset
from customers.models.contact import Contact, ContactSite
from customers.models.customer import Customer
from customers.models.product import Product
from customers.models.site import Site
from customers.models.words import AssetWords, ContactWords, CustomerWords

__all__ = [
    "Asset",
    "AssetWords",
    "Contact",
    "ContactSite",
    "ContactWords",
    "Customer",
    "CustomerWords",
    "Product",
    "Site",
]
