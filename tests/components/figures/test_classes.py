"""Class breaks: ties never split, no class empty, counts true, round breaks, states apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.figures.classes import (
    MOTIFS,
    build_classement,
    compute_bornes,
    count_decimales,
    find_borne_ronde,
    format_lecture,
    format_valeur_carte,
    list_nuances,
)
from components.theme import SEQUENTIELLE
from data.modele import Sens

CENTIEMES = st.integers(0, 10_000).map(lambda n: n / 100)


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [(88.31, 90.57, 90.0), (94.39, 94.4, 94.4), (48.0, 53.0, 50.0), (93.2, 93.9, 93.5), (-3.0, 2.0, 0.0)],
)
def test_borne_ronde(avant: float, apres: float, attendu: float) -> None:
    assert find_borne_ronde(avant, apres) == attendu


def test_borne_ronde_refuse_deux_valeurs_egales() -> None:
    with pytest.raises(ValueError, match="non croissantes"):
        find_borne_ronde(3.0, 3.0)


@given(st.lists(CENTIEMES, min_size=1, max_size=120), st.integers(1, 7))
def test_les_bornes_separent_sans_couper_les_egalites(valeurs: list[float], nombre: int) -> None:
    bornes = compute_bornes(valeurs, nombre)
    assert bornes == sorted(set(bornes))
    assert len(bornes) <= nombre - 1
    limites = [float("-inf"), *bornes, float("inf")]
    effectifs = [sum(bas <= v < haut for v in valeurs) for bas, haut in itertools.pairwise(limites)]
    assert sum(effectifs) == len(valeurs)
    assert min(effectifs) > 0


@given(st.lists(CENTIEMES, min_size=30, max_size=120, unique=True))
def test_sans_egalite_les_effectifs_restent_voisins(valeurs: list[float]) -> None:
    bornes = compute_bornes(valeurs, 6)
    assert len(bornes) == 5
    limites = [float("-inf"), *bornes, float("inf")]
    effectifs = [sum(bas <= v < haut for v in valeurs) for bas, haut in itertools.pairwise(limites)]
    # Each break moves by a fifth of a class at most, plus half a place to fall between two values.
    assert max(effectifs) <= len(valeurs) / 6 * 1.4 + 1
    assert min(effectifs) >= len(valeurs) / 6 * 0.6 - 1


def test_une_borne_se_deplace_un_peu_pour_etre_ronde() -> None:
    valeurs = [80 + 0.37 * i for i in range(60)]
    assert all(count_decimales(b) <= 0 for b in compute_bornes(valeurs, 6))


def _classer(valeurs: list[float | None], statuts: list[str] | None = None, decimales: int = 1):  # type: ignore[no-untyped-def]
    return build_classement(
        valeurs, statuts or ["publie"] * len(valeurs), unite="%", decimales=decimales, territoires="caisses"
    )


def test_classement_aligne_et_compte() -> None:
    valeurs: list[float | None] = [float(v) for v in range(50, 100)]
    valeurs[3] = None
    statuts = ["publie"] * 50
    statuts[3] = "neutralise"
    classement = _classer(valeurs, statuts)
    assert len(classement.classes) == 6
    assert sum(c.effectif for c in classement.classes) == 49
    assert classement.rangs[3] is None
    for valeur, rang in zip(valeurs, classement.rangs, strict=True):
        if valeur is not None and rang is not None:
            classe = classement.classes[rang]
            assert classe.basse <= valeur <= classe.haute
            assert valeur < classe.haute or rang == 5
    assert [(a.motif, a.libelle, a.effectif) for a in classement.absences] == [("points", "neutralisé", 1)]
    assert classement.list_couleurs()[3] is None
    assert "quantiles des 49 caisses" in classement.methode


def test_deux_valeurs_affichees_de_meme_partagent_une_classe() -> None:
    valeurs: list[float | None] = [10.0 + i for i in range(20)]
    valeurs += [14.96, 15.04]
    classement = _classer(valeurs)
    assert classement.rangs[-1] == classement.rangs[-2] == classement.rangs[5]


def test_libelles_lisibles() -> None:
    libelles = [c.libelle for c in _classer([68.28, 75.9, 88.0, 91.5, 92.0, 95.0, 99.65], decimales=2).classes]
    assert libelles[0].startswith("68,28 à moins de ")
    assert libelles[-1].endswith("à 99,65\u00a0%")
    assert all("à moins de" in libelle for libelle in libelles[:-1])


def test_une_seule_valeur_et_aucune() -> None:
    seule = _classer([100.0, 100.0])
    assert [(c.libelle, c.effectif) for c in seule.classes] == [("100,0\u00a0%", 2)]
    assert "Une seule classe" in seule.methode
    aucune = _classer([None, None], ["non_fourni", "sans_objet"])
    assert aucune.classes == ()
    assert {a.motif for a in aucune.absences} == {"hachures", "croix"}
    assert aucune.methode == "Aucune valeur à classer."


def test_zero_est_une_valeur() -> None:
    classement = _classer([0.0, None, 5.0], ["publie", "non_fourni", "publie"])
    assert classement.rangs == (0, None, 1)
    assert format_valeur_carte(0.0, "publie", "%", 1) == "0,0\u00a0%"
    assert format_valeur_carte(None, "non_fourni", "%", 1) == "sans valeur"
    assert format_valeur_carte(None, "sans_objet", "%", 1) == "sans objet"


def test_chaque_etat_a_son_motif_dessine() -> None:
    assert {"hachures", "points", "croix"} == set(MOTIFS)
    assert len(set(MOTIFS.values())) == 3


@pytest.mark.parametrize("nombre", range(1, 8))
def test_nuances_distinctes_du_clair_au_fonce(nombre: int) -> None:
    nuances = list_nuances(nombre)
    assert len(set(nuances)) == nombre
    assert [SEQUENTIELLE.index(n) for n in nuances] == sorted(SEQUENTIELLE.index(n) for n in nuances)


def test_la_lecture_dit_le_sens() -> None:
    assert format_lecture(Sens.HAUT).endswith("= mieux")
    assert format_lecture(Sens.BAS).endswith("= moins bien")
    assert "mieux" not in format_lecture(Sens.NEUTRE)
