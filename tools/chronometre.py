"""Time an action."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

REPETITIONS = 5


def measure(
    action: Callable[[], object], repetitions: int = REPETITIONS, horloge: Callable[[], float] = time.perf_counter
) -> float:
    """Median time of an action, in milliseconds, by a clock that gives seconds."""
    durees = []
    for _ in range(repetitions):
        debut = horloge()
        action()
        durees.append(1000 * (horloge() - debut))
    return statistics.median(durees)
