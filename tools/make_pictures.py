"""Draw the picture of the README from the example organisation: `python tools/make_pictures.py [FOLDER]`.

With a folder, all pages of the report are drawn there, to look at.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from trede.catalogue.files import CATALOGUE
from trede.cli.language import Speaker
from trede.cli.main import main as trede
from trede.report.pdf import to_pictures
from trede.workspace import Workspace
from trede.workspace.reporting import make_report

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "report.png"
PAGE, DOTS_PER_INCH = 4, 96
EXAMPLE = CATALOGUE / "example"
FILES = {
    "tankpas-2022.csv": "tankpas", "tankpas-2023.csv": "tankpas", "tankpas-2024-verbeterd.csv": "tankpas",
    "meterstanden-hoofdkantoor.csv": "meterstanden", "verhuurder-elektriciteit.csv": "verhuurder",
    "aardgas-per-maand.xlsx": "aardgas", "reizen.csv": "reizen", "laadpas.csv": "laadpas",
}  # fmt: skip
YEARS = ("2022", "2023", "2024")


def example(folder: Path) -> Workspace:
    """Take the example in and calculate its years."""

    def give(*arguments: str) -> None:
        if trede(["--lang", "en", "-w", str(folder), *arguments]) != 0:
            sys.exit(" ".join(arguments))

    why = ("--by", "Kwaliteitsmedewerker", "--reason", "Voorbeeld: de lijsten van 2022-2024 zijn niet geladen")
    give("init", str(folder), "--organisation", str(EXAMPLE / "organisation.toml"))
    for name, profile in FILES.items():
        give("import", str(EXAMPLE / "files" / name), "--profile", str(EXAMPLE / f"profiles/{profile}.toml"))
    give("pin", "co2emissiefactoren-2026-08-20", "--years", *YEARS, *why)
    give("run", *YEARS)
    return Workspace(folder, lambda: datetime(2026, 11, 22, tzinfo=UTC))


def main() -> int:
    """Draw one page, or all of them."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = example(Path(folder) / "workspace")
        speaker = Speaker("nl")
        report = make_report(workspace, YEARS, "nl", lambda issues: [speaker.issue(issue) for issue in issues])
        pages = to_pictures(report, DOTS_PER_INCH)
    if len(sys.argv) > 1:
        target = Path(sys.argv[1])
        target.mkdir(parents=True, exist_ok=True)
        for at, page in enumerate(pages, 1):
            (target / f"page-{at:02}.png").write_bytes(page)
        return 0
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(pages[PAGE - 1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
