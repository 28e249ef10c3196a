from __future__ import annotations

import polars as pl
import pytest

from components.textes import indicateur as textes
from data.calculs.tendances import MannKendall, TendanceRecente
from data.modele import Sens


def lire(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def test_distance_a_l_objectif_selon_le_sens() -> None:
    assert lire(textes.format_distance(55.2, 58.8, Sens.HAUT, "%", 1)) == "à 3,6 points de l'objectif"
    assert textes.format_distance(58.8, 58.8, Sens.HAUT, "%", 1) == "objectif atteint"
    assert textes.format_distance(27.0, 28.0, Sens.BAS, "jours", 1) == "objectif atteint"
    assert lire(textes.format_distance(28.5, 28.0, Sens.BAS, "jours", 1)) == "à 0,5 jour de l'objectif"


def test_evolution_dit_ce_qui_est_mieux() -> None:
    points = [(2019, 32.4), (2022, 30.4), (2023, 27.3)]
    phrase = textes.build_phrase_evolution(
        "CPAM", points, sens=Sens.BAS, unite="jours", decimales=1, objectif=28.0, mien=("CPAM de l'Ain", 26.6)
    )
    assert lire(phrase) == (
        "CPAM : 27,3 jours en 2023, −3,1 jours (mieux) sur un an et −5,1 jours depuis 2019 ; objectif atteint "
        "(28,0 jours). CPAM de l'Ain : 26,6 jours."
    )
    avec = textes.build_phrase_evolution(
        "CPAM", [(2019, 32.4), (2022, 32.4), (2023, 32.4)], sens=Sens.BAS, unite="jours", decimales=1, objectif=None,
        mien=("CPAM de l'Ain", 26.6), tendance="Baisse nette depuis 2019.",
    )  # fmt: skip
    assert lire(avec) == (
        "CPAM : 32,4 jours en 2023, stable sur un an et inchangé depuis 2019. Baisse nette depuis 2019. CPAM de "
        "l'Ain : 26,6 jours."
    )
    seule = textes.build_phrase_evolution(
        "CPAM", points[2:], sens=Sens.BAS, unite="jours", decimales=1, objectif=None, mien=None
    )
    assert lire(seule) == "CPAM : 27,3 jours en 2023."
    neutre = textes.build_phrase_evolution(
        "CPAM", points[1:], sens=Sens.NEUTRE, unite="jours", decimales=1, objectif=None, mien=None
    )
    assert "mieux" not in neutre
    assert "moins bien" not in neutre


@pytest.mark.parametrize(
    ("comptes", "attendu"),
    [
        (
            {"atteint": 22, "entre": 74, "sous": 6},
            "22 atteignent l'objectif, 74 sont entre socle et objectif et 6 sont sous le socle",
        ),
        ({"atteint": 1, "neutralise": 2}, "1 atteint l'objectif et 2 sont neutralisés"),
        ({"sous": 1, "sans_objet": 1, "non_fourni": 3}, "1 est sous le socle, 1 est sans objet et 3 sont sans valeur"),
    ],
)
def test_comptes_en_mots(comptes: dict[str, int], attendu: str) -> None:
    vides = dict.fromkeys(("atteint", "entre", "sous", "neutralise", "sans_objet", "non_fourni"), 0)
    assert textes.format_comptes(vides | comptes) == attendu


def test_regions() -> None:
    def build(*lignes: tuple[str, int, int]) -> pl.DataFrame:
        return pl.DataFrame(
            [{"libelle": nom, "atteint": a, "entre": e, "sous": 0, "effectif": a + e} for nom, a, e in lignes]
        )

    frame = build(("Normandie", 6, 0), ("Corse", 1, 1), ("Bretagne", 0, 4))
    assert lire(textes.build_phrase_regions(frame, "CPAM")) == (
        "CPAM : tous les organismes à l'objectif dans la région Normandie ; aucun dans la région Bretagne."
    )
    assert lire(textes.build_phrase_regions(build(("Corse", 1, 1)), "CPAM")) == "CPAM : en tête, Corse, 1 sur 2."
    assert "aucun résultat" in textes.build_phrase_regions(build(("Corse", 0, 0)), "CPAM")
    nombreuses = build(*((f"R{rang}", 0, 2) for rang in range(5)))
    assert "aucun dans 5 régions" in textes.build_phrase_regions(nombreuses, "CPAM")


def test_points_comptent_l_objectif_dans_le_bon_sens() -> None:
    valeurs = [20.0, 28.0, 35.0]
    phrase = textes.build_phrase_points(valeurs, 24.0, 31.5, sens=Sens.BAS, unite="jours", decimales=1, objectif=28.0)
    assert lire(phrase).endswith("2 organismes sur 3 sont à l'objectif.")  # equal is reached
    assert "objectif" not in textes.build_phrase_points(
        valeurs, 24.0, 31.5, sens=Sens.BAS, unite="jours", decimales=1, objectif=None
    )


def test_extremes_ex_aequo_comptes() -> None:
    frame = pl.DataFrame({"nom": ["A", "B", "C"], "valeur": [9.0, 9.0, 1.0], "rang": [1, 1, 3]})
    phrase = lire(textes.build_phrase_extremes(frame, frame.row(2, named=True), None, 0))
    assert phrase == "C : 1, 3e sur 3. Premiers ex æquo : 2 organismes (9) ; dernier : C (1)."


def test_mouvements() -> None:
    frame = pl.DataFrame({"nom": ["A", "B", "C"], "ecart": [-3.0, 0.0, 2.0], "gain": [3.0, 0.0, -2.0]})
    phrase = textes.build_phrase_mouvements(frame, (2022, 2023), sens=Sens.BAS, unite="jours", decimales=1)
    assert lire(phrase) == (
        "De 2022 à 2023, sur 3 organismes, 1 progresse, 1 recule. La plus forte progression : A (−3,0 jours) ; le plus "
        "fort recul : C (+2,0 jours)."
    )
    neutre = lire(textes.build_phrase_mouvements(frame, (2022, 2023), sens=Sens.NEUTRE, unite=None, decimales=0))
    assert "progress" not in neutre
    immobile = frame.with_columns(gain=pl.lit(0.0))
    fixe = lire(textes.build_phrase_mouvements(immobile, (2022, 2023), sens=Sens.HAUT, unite=None, decimales=0))
    assert fixe == "De 2022 à 2023, sur 3 organismes, 0 progresse, 0 recule."


def test_trajectoire_nationale() -> None:
    commun = {"sens": Sens.HAUT, "unite": "%", "decimales": 1}
    cibles = [(2023, 58.8), (2027, 70.0)]
    assert lire(textes.build_phrase_trajectoire([], cibles, **commun, lies=[("Lié (X)", 2023, 55.2)])) == (
        "Cible : de 58,8 % en 2023 à 70,0 % en 2027. Aucun résultat publié. Lié (X) : 55,2 % en 2023."
    )
    assert lire(textes.build_phrase_trajectoire([(2023, 50.1)], [(2023, 35.0)], **commun)) == (
        "France entière : 50,1 % en 2023 ; objectif atteint (35,0 %)."
    )
    constante = textes.build_phrase_trajectoire([(2023, 90.0)], [(2024, 95.0), (2027, 95.0)], **commun)
    assert "Cible constante de 2024 à 2027" in lire(constante)


def test_la_tendance_recente_dit_sa_methode() -> None:
    hausse, methode = textes.format_tendance_recente(TendanceRecente(0.02, 120.4, stable=True), 2019)
    assert hausse == "Hausse nette depuis 2019."
    assert "χ² = 120 (au-delà de 9,5" in lire(methode)
    assert textes.format_tendance_recente(TendanceRecente(-0.02, 120, stable=True), 2019)[0].startswith("Baisse")
    for faible in (TendanceRecente(0.02, 4, stable=True), TendanceRecente(0.02, 120, stable=False)):
        assert textes.format_tendance_recente(faible, 2019)[0] == "Ni hausse ni baisse nette depuis 2019."
    assert "le signe change" in textes.format_tendance_recente(TendanceRecente(0.02, 120, stable=False), 2019)[1]


def test_la_tendance_longue_est_par_an() -> None:
    phrase, methode = textes.format_tendance_longue(MannKendall(9, 9, 3, 0.0004, -0.05, 1), "janvier 2019", "jours", 1)
    assert lire(phrase) == "Tendance : −0,6 jour par an depuis janvier 2019."
    assert "p < 0,001" in lire(methode)
    phrase, methode = textes.format_tendance_longue(MannKendall(9, 9, 1, 0.3174, 0.05, 1), "janvier 2019", "%", 1)
    assert phrase == "Pas de tendance démontrée depuis janvier 2019."
    assert "p = 0,317" in methode
