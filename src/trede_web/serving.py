"""Serving on one machine: the database and the example are made when they are not there, then pages and jobs go on."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

EXAMPLE_PERSON = "Kwaliteitsmedewerker"
BEHIND_PAGES = 10
"""How much jobs give way to pages on the same machine."""
EXAMPLE_EMAIL = "eigenaar@voorbeeld.example"


def work() -> int:
    """Do jobs until the process is told to stop; the job at hand is finished first."""
    django.setup()
    from trede_web.work.worker import work as do_jobs  # noqa: PLC0415 - models need Django's set-up

    os.nice(BEHIND_PAGES)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    do_jobs(stop)
    return 0


def serve(port: int, *, example: bool) -> int:
    """Serve on this machine alone, with a worker beside it."""
    django.setup()
    call_command("migrate", verbosity=0)
    say_log_in(port, make_first() if example else None)
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(stop,))
    keeper.start()
    try:
        _Server(
            {"bind": f"127.0.0.1:{port}", "workers": 1, "threads": 8, "worker_class": "gthread", "loglevel": "warning"}
        ).run()
    finally:
        stop.set()
        keeper.join()
    return 0


def _keep_working(stop: threading.Event) -> None:
    """Keep one worker at work: when it dies, the next takes its job up as soon as the lease is over."""
    while not stop.is_set():
        worker = subprocess.Popen([sys.executable, "-m", "trede_web", "work"])
        while worker.poll() is None:
            if stop.wait(0.5):
                worker.terminate()
                worker.wait()
                return
        stop.wait(1)


def person(email: str, name: str) -> int:
    """Make an account with a new password, and print that once."""
    django.setup()
    call_command("migrate", verbosity=0)
    from trede_web.people.models import User  # noqa: PLC0415 - models need Django's set-up

    if User.objects.filter(email=email.lower()).exists():
        print(f"There is an account for {email} already.", file=sys.stderr)  # noqa: T201
        return 1
    password = secrets.token_urlsafe(12)
    User.objects.create_user(email, name, password)
    print(password)  # noqa: T201
    return 0


def reset(email: str, *, without_codes: bool) -> int:
    """Print a link with which a person chooses a new password; it works once."""
    django.setup()
    from trede_web.people.codes import forget_codes  # noqa: PLC0415 - models need Django's set-up
    from trede_web.people.models import Reset, User  # noqa: PLC0415

    found = User.objects.filter(email=email.lower()).first()
    if found is None:
        print(f"There is no account for {email}.", file=sys.stderr)  # noqa: T201
        return 1
    if without_codes:
        forget_codes(found)
    host = f"https://{settings.ALLOWED_HOSTS[0]}" if settings.HTTPS else "http://127.0.0.1:8000"
    print(f"{host}{reverse('reset', args=[Reset.offer(found)])}")  # noqa: T201
    return 0


def backup(file: Path) -> int:
    """Write everything to one file."""
    django.setup()
    from trede_web.keeping.backup import KeepingError, back_up  # noqa: PLC0415 - models need Django's set-up

    try:
        made = back_up(file)
    except (KeepingError, OSError) as error:
        print(f"No backup was made: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"{file}: {made.organisations} organisations, {len(made.files)} files")  # noqa: T201
    return 0


def restore(file: Path) -> int:
    """Put a backup back into an empty place."""
    django.setup()
    call_command("migrate", verbosity=0)
    from trede_web.keeping.backup import KeepingError  # noqa: PLC0415
    from trede_web.keeping.restoring import restore as put_back  # noqa: PLC0415

    try:
        restored = put_back(file)
    except (KeepingError, OSError) as error:
        print(f"Nothing was restored: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"{file}: {restored.organisations} organisations are back")  # noqa: T201
    print(  # noqa: T201
        f"Ended, since they may have been withdrawn after the backup: all sessions, {restored.tokens} tokens, "
        f"{restored.invitations} invitations, {restored.links} links for a new password. People log in again and make new "
        "tokens. Who lost their place after the backup has it again: look at the people of each organisation."
    )
    return 0


def make_first() -> str | None:
    """Make the example organisation and its owner when there is nobody yet; return the new password."""
    from trede_web.bridge.welcome.example import EXAMPLE_NAME, make_example  # noqa: PLC0415 - models need Django's set-up
    from trede_web.people.models import Membership, Organisation, User, log  # noqa: PLC0415
    from trede_web.roles import Role  # noqa: PLC0415

    if User.objects.exists():
        return None
    organisation = Organisation.named(EXAMPLE_NAME, example=True)
    print("Making the example organisation …", flush=True)  # noqa: T201
    make_example(organisation.folder, EXAMPLE_PERSON)
    password = secrets.token_urlsafe(12)
    person = User.objects.create_user(EXAMPLE_EMAIL, EXAMPLE_PERSON, password)
    organisation.save(force_insert=True)
    Membership.objects.create(user=person, organisation=organisation, role=Role.OWNER.value)
    log(organisation, person, "organisation_made", name=organisation.name)
    return password


def say_log_in(port: int, password: str | None) -> None:
    """Print the address, and how to log in; a password is kept in a file that only this user can read."""
    note = settings.DATA / "log-in.txt"
    if password is not None:
        note.touch(mode=0o600)
        note.write_text(f"{EXAMPLE_EMAIL}\n{password}\n", "utf-8")
    print(f"\n  Trede: http://127.0.0.1:{port}/\n", flush=True)  # noqa: T201
    if note.exists():
        email, known = note.read_text("utf-8").split()
        print(f"  log in with  {email}\n  password     {known}\n", flush=True)  # noqa: T201


class _Server:
    """Gunicorn with settings of ours."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def run(self) -> None:
        """Serve until the process is told to stop."""
        from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not needed by the worker

        options = self.options

        class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
            def load_config(self) -> None:
                for name, value in options.items():
                    self.cfg.set(name, value)

            def load(self) -> Any:
                from trede_web.wsgi import application  # noqa: PLC0415

                return application

        try:
            Application().run()
        except SystemExit:
            return
