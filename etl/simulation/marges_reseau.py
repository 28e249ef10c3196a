"""Every published margin of the local intéressement against the simulated network, and the gaps that remain.

Scores are recomputed by the score engine from the simulated results and targets, as any page does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from data.calculs.score_vectorise import ScoresReseau, compute_scores
from data.catalogue import Catalogue
from data.modele import Granularite, Maille, Nature, Portee, Statut
from etl.socle.interessement import ANNEE, MAXIMUM, MINIMUM, MOYENNE
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT, MESURE_TAUX

Tables = Mapping[str, pl.DataFrame]

SCORE = "taux_reussite_local"
TOLERANCE_SCORE = 0.01  # points
TOLERANCE_MOYENNE = 0.05  # points: the printed decimal
TOLERANCE_DOMAINE = 0.1  # points: means of printed means
PLEIN = 99.95  # %: from there a rate prints as 100,0

# What the note contradicts itself on: no set of results can meet these (see contradictions.yaml).
_SANS_ENTRETIEN = (
    "la note imprime 71,3 % de moyenne et quatre organismes nuls : la moyenne et les scores sont tenus, pas l'effectif"
)
_DOMAINES_CGSS = "la moyenne par domaine imprimée donne 78,9 %, celle des quatre organismes 79,04 %"
CONNUS: Mapping[tuple[str, str, str], str] = {
    ("effectifs", "CGSS", "loc_service_social_sans_entretien_4_mois"): _SANS_ENTRETIEN,
    ("domaine", "CPAM", "Gestion du risque"): (
        "93,3 % imprimé donnerait un score moyen de 93,2 % ; les 102 scores (93,56 %) supposent environ 94,4 %"
    ),
    ("domaine", "CGSS", "Qualité de service"): _DOMAINES_CGSS,
    ("domaine", "CGSS", "Gestion du risque"): _DOMAINES_CGSS,
}
REMPLACES = "des résultats publiés par organisme ont pris la place de résultats simulés"


@dataclass(frozen=True)
class Ecart:
    """One printed margin and what the simulation gives. ``connu``: why the document makes it unreachable."""

    marge: str  # « score », « effectifs », « moyenne », « moyenne_2022 », « domaine », « synthese_2022 »
    type_note: str
    objet: str
    attendu: str
    obtenu: str
    respecte: bool
    connu: str | None


def list_ecarts(tables: Tables, catalogue: Catalogue) -> Iterator[Ecart]:
    """Compare every margin; the gaps are those not ``respecte``.

    Where published results have taken the place of simulated ones, the margins of the type may move: it is said.
    """
    types = _build_types(tables)
    scores = compute_scores_simules(tables, catalogue)
    remplaces = _list_types_remplaces(tables["mart_valeur"], types)
    ecarts = (
        *_compare_scores(tables, scores),
        *_compare_ventilations(tables, types),
        *_compare_domaines(tables["mart_domaine"], scores, types),
        *_compare_syntheses(tables["mart_valeur"], types),
    )
    for ecart in ecarts:
        yield replace(ecart, connu=REMPLACES) if ecart.connu is None and ecart.type_note in remplaces else ecart


def _list_types_remplaces(valeurs: pl.DataFrame, types: pl.DataFrame) -> set[str]:
    """Types some of whose local results are published, the Cnam's apart (they are in the note)."""
    publies = valeurs.filter(
        pl.col("maille") == Maille.ORGANISME.value,
        pl.col("nature") == Nature.PUBLIEE.value,
        pl.col("code_indicateur").str.starts_with("loc_")
        | ((pl.col("code_indicateur") == SCORE) & (pl.col("periode_debut").dt.year() < ANNEE)),
    )
    return set(publies.join(types, on="code_entite")["type_note"]) - {"CNAM"}


