"""What we owe at least, and what the customer may use at most."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SAME_CUSTOMER = [
    ("contracts_obligation", "contract_id", "contracts_contract"),
    ("contracts_obligationdone", "obligation_id", "contracts_obligation"),
    ("contracts_obligationmiss", "obligation_id", "contracts_obligation"),
    ("contracts_quota", "contract_id", "contracts_contract"),
    ("contracts_quotadraw", "quota_id", "contracts_quota"),
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
        ("contracts", "0004_payment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('kind', models.CharField(choices=[('inspection', 'Inspection'), ('report', 'Service report'), ('visit', 'Visit'), ('resident', 'Resident engineer'), ('training', 'Training'), ('other', 'Other service')], max_length=12)),
                ('what', models.CharField(blank=True, max_length=120)),
                ('times', models.PositiveSmallIntegerField()),
                ('per', models.CharField(choices=[('month', 'a month'), ('quarter', 'a quarter'), ('year', 'a year'), ('term', 'in the whole term')], max_length=8)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=20)),
                ('counts_from', models.DateField()),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('id', 'customer'), name='obligation_tenant'), models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('contract', 'kind', 'source'), name='obligation_adopted_once'), models.CheckConstraint(condition=models.Q(('times__gte', 1)), name='obligation_times'), models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='obligation_term')],
            },
        ),
        migrations.CreateModel(
            name='ObligationDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='done', to='contracts.obligation')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('key', models.CharField(max_length=80)),
                ('done_on', models.DateField()),
                ('what', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['obligation', 'done_on'], name='obligation_done_day')],
                'constraints': [models.UniqueConstraint(fields=('obligation', 'key'), name='obligation_done_once')],
            },
        ),
        migrations.CreateModel(
            name='ObligationMiss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='misses', to='contracts.obligation')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('owed', models.PositiveSmallIntegerField()),
                ('done', models.PositiveSmallIntegerField()),
                ('told_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settlement', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['obligation'], name='obligation_miss_open')],
                'constraints': [models.UniqueConstraint(fields=('obligation', 'first'), name='obligation_miss_once')],
            },
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotas', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('kind', models.CharField(choices=[('training', 'Training days'), ('visit', 'Visits'), ('remote', 'Hours of remote support'), ('other', 'Other services')], max_length=12)),
                ('what', models.CharField(blank=True, max_length=120)),
                ('granted', models.DecimalField(decimal_places=2, max_digits=8)),
                ('reserved', models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ('used', models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ('source', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('id', 'customer'), name='quota_tenant'), models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('contract', 'kind', 'source'), name='quota_adopted_once'), models.CheckConstraint(condition=models.Q(('granted__gt', 0)), name='quota_granted'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0), ('used__gte', 0)), name='quota_sums'), models.CheckConstraint(condition=models.Q(('granted__gte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('used')))), name='quota_not_exceeded')],
            },
        ),
        migrations.CreateModel(
            name='QuotaDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='contracts.quota')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('key', models.CharField(max_length=80)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8)),
                ('state', models.CharField(choices=[('reserved', 'Reserved'), ('drawn', 'Used'), ('released', 'Released')], max_length=8)),
                ('used_on', models.DateField()),
                ('what', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('quota', 'key'), name='quota_draw_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='quota_draw_amount')],
            },
        ),
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
    ]
