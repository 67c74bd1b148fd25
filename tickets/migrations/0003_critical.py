from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_tenant")]

    operations = [
        migrations.AddField(model_name="ticket", name="critical_at", field=models.DateTimeField(null=True)),
        migrations.RemoveIndex(model_name="ticket", name="ticket_customer"),
        migrations.AddIndex(
            model_name="ticket", index=models.Index(fields=["customer", "-reported_at"], name="ticket_customer")
        ),
        migrations.AddIndex(model_name="ticket", index=models.Index(fields=["-reported_at"], name="ticket_reported")),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["ticket"], name="event_arrived", condition=models.Q(kind="checked_in")),
        ),
    ]
