from customers.models.asset import Asset, AssetChange
from customers.models.caller import CallerCheck
from customers.models.care_plan import CarePlan
from customers.models.contact import Contact, ContactSite
from customers.models.customer import Customer, NotDouble
from customers.models.imports import ImportRow, ImportRun
from customers.models.partner import Partner, PartnerStaff
from customers.models.product import Product
from customers.models.release import Release, ReleaseNotice
from customers.models.secret import Secret, SecretLook
from customers.models.site import Site
from customers.models.words import AssetWords, ContactWords, CustomerWords

__all__ = [
    "Asset",
    "AssetChange",
    "AssetWords",
    "CallerCheck",
    "CarePlan",
    "Contact",
    "ContactSite",
    "ContactWords",
    "Customer",
    "CustomerWords",
    "ImportRow",
    "ImportRun",
    "NotDouble",
    "Partner",
    "PartnerStaff",
    "Product",
    "Release",
    "ReleaseNotice",
    "Secret",
    "SecretLook",
    "Site",
]
