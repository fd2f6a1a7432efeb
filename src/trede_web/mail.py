"""E-mail, when the environment names a server for it. Without one nothing is sent, and every screen does without."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

VARIABLE = "TREDE_WEB_SMTP"
"""`smtp://user:password@host:587` (with STARTTLS), `smtps://host:465`, or `smtp+plain://localhost:25` for one on this
machine."""

FROM = "TREDE_WEB_MAIL_FROM"
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class MailAddressError(ValueError):
    """The address of the mail server cannot be read; the message does not repeat it, since it may hold a password."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed in, and from whom it comes."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str


def mail() -> MailServer | None:
    """Return the server for e-mail; None when the environment names none.

    Raises:
        MailAddressError: the variable is no address of a mail server, or nobody is named to send from.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise MailAddressError(f"{VARIABLE}: not an address") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailAddressError(f"{VARIABLE}: expected smtp://user:password@host:port")
    sender = os.environ.get(FROM)
    if not sender:
        raise MailAddressError(f"{FROM}: an e-mail address to send from")
    return MailServer(
        parts.scheme, parts.hostname, port or PORTS[parts.scheme], unquote(parts.username or ""),
        unquote(parts.password or ""), sender,
    )  # fmt: skip
