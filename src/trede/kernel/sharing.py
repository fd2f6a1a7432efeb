"""Dividing a whole number by weights so that nothing is lost: the largest remainder."""

from __future__ import annotations

from collections.abc import Sequence


def share_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by whole weights; the parts add up to it exactly.

    What rounding down leaves over goes, one each, to the parts with the largest remainder (the earlier one of equals).
    Reversing the sign reverses every part.

    Raises:
        ValueError: no weights, a negative weight, or all weights zero.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError(weights)
    sign = -1 if whole < 0 else 1
    divided = [divmod(abs(whole) * weight, total) for weight in weights]
    parts = [part for part, _ in divided]
    for index in sorted(range(len(weights)), key=lambda i: (-divided[i][1], i))[: abs(whole) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
