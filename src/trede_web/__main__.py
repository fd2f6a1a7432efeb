"""The commands: `python -m trede_web serve`, `work`, `person`, `backup`, `restore`, or any command of Django's own."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from trede_web.database import DatabaseAddressError, database
from trede_web.mail import MailAddressError, mail
from trede_web.state import NetworkFolderError, prepare


def main(arguments: list[str]) -> int:
    """Run a command; what is none of ours is given to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trede_web.settings")
    parser = argparse.ArgumentParser(prog="python -m trede_web", description="Trede in the browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="make what is missing, then serve pages and do jobs")
    serve.add_argument("--port", type=int, default=8000, help="port on this machine (8000)")
    serve.add_argument("--without-example", action="store_true", help="make no example organisation")
    commands.add_parser("work", help="do jobs")
    person = commands.add_parser("person", help="make an account, and print its password once")
    person.add_argument("email", help="the e-mail address to log in with")
    person.add_argument("name", nargs="?", help="the name under which decisions are recorded; of a new account")
    person.add_argument(
        "--reset", action="store_true", help="of an account that is there: print a link for a new password"
    )
    person.add_argument("--without-codes", action="store_true", help="with --reset: take its one-time codes away too")
    backup = commands.add_parser("backup", help="write everything to one file, while people work")
    backup.add_argument("file", type=Path, help="a new file, such as trede.tar.gz")
    restore = commands.add_parser("restore", help="put a backup back into an empty place")
    restore.add_argument("file", type=Path, help="the backup")
    if not arguments or arguments[0] in (*commands.choices, "-h", "--help"):
        given = parser.parse_args(arguments)
        try:
            database(prepare())
            mail()
        except (DatabaseAddressError, MailAddressError) as error:
            parser.exit(2, f"{error}\n")
        except NetworkFolderError as error:
            parser.exit(2, f"The data folder is on a network file system, where SQLite loses data: {error}\n")
        from trede_web import serving  # noqa: PLC0415 - settings are read when the folder is there

        match given.command:
            case "work":
                return serving.work()
            case "person":
                if given.reset:
                    return serving.reset(given.email, without_codes=given.without_codes)
                if not given.name:
                    parser.error("a new account needs a name")
                return serving.person(given.email, given.name)
            case "backup":
                return serving.backup(given.file)
            case "restore":
                return serving.restore(given.file)
            case _:
                return serving.serve(given.port, example=not given.without_example)
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    prepare()
    execute_from_command_line(["trede_web", *arguments])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
