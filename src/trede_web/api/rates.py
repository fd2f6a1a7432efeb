"""How often somebody may ask: counted in windows of fixed length, in the database, so over all processes together."""

from __future__ import annotations

import time

from trede_web.counts.models import Remembered


def seconds_to_wait(what: str, limit: int, window: int) -> int:
    """Count one; return 0 while it is within the limit, else the seconds until the next window.

    Args:
        what: what is counted, such as `token:7`.
        limit: how many in a window.
        window: seconds.
    """
    now = time.time()
    end = (now // window + 1) * window
    count = Remembered.count(f"api:{what}", end)
    return 0 if count <= limit else max(1, int(end - now))
