"""The comments as a Django app."""

from django.apps import AppConfig


class Comments(AppConfig):
    """Comments."""

    name = "trede_web.comments"
