"""Plain tables: text to the left, numbers to the right, a single rule above a total."""

from __future__ import annotations

from collections.abc import Sequence

Row = Sequence[str]
RULE = ("—",)


def table(rows: Sequence[Row], *, right: Sequence[int] = (), indent: str = "  ") -> str:
    """Lay out rows in columns; `right` names the columns that are set to the right; `RULE` draws a line."""
    real = [row for row in rows if row is not RULE]
    if not real:
        return ""
    columns = max(len(row) for row in real)
    widths = [max((len(row[c]) for row in real if c < len(row)), default=0) for c in range(columns)]
    lines = []
    for row in rows:
        if row is RULE:
            lines.append(indent + "─" * (sum(widths) + 2 * (columns - 1)))
            continue
        cells = [cell.rjust(widths[c]) if c in right else cell.ljust(widths[c]) for c, cell in enumerate(row)]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)
