"""The application for a WSGI server: `gunicorn trede_web.wsgi:application`."""

from __future__ import annotations

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trede_web.settings")
application = get_wsgi_application()

from trede_web.bridge.factors.shelf import warm  # noqa: E402 - after the settings are known

threading.Thread(target=warm, daemon=True).start()
