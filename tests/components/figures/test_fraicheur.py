"""The heat grid of freshness."""

from __future__ import annotations

import pytest

from components.figures.fraicheur import STYLES, Etat, Ligne, build_fraicheur_figure, format_infobulle


def build_lignes(colonnes: int) -> list[Ligne]:
    return [
        Ligne("AAT dématérialisés", (Etat.A_JOUR,) * colonnes, ("i",) * colonnes),
        Ligne("Un titre court qui dépasse nettement la place", (Etat.SIMULE,) * colonnes, ("j",) * colonnes),
    ]


def test_une_case_par_indicateur_et_par_organisme() -> None:
    figure = build_fraicheur_figure(build_lignes(3), ["Ain", "Aisne", "Allier"], mien=1)
    carte = figure.data[0]
    assert [list(rang) for rang in carte.z] == [[4, 4, 4], [1, 1, 1]]
    assert list(figure.layout.xaxis.ticktext) == ["Ain", "Aisne", "Allier"]
    assert figure.layout.yaxis.ticktext[1].endswith("…")
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.5, 1.5)
    assert {trace.name for trace in figure.data[1:]} == {mots for mots, _ in STYLES.values()}


def test_chaque_etat_a_sa_couleur() -> None:
    figure = build_fraicheur_figure(build_lignes(1), ["Ain"])
    echelle = figure.data[0].colorscale
    for etat, (_, couleur) in STYLES.items():
        place = int(etat) / max(STYLES)
        assert {c for bas, c in echelle if abs(bas - place) < 0.13} >= {couleur}
    assert len({couleur for _, couleur in STYLES.values()}) == len(Etat)


def test_les_noms_trop_nombreux_ne_s_ecrivent_pas() -> None:
    figure = build_fraicheur_figure(build_lignes(102), [f"O{i}" for i in range(102)])
    assert list(figure.layout.xaxis.ticktext) == ["102 organismes, dans l'ordre des départements"]
    assert figure.data[0].xgap == 0


def test_sans_rien_a_dessiner() -> None:
    with pytest.raises(ValueError, match="rien à dessiner"):
        build_fraicheur_figure([], ["Ain"])


def test_l_infobulle() -> None:
    assert format_infobulle("AAT", "Ain", ["réel", "simulé"]) == "<b>Ain</b><br>AAT<br>réel<br>simulé"
