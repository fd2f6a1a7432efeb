"""Draw the picture of the README from the workspace of the demo: `make demo`, then `python tools/make_pictures.py demo`.

With a folder behind it, all pages of the report are drawn there, to look at.
"""

from __future__ import annotations

import sys
from pathlib import Path

from trede.cli.calculating import by_activity
from trede.cli.language import Speaker
from trede.report.pdf import to_pictures
from trede.workspace import Workspace
from trede.workspace.reporting import make_report

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "report.png"
PAGE, DOTS_PER_INCH = 4, 96
YEARS = ("2022", "2023", "2024")


def draw(workspace: Workspace) -> list[bytes]:
    """Return all pages of the report of the three years."""
    speaker = Speaker("nl")
    report = make_report(
        workspace, YEARS, "nl", lambda issues: [speaker.issue(issue) for issue in by_activity(speaker, issues)]
    )
    return to_pictures(report, DOTS_PER_INCH)


def main() -> int:
    """Draw one page, or all of them."""
    pages = draw(Workspace(Path(sys.argv[1])))
    if len(sys.argv) > 2:
        target = Path(sys.argv[2])
        target.mkdir(parents=True, exist_ok=True)
        for at, page in enumerate(pages, 1):
            (target / f"page-{at:02}.png").write_bytes(page)
    else:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(pages[PAGE - 1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
