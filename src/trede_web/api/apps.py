"""The Django application `api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API and its tokens."""

    name = "trede_web.api"
    label = "api"
