from django.urls import path

from accounts.views import login, password, profile

app_name = "accounts"
urlpatterns = [
    path("login/", login.log_in, name="login"),
    path("logout/", login.log_out, name="logout"),
    path("language/", profile.language, name="language"),
    path("welcome/", profile.welcome, name="welcome"),
    path("account/", profile.profile, name="profile"),
    path("account/preferences/", profile.preference, name="preference"),
    path("account/password/", password.password_change, name="password-change"),
]
