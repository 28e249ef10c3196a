from __future__ import annotations

from collections.abc import Callable

import pytest

from data.magasin import Lecture
from data.requetes.api import (
    Extrait,
    Filtres,
    list_chargements_api,
    list_indicateurs_api,
    list_organismes_api,
    list_resultats_api,
    list_scores_api,
    list_sources_api,
)

LISTES = (
    list_chargements_api,
    list_indicateurs_api,
    list_organismes_api,
    list_resultats_api,
    list_scores_api,
    list_sources_api,
)


@pytest.mark.parametrize("lister", LISTES)
def test_chaque_table_est_jointe_par_cle(
    lister: Callable[[Filtres, int, int], Extrait], publication: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A condition on one side alone (« v.maille = 'organisme' AND … ») compares every row with every row: a minute."""
    plans: list[str] = []
    query = Lecture.query

    def expliquer(lecture: Lecture, sql: str, parametres: dict[str, object] | None = None) -> object:
        plans.extend(query(lecture, f"EXPLAIN {sql}", parametres)["explain_value"])
        return query(lecture, sql, parametres)

    monkeypatch.setattr(Lecture, "query", expliquer)
    assert lister({}, 10, 0).total > 0
    assert plans
    assert not [plan for plan in plans if "NL_JOIN" in plan or "NESTED_LOOP_JOIN" in plan]
