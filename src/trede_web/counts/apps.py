"""The Django application `counts`."""

from django.apps import AppConfig


class CountsConfig(AppConfig):
    """Counts that every process shares."""

    name = "trede_web.counts"
    label = "counts"
