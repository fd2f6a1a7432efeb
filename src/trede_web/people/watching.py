"""What the server's log tells of logging in: who came in, who did not, from where. Never a password or a code."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied

LOGGER = logging.getLogger("trede_web.people")


def watch() -> None:
    """Begin to watch."""
    user_logged_in.connect(_came_in, dispatch_uid="came_in")
    user_logged_out.connect(_left, dispatch_uid="left")
    user_login_failed.connect(_refused, dispatch_uid="refused")
    authentication_failed.connect(_wrong_code, dispatch_uid="wrong_code")


def _from(request: Any) -> str:
    """Return the address that a request came from, as far as it is known."""
    try:
        return str(get_ip(request)) if request is not None else "-"
    except PermissionDenied:
        return "-"


def _came_in(sender: Any, request: Any, user: Any, **more: Any) -> None:
    LOGGER.info("log-in of person %s from %s", user.pk, _from(request))


def _left(sender: Any, request: Any, user: Any, **more: Any) -> None:
    if user is not None:
        LOGGER.info("log-out of person %s from %s", user.pk, _from(request))


def _refused(sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
    LOGGER.warning("refused log-in as %r from %s", str(credentials.get("email", ""))[:254], _from(request))


def _wrong_code(sender: Any, request: Any, user: Any, **more: Any) -> None:
    LOGGER.warning("wrong code of person %s from %s", user.pk, _from(request))
