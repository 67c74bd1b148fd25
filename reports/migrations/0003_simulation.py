import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_import'),
        ('reports', '0002_report'),
        ('tickets', '0009_coverage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Simulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('scope', models.CharField(max_length=8)),
                ('number', models.PositiveIntegerField(null=True)),
                ('text', models.TextField()),
                ('calendars', models.JSONField()),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField()),
                ('under', models.CharField(blank=True, max_length=20)),
                ('state', models.CharField(choices=[('waiting', 'Waiting its turn'), ('running', 'Under way'), ('done', 'Done'), ('cancelled', 'Stopped'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField(db_index=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('tickets', models.PositiveIntegerField()),
                ('figures', models.JSONField(default=list)),
                ('failed_count', models.PositiveIntegerField(default=0)),
                ('failed', models.JSONField(default=list)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('ordered_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SimulationFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=32)),
                ('severity', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('newly', 'Would have been late'), ('still', 'Late both ways'), ('spared', 'Late now, not then')], max_length=8)),
                ('round', models.PositiveSmallIntegerField()),
                ('now_due', models.DateTimeField(null=True)),
                ('now_met', models.DateTimeField(null=True)),
                ('now_state', models.CharField(blank=True, max_length=12)),
                ('then_due', models.DateTimeField(null=True)),
                ('then_met', models.DateTimeField(null=True)),
                ('then_state', models.CharField(blank=True, max_length=12)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('simulation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='reports.simulation')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='SimulationPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('first', models.BigIntegerField()),
                ('until', models.BigIntegerField(null=True)),
                ('size', models.PositiveIntegerField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('result', models.JSONField(null=True)),
                ('simulation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='reports.simulation')),
            ],
        ),
        migrations.AddIndex(
            model_name='simulation',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'running'))), fields=['id'], name='simulation_going'),
        ),
        migrations.AddIndex(
            model_name='simulationfinding',
            index=models.Index(fields=['simulation', 'kind', 'id'], name='simulation_findings'),
        ),
        migrations.AddConstraint(
            model_name='simulationfinding',
            constraint=models.UniqueConstraint(fields=('simulation', 'ticket', 'target'), name='simulation_finding_once'),
        ),
        migrations.AddIndex(
            model_name='simulationpart',
            index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['simulation', 'number'], name='simulation_to_do'),
        ),
        migrations.AddConstraint(
            model_name='simulationpart',
            constraint=models.UniqueConstraint(fields=('simulation', 'number'), name='simulation_part_once'),
        ),
    ]
