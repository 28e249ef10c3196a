from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from components.textes.delais_caisse import (
    build_courbe_groupe,
    build_courbes,
    build_lignes,
    build_notes,
    build_phrase,
    build_serie,
    compute_simulation,
    format_titre,
    list_colonnes,
    list_sources,
)

MOIS = [dt.date(2022, 5, 1), dt.date(2022, 6, 1), dt.date(2022, 8, 1)]


def build_frames(valeurs: list[float | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    caisses = pl.DataFrame(
        {
            "mois": MOIS,
            "valeur": valeurs,
            "nombre": [10, 1200, 30],
            "p10": [20.0, 25.0, 22.0],
            "mediane": [30.0, 35.0, 32.0],
            "p90": [40.0, 45.0, 42.0],
            "effectif": [102, 102, 102],
            "reelles": [0, 0, 0],
            "nature": ["simulee"] * 3,
        },
        schema_overrides={"valeur": pl.Float64},
    )
    reseau = {"mois": MOIS, "moyenne": [31.0, 36.0, 33.0], "d9": [61.0, 66.0, 63.0], "nature": ["simulee"] * 3}
    return caisses, pl.DataFrame(reseau)


def build_reelle(natures: list[str], reelles: list[int], *, seule: bool = False) -> pl.DataFrame:
    """A series where some values are real; ``seule``: plus a month that the caisse alone has sent."""
    caisses, reseau = build_frames([21.0, 50.0, 30.0])
    caisses = caisses.with_columns(nature=pl.Series(natures), reelles=pl.Series(reelles))
    reseau = reseau.with_columns(
        nature=pl.when(pl.Series(reelles) < 102).then(pl.lit("simulee")).otherwise(pl.lit("publiee"))
    )
    if seule:
        suivant = {"mois": dt.date(2022, 9, 1), "valeur": 12.0, "nombre": 5, "nature": "publiee"}
        caisses = pl.concat([caisses, pl.DataFrame([suivant]).select(pl.all())], how="diagonal_relaxed")
    return build_serie(caisses, reseau, "moyenne")


@pytest.mark.parametrize(
    ("natures", "reelles", "attendue", "titre", "sources"),
    [
        (["simulee"] * 3, [0, 0, 0], True, "(données simulées)", ("simulation",)),
        (
            ["simulee", "publiee", "simulee"],
            [0, 1, 0],
            "partie",
            "(données en partie simulées)",
            ("evenements_ij", "simulation"),
        ),
        (["simulee"] * 3, [0, 1, 0], "partie", "(données en partie simulées)", ("evenements_ij", "simulation")),
        (["publiee"] * 3, [102, 101, 102], "partie", "(données en partie simulées)", ("evenements_ij", "simulation")),
        (["publiee"] * 3, [102, 102, 102], False, "par mois", ("evenements_ij",)),
    ],
)
def test_ce_qui_est_montre_est_simule_en_partie_ou_reel(
    natures: list[str], reelles: list[int], attendue: object, titre: str, sources: tuple[str, ...]
) -> None:
    simulation = compute_simulation(build_reelle(natures, reelles))
    assert simulation == attendue
    assert format_titre("Délai par mois", simulation).endswith(titre)
    assert list_sources(simulation) == sources


def test_notes_disent_quels_mois_sont_reels_et_leur_fichier() -> None:
    serie = build_reelle(["publiee", "publiee", "simulee"], [2, 1, 0], seule=True)
    notes = [n.replace("\u00a0", " ") for n in build_notes(serie, "CPAM de l'Ain", ["ain.parquet"])]
    assert notes[:3] == [
        "CPAM de l'Ain : 3 mois réels sur 4 (de mai 2022 à juin 2022 et septembre 2022), fichier ain.parquet ; les "
        "autres sont simulés.",
        "Réseau et autres caisses : jusqu'à 2 CPAM et CCSS réelles sur 102 un même mois (de mai 2022 à juin 2022) ; "
        "le reste est simulé, calé sur les délais nationaux publiés (Igas 2022-027R).",
        "Septembre 2022 : toutes les caisses n'ont pas transmis leurs IJ, il n'y a pas de réseau à qui comparer.",
    ]
    autre = build_reelle(["simulee"] * 3, [2, 1, 0])
    assert "aucun mois réel, tous sont simulés" in build_notes(autre, "CPAM de l'Ain", [])[0]
    phrase = build_phrase(serie, "CPAM de l'Ain", "Salariés, maladie", "moyenne").replace("\u00a0", " ")
    assert "délai moyen de 30,0 jours en août 2022, 3,0 de moins que le réseau" in phrase
    assert phrase.endswith("Son dernier mois est septembre 2022 (12,0 jours).")
    assert [ligne["nature"] for ligne in build_lignes(serie)] == ["réel", "réel", "", "simulé", "réel"]
    _, _, mienne = build_courbes(serie, "CPAM de l'Ain")
    assert mienne is not None
    assert mienne.reels == (True, True, False, False, True)
    assert "· réel" in mienne.infobulles[0]


def test_une_caisse_seule_a_avoir_transmis_n_est_comparee_a_rien() -> None:
    caisses, reseau = build_frames([1.0, 1.0, 1.0])
    seule = caisses.with_columns(
        mois=pl.col("mois").dt.offset_by("2y"),
        nature=pl.lit("publiee"),
        p10=None,
        mediane=None,
        p90=None,
        effectif=None,
    )
    serie = build_serie(seule, reseau, "moyenne")
    phrase = build_phrase(serie, "CPAM de l'Ain", "Salariés, maladie", "moyenne")
    assert phrase.endswith("de 1,0\u00a0jours en août 2024\u00a0; les autres caisses n'ont pas transmis leurs IJ.")


def read_phrase(valeurs: list[float | None], nom: str | None = "CPAM de l'Ain") -> str:
    serie = build_serie(*build_frames(valeurs), "moyenne")
    return build_phrase(serie, nom, "Salariés, IJ dérogatoires", "moyenne").replace("\u00a0", " ")


def test_le_mois_sans_fichier_reste_vide() -> None:
    serie = build_serie(*build_frames([21.0, 50.0, 30.0]), "d9")
    assert serie["mois"].to_list() == [*MOIS[:2], dt.date(2022, 7, 1), MOIS[2]]
    assert serie["valeur"].to_list() == [21.0, 50.0, None, 30.0]
    assert serie["reseau"].to_list() == [61.0, 66.0, None, 63.0]


@pytest.mark.parametrize(
    ("dernier", "ecart", "place"),
    [
        (21.0, "12,0 de moins que le réseau", "plus court que neuf caisses sur dix"),
        (
            30.0,
            "3,0 de moins que le réseau",
            "parmi les huit caisses sur dix du milieu, plus court que la caisse médiane",
        ),
        (33.02, "autant que le réseau", "parmi les huit caisses sur dix du milieu, plus long que la caisse médiane"),
        (60.5, "27,5 de plus que le réseau", "plus long que neuf caisses sur dix"),
    ],
)
def test_phrase_situe_la_caisse(dernier: float, ecart: str, place: str) -> None:
    phrase = read_phrase([21.0, 80.0, dernier])
    assert phrase.startswith("CPAM de l'Ain, salariés, IJ dérogatoires, non subrogées : délai moyen de ")
    assert f"en août 2022, {ecart}, {place}. Le plus haut mois est juin 2022 (80,0 jours)." in phrase


def test_phrase_du_reseau_seul() -> None:
    phrase = read_phrase([None, None, None], nom=None)
    assert "délai moyen de 33,0 jours en août 2022 ; huit caisses sur dix sont entre 22,0 et 42,0 jours" in phrase
    assert "Le plus haut mois est juin 2022 (36,0 jours). Choisissez une caisse" in phrase


def test_le_groupe_choisi_est_dans_la_phrase_le_tableau_et_la_courbe() -> None:
    caisses, reseau = build_frames([21.0, 50.0, 30.0])
    plus_tard = reseau.head(1).with_columns(pl.col("mois").dt.offset_by("3y"))
    groupe = pl.concat([reseau.head(1), reseau.tail(1), plus_tard]).with_columns(pl.col("moyenne") - 1)
    serie = build_serie(caisses, reseau, "moyenne", groupe)
    assert serie["groupe"].to_list() == [30.0, None, None, 32.0]  # a month without network is nobody's
    phrase = build_phrase(serie, "CPAM de l'Ain", "Salariés, maladie", "moyenne", "sa région (12 caisses)")
    assert "3,0 de moins que le réseau (sa région\u00a0: 32,0), parmi" in phrase
    assert [colonne.titre for colonne in list_colonnes("sa région (12 caisses)")][2:4] == [
        "Réseau",
        "Sa région (12 caisses)",
    ]
    assert [ligne["groupe"] for ligne in build_lignes(serie)] == [30.0, None, None, 32.0]
    courbe = build_courbe_groupe(serie, "sa région (12 caisses)")
    assert courbe.infobulles[3] == "<b>sa région (12 caisses)</b> 32,0\u00a0jours · août 2022"
    assert "groupe" not in build_lignes(build_serie(caisses, reseau, "moyenne"))[0]


def test_caisse_sans_fichier() -> None:
    assert read_phrase([None, None, None]) == "CPAM de l'Ain : aucune IJ de ce champ sur la période."


def test_tableau_et_infobulles_dans_l_ordre_du_temps() -> None:
    serie = build_serie(*build_frames([21.0, 50.0, 30.0]), "moyenne")
    lignes = build_lignes(serie)
    assert [ligne["mois"] for ligne in lignes] == ["mai 2022", "juin 2022", "juillet 2022", "août 2022"]
    assert lignes[1] == {
        "mois": "juin 2022",
        "caisse": 50.0,
        "reseau": 36.0,
        "p10": 25.0,
        "mediane": 35.0,
        "p90": 45.0,
        "nombre": 1200,
        "reelles": 0,
        "nature": "simulé",
    }
    _, reseau, mienne = build_courbes(serie, "CPAM de l'Ain")
    assert mienne is not None
    assert "50,0\u00a0jours · juin 2022 · 1\u202f200\u00a0IJ" in mienne.infobulles[1]
    assert "aucune IJ" in mienne.infobulles[2]
    assert "de 25,0 à 45,0\u00a0jours" in reseau.infobulles[1]
    assert build_courbes(serie, None)[2] is None
