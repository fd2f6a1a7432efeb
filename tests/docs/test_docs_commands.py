"""Every command and option is documented, and every command that the documentation shows can be read by the parser."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_reading import DOCS, blocks, commands, markdown, name_of, sections

from trede.cli.language import Speaker
from trede.cli.main import build_parser

PARSER = build_parser(Speaker("en"))
SECTIONS = sections(DOCS / "commands.md")


def subcommands(parser: argparse.ArgumentParser, name: str = "trede") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield name, parser
    for action in nested:
        for word, child in action.choices.items():
            yield from subcommands(child, f"{name} {word}")


ALL = dict(subcommands(PARSER))


def test_sections_are_the_commands() -> None:
    assert [name for name in SECTIONS if name.startswith("trede ")] == list(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_documented(name: str) -> None:
    cells = " ".join(re.findall(r"^\| (.+?) \|", SECTIONS[name], re.M))
    documented = set(re.findall(r"`([^`]+)`", cells))
    wanted = set()
    for action in ALL[name]._actions:
        if action.option_strings:
            wanted |= {option for option in action.option_strings if option.startswith("--")} - {"--help"}
        else:
            wanted.add(action.dest.upper())
    assert wanted - documented == set()
    assert {word for word in documented if word.startswith("--")} - wanted == set()


@pytest.mark.parametrize("name", ALL)
def test_choices_are_documented(name: str) -> None:
    choices = {str(choice) for action in ALL[name]._actions for choice in action.choices or ()}
    assert [choice for choice in choices if f"`{choice}`" not in SECTIONS[name]] == []


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_an_example(name: str) -> None:
    shown = [line for line in SECTIONS[name].splitlines() if line.startswith(f"$ {name}")]
    assert shown != []


def test_options_of_every_command_are_documented() -> None:
    text = (DOCS / "commands.md").read_text("utf-8").partition("\n## ")[0]
    options = [
        option for action in PARSER._actions for option in action.option_strings if option not in ("-h", "--help")
    ]
    assert options
    assert [option for option in options if f"`{option}`" not in text] == []


SHOWN = [
    (path, command)
    for path in markdown()
    for block in blocks(path)
    if block.kind == "console"
    for command, _ in commands(block)
    if command.startswith("trede ")
]


@pytest.mark.parametrize(
    ("path", "command"), SHOWN, ids=lambda value: name_of(value) if isinstance(value, Path) else value
)
def test_shown_command_is_understood(path: Path, command: str) -> None:
    arguments = PARSER.parse_args(shlex.split(command)[1:])
    assert callable(arguments.run), name_of(path)
