"""The Django application `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Files that wait."""

    name = "trede_web.inbox"
    label = "inbox"
