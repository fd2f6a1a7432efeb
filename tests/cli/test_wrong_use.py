"""A wrong command is told in the user's language, with what was expected; the help too has no word of another language."""

from __future__ import annotations

import re

import pytest

from trede.cli.main import main

ENGLISH = re.compile(
    r"\b(usage|error|invalid|argument|arguments|required|expected|positional|choose|show this|exit|options)\b", re.I
)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("nonsense", "«nonsense» kan niet bij"),
        ("", "dit ontbreekt nog: "),
        ("publish", "dit ontbreekt nog: --reason, period"),
        ("publish 2024 --reason", "achter --reason hoort een waarde"),
        ("pin list --reason abc --years", "achter --years hoort minstens een waarde"),
        ("pin list --reason abc --years x", "«x» bij --years is geen geheel getal. Geef bijvoorbeeld 2024."),
        ("factors import f --checked gisteren", "«gisteren» bij --checked is geen datum"),
        ("run 2024 --gwp AR9", "«AR9» kan niet bij --gwp. Kies uit: AR4, AR5, AR6."),
        ("status 2024 --allemaal", "dit hoort niet bij deze opdracht: --allemaal"),
        ("source gas 2024 --none --excluded --reason abc", "--excluded en --none gaan niet samen"),
        ("source gas 2024 --reason abc", "kies een van deze: --none --excluded"),
        ("status 2024 --all=ja", "achter --all hoort geen waarde. Laat «ja» weg."),
        ("import f --pro p --s", "«--s» kan van alles zijn: "),
    ],
)
def test_a_wrong_command_is_told_in_dutch(wrong: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--lang", "nl", *wrong.split()])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("gebruik: trede ")
    last = told.splitlines()[-1]
    assert says in last
    assert not ENGLISH.search(last)


@pytest.mark.parametrize("command", ["", "publish", "factors", "factors import"])
def test_the_help_is_in_one_language(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "nl", *command.split(), "--help"])
    told = capsys.readouterr().out
    assert told.startswith("gebruik: trede ")
    headings = [line for line in told.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert set(headings) <= {"wat u opgeeft:", "opties:"}
    assert "deze hulp tonen" in told
    assert "show this help" not in told


def test_english_stays_english(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "en", "run", "2024", "--gwp", "AR9"])
    assert "“AR9” is not possible for --gwp. Choose one of: AR4, AR5, AR6." in capsys.readouterr().err
