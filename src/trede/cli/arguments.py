"""The parser of arguments in the user's language: usage, headings of the help, and what is wrong with a command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

from trede.cli.language import Speaker

WRONG: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in (
        ("required", r"the following arguments are required: (?P<names>.*)"),
        ("one_of", r"one of the arguments (?P<names>.*) is required"),
        ("unrecognized", r"unrecognized arguments: (?P<names>.*)"),
        ("ambiguous", r"ambiguous option: (?P<name>.*) could match (?P<names>.*)"),
        ("one_value", r"argument (?P<name>.*?): expected one argument"),
        ("values", r"argument (?P<name>.*?): expected at least one argument"),
        ("choice", r"argument (?P<name>.*?): invalid choice: (?P<given>.*) \(choose from (?P<names>.*)\)"),
        ("whole", r"argument (?P<name>.*?): invalid int value: (?P<given>.*)"),
        ("date", r"argument (?P<name>.*?): invalid fromisoformat value: (?P<given>.*)"),
        ("not_with", r"argument (?P<name>.*?): not allowed with argument (?P<names>.*)"),
        ("no_value", r"argument (?P<name>.*?): ignored explicit argument (?P<given>.*)"),
    )
}
"""What the standard library says of a wrong command → our code; its own words stand for what is not here (`other`)."""


def parser_type(speaker: Speaker) -> type[argparse.ArgumentParser]:
    """Return the class of parsers that speak one language; parsers of commands inside are of the same class."""

    class Formatter(argparse.HelpFormatter):
        def add_usage(
            self, usage: str | None, actions: Iterable[argparse.Action],
            groups: Iterable[argparse._MutuallyExclusiveGroup], prefix: str | None = None,
        ) -> None:  # fmt: skip
            """Begin with our word for usage."""
            super().add_usage(usage, actions, groups, speaker.say("usage.prefix") + " " if prefix is None else prefix)

    class Parser(argparse.ArgumentParser):
        def __init__(self, *, prog: str | None = None, description: str | None = None) -> None:
            super().__init__(prog=prog, description=description, formatter_class=Formatter, add_help=False)
            self._positionals.title = speaker.say("usage.positionals")
            self._optionals.title = speaker.say("usage.options")
            self.add_argument("-h", "--help", action="help", help=speaker.say("help.help"))

        def error(self, message: str) -> NoReturn:
            """Say what is wrong and how the command is used; exit code 2."""
            self.exit(2, f"{self.format_usage()}{self.prog}: {_told(speaker, message)}\n")

    return Parser


def _told(speaker: Speaker, message: str) -> str:
    for kind, pattern in WRONG.items():
        if found := pattern.fullmatch(message):
            values = {name: value.replace("'", "") for name, value in found.groupdict().items()}
            return speaker.say(f"usage.{kind}", **values)
    return speaker.say("usage.other", detail=message)
