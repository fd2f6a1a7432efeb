"""How often somebody may ask: counted in windows of fixed length, in the cache of the process."""

from __future__ import annotations

import time

from django.core.cache import cache


def seconds_to_wait(what: str, limit: int, window: int) -> int:
    """Count one; return 0 while it is within the limit, else the seconds until the next window.

    Args:
        what: what is counted, such as `token:7`.
        limit: how many in a window.
        window: seconds.
    """
    now = time.time()
    begun = int(now // window)
    name = f"api:{what}:{begun}"
    cache.add(name, 0, 2 * window)
    try:
        count = cache.incr(name)
    except ValueError:  # a full cache let go of it between the two
        return 0
    return 0 if count <= limit else max(1, int((begun + 1) * window - now))
