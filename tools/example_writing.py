"""How the files of the example organisation are written: numbers in Dutch and with a point, rows, whole shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def comma(amount: int, places: int, group: str = "") -> str:
    """Write an amount in Dutch: a decimal comma, and thousands with `group`."""
    whole, fraction = divmod(abs(amount), 10**places)
    return f"{'-' if amount < 0 else ''}{whole:,}".replace(",", group) + f",{fraction:0{places}}"


def thousands(amount: int) -> str:
    """Write a whole amount with points for thousands."""
    return f"{amount:,}".replace(",", ".")


def point(amount: int) -> str:
    """Write hundredths with a decimal point."""
    return f"{amount // 100}.{amount % 100:02}"


def lines(rows: Iterable[Sequence[str]], delimiter: str, end: str = "\r\n") -> str:
    """Join cells to rows and rows to a file; no cell of the example needs quotes."""
    return "".join(delimiter.join(row) + end for row in rows)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole amount in proportion to weights into whole parts that add up to it: largest remainders go up."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(total * weights[at] % whole))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts
