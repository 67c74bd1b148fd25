"""Instalments, invoices, receipts and the steps of asking for overdue money."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SAME_CUSTOMER = [
    ("contracts_payment", "contract_id", "contracts_contract"),
    ("contracts_invoice", "contract_id", "contracts_contract"),
    ("contracts_invoice", "payment_id", "contracts_payment"),
    ("contracts_receipt", "contract_id", "contracts_contract"),
    ("contracts_receipt", "payment_id", "contracts_payment"),
    ("contracts_dunningstep", "payment_id", "contracts_payment"),
]


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_contract"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('number', models.PositiveSmallIntegerField()),
                ('what', models.CharField(max_length=120)),
                ('due_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('received', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('reminder', models.PositiveSmallIntegerField(choices=[(0, 'nothing'), (1, 'due soon'), (2, 'overdue'), (3, 'a letter is due'), (4, 'a call is due'), (5, 'legal steps are due')], default=0)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('received__lt', models.F('amount'))), fields=['due_on'], name='payment_open')],
                'constraints': [models.UniqueConstraint(fields=('id', 'customer'), name='payment_tenant'), models.UniqueConstraint(fields=('contract', 'number'), name='payment_number'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount'), models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('amount'))), name='payment_received')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='contracts.payment')),
                ('number', models.CharField(max_length=30, unique=True)),
                ('issued_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='invoice_amount')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='contracts.payment')),
                ('received_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('surplus', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='receipt_amount'), models.CheckConstraint(condition=models.Q(('surplus__gte', 0), ('surplus__lte', models.F('amount'))), name='receipt_surplus')],
            },
        ),
        migrations.CreateModel(
            name='DunningStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dunning', to='contracts.payment')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('kind', models.CharField(choices=[('letter', 'Letter'), ('call', 'Call'), ('legal', 'Legal steps')], max_length=8)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('open_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('file', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('payment', 'kind'), name='dunning_once')],
            },
        ),
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
    ]
