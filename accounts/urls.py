from django.urls import path, re_path

from accounts.views import link, login, password, profile, service_center

app_name = "accounts"
urlpatterns = [
    path("login/", login.log_in, name="login"),
    path("login/link/", link.link_ask, name="link-ask"),
    re_path(r"^login/link/(?P<token>.*)/$", link.link_use, name="link-use"),
    path("logout/", login.log_out, name="logout"),
    path("language/", profile.language, name="language"),
    path("welcome/", profile.welcome, name="welcome"),
    path("account/", profile.profile, name="profile"),
    path("account/preferences/", profile.preference, name="preference"),
    path("settings/service-centers/", service_center.service_center_list, name="service-center-list"),
    path("settings/service-centers/new/", service_center.service_center_create, name="service-center-create"),
    path(
        "settings/service-centers/<int:pk>/change/",
        service_center.service_center_change,
        name="service-center-change",
    ),
    path("account/password/", password.password_change, name="password-change"),
]
