"""The table of what is remembered as Django's cache: django-allauth counts failed log-ins and marks used codes in it."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

SWEPT_EACH = 60.0
"""Seconds between two times that a process throws away what is over."""
FOR_EVER = 10 * 365 * 24 * 3600.0


class SharedCache(BaseCache):
    """Values are JSON. Small and short-lived ones alone: nothing that a page shows is kept here."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._swept, self._lock = 0.0, threading.Lock()

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return a value."""
        found = _model().objects.filter(name=self._name(key, version), until__gt=time.time()).first()
        return default if found is None else json.loads(found.value)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Remember a value."""
        self._sweep()
        _model().put(self._name(key, version), json.dumps(value), self._until(timeout))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Remember a value unless there is one; of two at once, one does."""
        self._sweep()
        return bool(_model().add(self._name(key, version), json.dumps(value), self._until(timeout)))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Remember a value longer; False when there is none."""
        found = _model().objects.filter(name=self._name(key, version), until__gt=time.time())
        return bool(found.update(until=self._until(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; False when there was none."""
        return bool(_model().objects.filter(name=self._name(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything."""
        _model().objects.all().delete()

    def _name(self, key: Any, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _until(self, timeout: Any) -> float:
        seconds = self.get_backend_timeout(timeout)
        return time.time() + FOR_EVER if seconds is None else seconds

    def _sweep(self) -> None:
        with self._lock:
            due = self._swept < time.time() - SWEPT_EACH
            self._swept = time.time() if due else self._swept
        if due:
            _model().sweep()


def _model() -> Any:
    from trede_web.counts.models import Remembered  # noqa: PLC0415 - the cache is made before models are

    return Remembered
