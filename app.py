"""Create the Dash application. ``app.server`` is the WSGI application gunicorn serves."""

from __future__ import annotations

from components.application import build_application

app = build_application(__name__)
server = app.server
