"""What the bench calls is still there: run once, on the session's publication, without timing anything."""

from __future__ import annotations

from typing import Any

import pytest

from tools.bench import measure_api, measure_serveur


@pytest.mark.parametrize("mesurer", [measure_serveur, measure_api])
def test_les_mesures_du_serveur_aboutissent(mesurer: Any, application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(action: Any, *_: object) -> float:
        action()
        return 0.0

    monkeypatch.setattr("tools.bench.measure", run)
    assert mesurer()
