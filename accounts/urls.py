from django.urls import path, re_path

from accounts.views import access, link, login, password, profile, service_center, team, user

app_name = "accounts"
urlpatterns = [
    path("login/", login.log_in, name="login"),
    path("login/link/", link.link_ask, name="link-ask"),
    re_path(r"^login/link/(?P<token>.*)/$", link.link_use, name="link-use"),
    path("logout/", login.log_out, name="logout"),
    path("language/", profile.language, name="language"),
    path("welcome/", profile.welcome, name="welcome"),
    re_path(r"^welcome/join/(?P<token>.*)/$", access.invitation_accept, name="invitation-accept"),
    path("account/", profile.profile, name="profile"),
    path("account/preferences/", profile.preference, name="preference"),
    path("settings/service-centers/", service_center.service_center_list, name="service-center-list"),
    path("settings/service-centers/new/", service_center.service_center_create, name="service-center-create"),
    path(
        "settings/service-centers/<int:pk>/change/",
        service_center.service_center_change,
        name="service-center-change",
    ),
    path("settings/users/", user.user_list, name="user-list"),
    path("settings/users/new/", user.user_create, name="user-create"),
    path("settings/users/<int:pk>/", user.user_detail, name="user-detail"),
    path("settings/users/<int:pk>/change/", user.user_change, name="user-change"),
    path("settings/users/<int:pk>/invite/", access.user_invite, name="user-invite"),
    path("settings/users/<int:pk>/password/", access.user_password, name="user-password"),
    path("settings/users/<int:pk>/disable/", access.user_disable, name="user-disable"),
    path("settings/users/<int:pk>/enable/", access.user_enable, name="user-enable"),
    path("settings/users/<int:pk>/tokens/new/", access.api_token_create, name="api-token-create"),
    path(
        "settings/users/<int:pk>/tokens/<int:token>/revoke/",
        access.api_token_revoke,
        name="api-token-revoke",
    ),
    path("settings/teams/", team.team_list, name="team-list"),
    path("settings/teams/new/", team.team_create, name="team-create"),
    path("settings/teams/<int:pk>/change/", team.team_change, name="team-change"),
    path("settings/teams/<int:pk>/remove/", team.team_remove, name="team-remove"),
    path("settings/departments/new/", team.department_create, name="department-create"),
    path("settings/departments/<int:pk>/change/", team.department_change, name="department-change"),
    path("settings/departments/<int:pk>/remove/", team.department_remove, name="department-remove"),
    path("account/password/", password.password_change, name="password-change"),
]
