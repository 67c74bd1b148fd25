"""The pages of customers, their sites, contacts and devices, and the catalogue."""

from django.urls import path, re_path

from customers.views import asset, contact, customer, invitation, label, portal_contact, product, site

app_name = "customers"

urlpatterns = [
    path("customers/", customer.customer_list, name="customer-list"),
    path("customers/new/", customer.customer_create, name="customer-create"),
    path("customers/options/", customer.customer_options, name="customer-options"),
    path("customers/<int:pk>/", customer.customer_detail, name="customer-detail"),
    path("customers/<int:pk>/change/", customer.customer_change, name="customer-change"),
    path("customers/<int:pk>/sites/new/", site.site_create, name="site-create"),
    path("customers/<int:pk>/contacts/new/", contact.contact_create, name="contact-create"),
    path("customers/<int:pk>/devices/new/", asset.asset_create, name="asset-create"),
    path("sites/<int:pk>/change/", site.site_change, name="site-change"),
    path("sites/<int:pk>/labels/", label.site_labels, name="site-labels"),
    path("contacts/<int:pk>/change/", contact.contact_change, name="contact-change"),
    path("contacts/<int:pk>/invite/", contact.contact_invite, name="contact-invite"),
    path("contacts/<int:pk>/disable/", contact.contact_disable, name="contact-disable"),
    path("contacts/<int:pk>/enable/", contact.contact_enable, name="contact-enable"),
    path("assets/", asset.asset_list, name="asset-list"),
    path("assets/<int:pk>/", asset.asset_detail, name="asset-detail"),
    path("assets/<int:pk>/change/", asset.asset_change, name="asset-change"),
    path("assets/<int:pk>/label/", label.asset_label, name="asset-label"),
    path("products/", product.product_list, name="product-list"),
    path("products/new/", product.product_create, name="product-create"),
    path("products/<int:pk>/change/", product.product_change, name="product-change"),
    path("portal/contacts/", portal_contact.portal_contact_list, name="portal-contact-list"),
    path("portal/contacts/new/", portal_contact.portal_contact_create, name="portal-contact-create"),
    path("portal/contacts/<int:pk>/", portal_contact.portal_contact_change, name="portal-contact-change"),
    path("portal/contacts/<int:pk>/invite/", portal_contact.portal_contact_invite, name="portal-contact-invite"),
    path("portal/contacts/<int:pk>/disable/", portal_contact.portal_contact_disable, name="portal-contact-disable"),
    path("portal/contacts/<int:pk>/enable/", portal_contact.portal_contact_enable, name="portal-contact-enable"),
    re_path(r"^welcome/invite/(?P<token>.*)/$", invitation.invitation_accept, name="invitation-accept"),
]
