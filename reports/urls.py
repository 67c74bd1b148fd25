from django.urls import path

from reports.views import dashboard, penalty, portal_report, report, simulation, wall

app_name = "reports"
urlpatterns = [
    path("reports/", report.report_list, name="report-list"),
    path("reports/new/", report.report_create, name="report-create"),
    path("reports/deadlines/", dashboard.dashboard, name="dashboard"),
    path("reports/deadlines/export/", dashboard.dashboard_export, name="dashboard-export"),
    path("reports/deadlines/walls/", wall.wall_list, name="wall-list"),
    path("reports/deadlines/walls/<int:pk>/revoke/", wall.wall_revoke, name="wall-revoke"),
    path("reports/deadlines/simulations/", simulation.simulation_list, name="simulation-list"),
    path("reports/deadlines/simulations/new/", simulation.simulation_create, name="simulation-create"),
    path("reports/deadlines/simulations/new/preview/", simulation.simulation_preview, name="simulation-preview"),
    path("reports/deadlines/simulations/<int:pk>/", simulation.simulation_detail, name="simulation-detail"),
    path(
        "reports/deadlines/simulations/<int:pk>/progress/", simulation.simulation_progress, name="simulation-progress"
    ),
    path("reports/deadlines/simulations/<int:pk>/cancel/", simulation.simulation_cancel, name="simulation-cancel"),
    path("reports/deadlines/simulations/<int:pk>/export/", simulation.simulation_export, name="simulation-export"),
    path("reports/deadlines/<slug:name>/", dashboard.dashboard_panel, name="dashboard-panel"),
    path("reports/penalties/<int:pk>/", penalty.penalty_detail, name="penalty"),
    path("wall/<str:token>/", wall.wall, name="wall"),
    path("reports/<str:number>/", report.report_detail, name="report-detail"),
    path("reports/<str:number>/texts/", report.report_texts, name="report-texts"),
    path("reports/<str:number>/refreeze/", report.report_refreeze, name="report-refreeze"),
    path("reports/<str:number>/publish/", report.report_publish, name="report-publish"),
    path("reports/<str:number>/pdf/", report.report_pdf, name="report-pdf"),
    path("portal/reports/", portal_report.portal_report_list, name="portal-report-list"),
    path("portal/reports/<str:number>/", portal_report.portal_report_detail, name="portal-report-detail"),
    path("portal/reports/<str:number>/pdf/", portal_report.portal_report_pdf, name="portal-report-pdf"),
]
