"""Tell a person what a long command is doing: a line on the terminal, nothing when nobody is watching."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def show_progression(titre: str, total: int | None = None) -> Iterator[Callable[[str], None]]:
    """Yield a function told the name of each step; it draws on the error output when it is a terminal.

    ``total`` is the number of steps, when it is known.
    """
    if not sys.stderr.isatty():
        yield lambda _etape: None
        return
    colonnes = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*colonnes, console=Console(stderr=True), transient=True) as progression:
        tache = progression.add_task(titre, total=total)

        def tell(etape: str) -> None:
            progression.update(tache, advance=1, description=f"{titre} : {etape}")

        yield tell
