"""The Django application `people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, organisations, memberships, invitations, the change log."""

    name = "trede_web.people"
    label = "people"
