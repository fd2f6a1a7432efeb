"""The interval of a total as a small drawing: a line with the lowest, the best and the highest value."""

from __future__ import annotations

from dataclasses import dataclass

from trede_web.bridge.figures import Figure
from trede_web.bridge.results.margins import Margin
from trede_web.bridge.speaking import Voice

WIDTH, LEFT, RIGHT = 380, 86, 294
"""Of the drawing, and where the interval begins and ends in it."""
APART = 34
"""So far texts stand from one another at least."""


@dataclass(frozen=True)
class Stretch:
    """Where the best value stands between the two bounds, and how the three are written."""

    best: int
    low: str
    best_text: str
    high: str
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT

    @property
    def span(self) -> int:
        """How long the interval is drawn."""
        return self.right - self.left

    @property
    def low_fits(self) -> bool:
        """Whether the text of the lowest has room beside that of the best."""
        return self.best - self.left >= APART

    @property
    def high_fits(self) -> bool:
        """Whether the text of the highest has room beside that of the best."""
        return self.right - self.best >= APART


def stretch(total: Figure, margin: Margin, voice: Voice) -> Stretch | None:
    """Return the drawing of the interval of a total; nothing when the interval is not known."""
    least, most = margin.around
    if not margin.known or most <= least:
        return None
    decimals = 0 if abs(total.mg) >= 100 * 10**9 else 1 if abs(total.mg) >= 10 * 10**9 else 2
    low, best, high = (voice.tonnes(mg, decimals) for mg in (least, total.mg, most))
    share = min(1.0, max(0.0, (total.mg - least) / (most - least)))
    at = round(LEFT + share * (RIGHT - LEFT))
    return Stretch(at, low, best, high)