def compute_scores_simules(tables: Tables, catalogue: Catalogue) -> ScoresReseau:
    """Scores of 2023 recomputed from the simulated results and targets, CNAM left out (its rates are published)."""
    baremes = [
        b
        for b in catalogue.baremes
        if b.portee is Portee.LOCALE and b.annee == ANNEE and "CNAM" not in b.types_organisme
    ]
    codes = {code for b in baremes for code in b.list_codes()}
    seuils = tables["mart_cible"].filter(
        pl.col("annee") == ANNEE, pl.col("code_indicateur").is_in(list(codes)), pl.col("objectif").is_not_null()
    )
    resultats = (
        _filter_annuels(tables["mart_valeur"], MESURE_RESULTAT)
        .filter(pl.col("code_indicateur").is_in(list(codes)))
        .join(_build_types(tables), on="code_entite")
        .join(
            seuils.select("code_indicateur", pl.col("type_organisme").alias("type_note"), "socle", "objectif"),
            on=["code_indicateur", "type_note"],
            how="left",
        )
        .select(
            pl.col("code_entite").alias("code_organisme"),
            "type_organisme",
            "code_indicateur",
            "valeur",
            "statut",
            "socle",
            "objectif",
        )
    )
    return compute_scores(resultats, baremes)


def _build_types(tables: Tables) -> pl.DataFrame:
    """code_entite, type_organisme, type_note (CCSS with the CPAM)."""
    return tables["mart_organisme"].select(
        pl.col("code_organisme").alias("code_entite"),
        "type_organisme",
        pl.col("type_organisme").replace({"CCSS": "CPAM"}).alias("type_note"),
    )


def _filter_annuels(valeurs: pl.DataFrame, mesure: str, annee: int = ANNEE) -> pl.DataFrame:
    return valeurs.filter(
        pl.col("maille") == Maille.ORGANISME.value,
        pl.col("mesure") == mesure,
        pl.col("granularite") == Granularite.ANNEE.value,
        pl.col("segment") == ENSEMBLE,
        pl.col("periode_debut").dt.year() == annee,
    )


def _count_taux(valeurs: pl.DataFrame, types: pl.DataFrame, annee: int) -> pl.DataFrame:
    """Counts and mean of the rates of a year, by type and indicateur."""
    taux = pl.col("valeur")
    return (
        _filter_annuels(valeurs, MESURE_TAUX, annee)
        .join(types, on="code_entite")
        .group_by("type_note", "code_indicateur")
        .agg(
            nb_100=(taux >= PLEIN).sum(),
            nb_inferieur_100=((taux > 0) & (taux < PLEIN)).sum(),
            nb_nul=(taux == 0).sum(),
            nb_neutralise=(pl.col("statut") == Statut.NEUTRALISE.value).sum(),
            moyenne=taux.mean(),
        )
    )


def _compare_scores(tables: Tables, scores: ScoresReseau) -> Iterator[Ecart]:
    publies = _filter_annuels(tables["mart_valeur"], MESURE_RESULTAT).filter(
        pl.col("code_indicateur") == SCORE, pl.col("nature") == Nature.PUBLIEE.value
    )
    compares = (
        publies.join(_build_types(tables), on="code_entite")
        .join(scores.organismes, left_on="code_entite", right_on="code_organisme", how="left")
        .filter(pl.col("type_note") != "CNAM")
        .with_columns(ecart=(pl.col("taux") - pl.col("valeur")).abs().fill_null(100.0))
    )
    for (type_note,), lignes in compares.group_by("type_note", maintain_order=True):
        pire = lignes.sort("ecart", descending=True).row(0, named=True)
        yield Ecart(
            "score",
            str(type_note),
            f"scores recalculés des {lignes.height} {type_note}",
            "aucun score publié" if pire["valeur"] is None else f"{pire['valeur']:.2f}",
            "non calculable" if pire["taux"] is None else f"{pire['taux']:.4f}",
            pire["ecart"] <= TOLERANCE_SCORE,
            None,
        )


