from __future__ import annotations

import polars as pl

from components.textes import scores as textes
from data.calculs.position import compute_quartiles
from data.modele import Contradiction, SourceDocument


def read(texte: str) -> str:
    return texte.replace("\u00a0", " ")


def test_phrase_distribution() -> None:
    frame = pl.DataFrame({"nom": ["A", "B", "C", "D"], "valeur": [68.28, 90.0, 100.0, 100.0]})
    quartiles = {"CGSS": compute_quartiles([68.28, 90.0]), "CEIR": compute_quartiles([100.0, 100.0])}
    assert read(textes.build_phrase_distribution(frame, quartiles)) == (
        "De 68,28 % (A) à 100,00 % (2 organismes). Médiane la plus haute : CEIR, 100,00 % ; "
        "la plus basse : CGSS, 79,14 %."
    )


def test_phrase_tranches_de_la_note() -> None:
    nombres = {"[0,50[": 0, "[50,60[": 0, "[60,70[": 1, "[70,80[": 4, "[80,90[": 25, "[90,100[": 129, "100": 6}
    lignes = [{"tranche": t, "type_organisme": "TOTAL", "nombre": n} for t, n in nombres.items()]
    lignes += [
        {"tranche": "100", "type_organisme": t, "nombre": n} for t, n in (("CARSAT", 4), ("CEIR", 2), ("CTI", 0))
    ]
    assert read(textes.build_phrase_tranches(pl.DataFrame(lignes))) == (
        "129 organismes sur 165 ont une performance locale comprise entre 90 % et 100 % ; 6 atteignent 100 % "
        "(4 CARSAT et 2 CEIR) et 5 sont sous 80 %."
    )


def build_moyennes(**moyennes: tuple[float | None, float]) -> pl.DataFrame:
    lignes = [{"libelle": t, "avant": avant, "apres": apres} for t, (avant, apres) in moyennes.items()]
    return pl.DataFrame(lignes, schema={"libelle": pl.String, "avant": pl.Float64, "apres": pl.Float64})


def test_phrase_evolution() -> None:
    frame = build_moyennes(
        CGSS=(78.9, 78.9), CSS=(75.7, 75.9), DRSM=(86.8, 96.2), UGECAM=(92.7, 90.1), CEIR=(99.7, 99.1)
    )
    assert read(textes.build_phrase_evolution(frame)) == (
        "De 2022 à 2023, sur 5 types, le score moyen monte pour 2, le plus pour les DRSM (+9,4 points) ; il "
        "baisse pour 2, "
        "le plus pour les UGECAM (−2,6 points) ; il est stable pour les CGSS. Les barèmes diffèrent d'un type "
        "à l'autre."
    )


def test_phrase_evolution_un_seul_mouvement() -> None:
    frame = build_moyennes(CGSS=(78.9, 78.9), UGECAM=(92.7, 90.1), CNAM=(None, 85.8))
    assert read(textes.build_phrase_evolution(frame)) == (
        "De 2022 à 2023, sur 2 types, le score moyen baisse pour les UGECAM (−2,6 points) ; il est stable "
        "pour les CGSS. "
        "Les barèmes diffèrent d'un type à l'autre."
    )


def test_phrase_domaines_classe_les_mouvements() -> None:
    frame = pl.DataFrame(
        {
            "domaine": ["Qualité de service", "Performance économique et sociale", textes.LIGNE_SCORE],
            "taux_2023": [93.7, 91.2, 93.6],
            "taux_2022": [87.3, 96.0, 90.8],
        }
    )
    assert read(textes.build_phrase_domaines(frame, "CPAM et CCSS")) == (
        "CPAM et CCSS : score moyen de 93,6 % en 2023, 90,8 % en 2022. Du plus fort recul à la plus forte hausse : "
        "Performance économique et sociale (−4,8 points) et Qualité de service (+6,4 points)."
    )


def build_comptes(*lignes: tuple[str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"titre_court": nom, "nb_100": cent, "nb_inferieur_100": moins, "nb_nul": 0, "nb_neutralise": None}
            for nom, cent, moins in lignes
        ],
        schema_overrides={"nb_neutralise": pl.Int64},
    )


def test_phrase_repartition() -> None:
    assert read(textes.build_phrase_repartition(build_comptes(("C2S", 94, 8), ("Colon", 0, 102), ("MP", 102, 0)))) == (
        "1 indicateur sur 3 est à 100 % partout ; le moins souvent atteint : « Colon », 0 sur 102 à 100 %."
    )
    assert read(textes.build_phrase_repartition(build_comptes(("A", 3, 0), ("B", 3, 0)))) == (
        "2 indicateurs sur 2 sont à 100 % partout."
    )


def test_phrase_taux() -> None:
    frame = pl.DataFrame(
        {
            "titre_court": ["C2S", "Colon"],
            "poids": [9.0, 2.0],
            "taux_moyen": [97.9, 40.2],
            "taux_moyen_precedent": [81.4, 65.1],
        }
    )
    assert read(textes.build_phrase_taux(frame)) == (
        "Taux le plus bas : « Colon », 40,2 % (poids 2 %) ; plus fort recul depuis 2022 : « Colon » (−24,9 points)."
    )
    sans_2022 = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("taux_moyen_precedent"))
    assert "recul" not in textes.build_phrase_taux(sans_2022)


def test_poids_tels_qu_imprimes() -> None:
    assert [read(textes.format_poids(p)) for p in (9.0, 3.3, None)] == ["9 %", "3,3 %", "non imprimé"]


def test_contradictions_du_type_seulement() -> None:
    contradictions = [
        Contradiction(
            code=code,
            objet="Taux",
            valeurs=["78,9 %", "79,04 %"],
            sources=[SourceDocument(document="000", lignes=[1])],
            traitement="Les deux sont montrés.",
        )
        for code in ("cgss_moyenne", "cpam_moyenne")
    ]
    (note,) = textes.list_contradictions(contradictions, "cgss_")
    assert "78,9 % ; 79,04 %. Les deux sont montrés." in read(note)


def test_remarques_groupees() -> None:
    frame = pl.DataFrame(
        {
            "titre_court": ["A", "B", "C", "D", "E"],
            "note": [
                "part 1/2 ; colonnes déduites",
                "colonnes déduites",
                "colonnes déduites",
                "colonnes déduites",
                None,
            ],
        }
    )
    assert [read(r) for r in textes.list_remarques(frame)] == ["A : part 1/2.", "Colonnes déduites."]
