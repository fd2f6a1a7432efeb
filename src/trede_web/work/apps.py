"""The Django application `work`."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Jobs."""

    name = "trede_web.work"
    label = "work"
