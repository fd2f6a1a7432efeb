"""The Django application that holds the pages, their templates and static files."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The screens."""

    name = "trede_web"
    label = "pages"