def _compare_ventilations(tables: Tables, types: pl.DataFrame) -> Iterator[Ecart]:
    """Counts of 2023 and means of 2023 and 2022 of each indicateur of each type, where printed."""
    noms = ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise")
    gauche, droite = ["type_organisme", "code_indicateur"], ["type_note", "code_indicateur"]
    precedents = _count_taux(tables["mart_valeur"], types, ANNEE - 1).select(
        "type_note", "code_indicateur", pl.col("moyenne").alias("moyenne_2022")
    )
    lignes = (
        tables["mart_repartition"]
        .filter(pl.col("annee") == ANNEE, pl.col("type_organisme") != "CNAM")
        .join(
            _count_taux(tables["mart_valeur"], types, ANNEE),
            left_on=gauche,
            right_on=droite,
            how="left",
            suffix="_simule",
        )
        .join(precedents, left_on=gauche, right_on=droite, how="left")
        .sort("source_fichier", "source_rang")
    )
    for ligne in lignes.iter_rows(named=True):
        type_note, code = ligne["type_organisme"], ligne["code_indicateur"]
        if any(ligne[n] is not None for n in noms):
            imprimes = [ligne[n] or 0 for n in noms]
            obtenus = [ligne[f"{n}_simule"] for n in noms]
            yield Ecart(
                "effectifs",
                type_note,
                code,
                " / ".join(str(n) for n in imprimes),
                " / ".join(str(n) for n in obtenus),
                imprimes == obtenus,
                CONNUS.get(("effectifs", type_note, code)),
            )
        if ligne["taux_moyen"] is not None:
            yield _build_ecart("moyenne", type_note, code, ligne["taux_moyen"], ligne["moyenne"], TOLERANCE_MOYENNE)
        if ligne["taux_moyen_precedent"] is not None:
            attendu, obtenu = ligne["taux_moyen_precedent"], ligne["moyenne_2022"]
            yield _build_ecart("moyenne_2022", type_note, code, attendu, obtenu, TOLERANCE_MOYENNE)


def _build_ecart(
    marge: str, type_note: str, objet: str, attendu: float, obtenu: float | None, tolerance: float
) -> Ecart:
    return Ecart(
        marge,
        type_note,
        objet,
        f"{attendu:.1f}",
        "aucun" if obtenu is None else f"{obtenu:.3f}",
        obtenu is not None and abs(obtenu - attendu) <= tolerance + 1e-9,
        CONNUS.get((marge, type_note, objet)),
    )


def _compare_domaines(domaines: pl.DataFrame, scores: ScoresReseau, types: pl.DataFrame) -> Iterator[Ecart]:
    simules = (
        scores.domaines.join(types, left_on="code_organisme", right_on="code_entite")
        .group_by("type_note", "domaine")
        .agg(pl.col("taux").mean())
    )
    lignes = (
        domaines.filter(pl.col("annee") == ANNEE, pl.col("taux_moyen").is_not_null())
        .join(simules, left_on=["type_organisme", "domaine"], right_on=["type_note", "domaine"])
        .sort("source_rang")
    )
    for ligne in lignes.iter_rows(named=True):
        yield _build_ecart(
            "domaine",
            ligne["type_organisme"],
            ligne["domaine"],
            ligne["taux_moyen"],
            ligne["taux"],
            TOLERANCE_DOMAINE,
        )


def _compare_syntheses(valeurs: pl.DataFrame, types: pl.DataFrame) -> Iterator[Ecart]:
    """Mean, minimum and maximum of the scores of 2022 by type."""
    simules = {
        ligne["type_note"]: ligne
        for ligne in _filter_annuels(valeurs, MESURE_RESULTAT, ANNEE - 1)
        .filter(pl.col("code_indicateur") == SCORE)
        .join(types, on="code_entite")
        .group_by("type_note")
        .agg(
            pl.col("valeur").mean().alias(MOYENNE),
            pl.col("valeur").min().alias(MINIMUM),
            pl.col("valeur").max().alias(MAXIMUM),
        )
        .iter_rows(named=True)
    }
    imprimes = valeurs.filter(
        pl.col("code_indicateur") == SCORE,
        pl.col("maille") == Maille.TYPE_ORGANISME.value,
        pl.col("segment") == ENSEMBLE,
        pl.col("periode_debut").dt.year() == ANNEE - 1,
    )
    for ligne in imprimes.sort("source_rang").iter_rows(named=True):
        obtenu = simules.get(ligne["code_entite"], {}).get(ligne["statistique"])
        yield _build_ecart(
            "synthese_2022", ligne["code_entite"], ligne["statistique"], ligne["valeur"], obtenu, TOLERANCE_MOYENNE
        )
