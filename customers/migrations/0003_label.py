"""Every device gets the random key that its label leads to; the devices that are there already get theirs now."""

from typing import Any

from django.db import migrations, models

from customers.models.asset import new_label_key


def label_present(apps: Any, schema_editor: Any) -> None:
    assets = apps.get_model("customers", "Asset").objects
    unlabelled = list(assets.filter(label_key=None).only("pk"))
    for asset in unlabelled:
        asset.label_key = new_label_key()
    assets.bulk_update(unlabelled, ["label_key"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_tenant")]

    operations = [
        migrations.AddField("asset", "label_key", models.CharField(editable=False, max_length=22, null=True)),
        migrations.RunPython(label_present, migrations.RunPython.noop),
        migrations.AlterField(
            "asset",
            "label_key",
            models.CharField(default=new_label_key, editable=False, max_length=22, unique=True),
        ),
    ]
