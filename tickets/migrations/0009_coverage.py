"""Whether somebody judged the coverage otherwise than the terms say, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_reapply")]

    operations = [
        migrations.AddField("ticket", "coverage_by_hand", models.BooleanField(default=False)),
        migrations.AddField("ticket", "coverage_reason", models.CharField(blank=True, max_length=500)),
    ]
