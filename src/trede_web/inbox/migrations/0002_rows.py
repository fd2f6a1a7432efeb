from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_waiting")]

    operations = [
        migrations.AddField(
            model_name="staged", name="control_rows", field=models.CharField(blank=True, max_length=30)
        ),
    ]
