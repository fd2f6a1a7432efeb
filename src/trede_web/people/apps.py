"""The Django application `people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, organisations, memberships, invitations, the change log."""

    name = "trede_web.people"
    label = "people"

    def ready(self) -> None:
        """Watch who logs in."""
        from trede_web.people.watching import watch  # noqa: PLC0415 - allauth's models are ready by now

        watch()
