"""Production WSGI server: two workers of four threads, each warmed before its first request."""

from __future__ import annotations

import os
import threading
from typing import Any

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8050")

bind = f"{HOST}:{PORT}"
workers = int(os.environ.get("PARANGON_WORKERS", "2"))
threads = 4
worker_class = "gthread"
preload_app = False  # Polars and DuckDB own thread pools: never fork after they start
timeout = 60
graceful_timeout = 5
loglevel = os.environ.get("PARANGON_JOURNAL", "warning")
accesslog = None


def when_ready(server: Any) -> None:
    """Print the address once the socket listens."""
    print(f"Parangon : http://{HOST}:{PORT}/  (Ctrl+C pour arrêter)", flush=True)


def post_worker_init(worker: Any) -> None:
    """Warm the worker: what no request can do without at once, the pages while the first readers arrive."""
    from app import app
    from components.application import warm_pages, warm_up

    warm_up(app)
    threading.Thread(target=warm_pages, name="prechauffage", daemon=True).start()
