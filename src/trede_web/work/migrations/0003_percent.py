from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0002_waiting")]
    operations = [
        migrations.AddField(
            model_name="job",
            name="percent",
            field=models.PositiveSmallIntegerField(null=True),
        )
    ]
