"""Examine a file of individual IJ events: what is kept is counted by day of délai, what is refused is named and listed.

Such a file is recognised by its columns (``etl.sources.evenements_ij``), never through a mapping: one row is one first
payment, not a fact, and it is read by a streaming pass whatever its size. The report has the shape of that of the other
files (``etl.chargement.examen``).
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq

from data.catalogue import Catalogue
from data.modele import TypeOrganisme
from data.schemas import DELAI_IJ
from etl.chargement.analyse import Etape
from etl.chargement.anomalies import SCHEMA, Gravite, build_resume, count_par_gravite
from etl.chargement.examen import AVEC_ALERTES, BLOQUE, DETAILS_MAX, ILLISIBLE, PUBLIABLE, AvecVerdict
from etl.chargement.lecture.feuille import MOTIF
from etl.simulation.ij import MOIS
from etl.sources.evenements_ij import (
    COLONNES,
    REGIMES,
    REGLES,
    SUBROGATIONS,
    Evenements,
    EvenementsIllisiblesError,
    list_defauts,
    list_fautives,
    load_evenements,
)

SOURCE: Final = "evenements_ij"
DEBUT: Final = MOIS[0]  # first month followed: that of the simulated cube
TYPES: Final = (TypeOrganisme.CPAM, TypeOrganisme.CCSS, TypeOrganisme.CGSS, TypeOrganisme.CSS)
FAUTIVES_MAX: Final = 10_000  # refused rows listed one by one; all are counted
SANS_CONSTAT: Final = pl.DataFrame(schema=SCHEMA)
_PREMIER_RANG: Final = 2  # as if a header stood above the first row: the row numbers of the other Parquet files

# Findings about the file, and about what it replaces: severity, how to mend. Those about rows are ``REGLES``.
REMEDES: Final = {
    "colonne_absente": (Gravite.ERREUR, "Ajoutez la colonne au fichier, ou corrigez son nom."),
    "colonne_mal_typee": (Gravite.ERREUR, "Changez le type de la colonne à l'export."),
    "aucun_fait": (Gravite.ERREUR, "Vérifiez que le fichier est le bon : aucune de ses lignes n'est admise."),
    "colonne_inconnue": (
        Gravite.AVERTISSEMENT,
        "Retirez cette colonne de l'export : elle n'est pas lue, mais l'original est gardé tel quel.",
    ),
    "revision": (
        Gravite.AVERTISSEMENT,
        "Vérifiez le nombre d'IJ. Si ce fichier complète le précédent, chargez les deux dans la même commande.",
    ),
    "population_absente": (
        Gravite.AVERTISSEMENT,
        "Vérifiez que l'export est complet : un mois transmis remplace toute la simulation de ce mois pour la caisse.",
    ),
}


@dataclass(frozen=True)
class ExamenIJ(AvecVerdict):
    """One file of events examined.

    ``evenements`` is None when it cannot be read or lacks a column, or once its counts are no longer wanted in memory.
    """

    chemin: Path
    rapport: dict[str, Any]
    lot: str
    constats: pl.DataFrame
    evenements: Evenements | None = None
    fautives: pl.DataFrame | None = None


def compute_lot(empreintes: Iterable[str]) -> str:
    """Name of the lot made of files of these SHA-256: the same files make the same lot, in any order."""
    return hashlib.sha256("\n".join(sorted(set(empreintes))).encode()).hexdigest()[:12]


def compute_id(sha: str, lot: str, regles: str) -> str:
    """Id of the load of a file of events that came with others."""
    return f"{sha[:12]}-{hashlib.sha256(f'{sha} {lot} {regles}'.encode()).hexdigest()[:8]}"


def list_caisses(catalogue: Catalogue) -> list[str]:
    """Codes of the caisses whose events are counted."""
    return [organisme.code for organisme in catalogue.list_organismes(*TYPES)]


def examine_evenements(
    chemin: Path,
    *,
    caisses: Sequence[str],
    lot: str,
    sha: str,
    precedents: pl.DataFrame,
    aujourdhui: dt.date,
    nom: str | None = None,
    etape: Etape = lambda _: None,
) -> ExamenIJ:
    """Examine one file; nothing is written, every problem ends in the report.

    Args:
        chemin: the file.
        caisses: codes of the caisses followed.
        lot: the lot it comes with. sha: its SHA-256.
        precedents: real caisse × months of the other lots published (code_organisme, mois, nombre, chargement).
        aujourdhui: payments of a later month are refused.
        nom: the name the file was sent under.
        etape: told the name of each step.
    """
    nom = nom or chemin.name
    rapport: dict[str, Any] = {
        "fichier": nom,
        "verdict": ILLISIBLE,
        "sha256": sha,
        "octets": chemin.stat().st_size,
        "format": "parquet",
        "encodage": None,
        "separateur": None,
        "feuilles": [],
        "feuilles_ignorees": [],
        "source": {
            "code": SOURCE,
            "titre": "IJ individuelles",
            "origine": "colonnes",
            "confiance": 1.0,
            "a_completer": [],
            "a_preciser": [],
            "precisions": {},
            "raisons": [],
            "yaml": None,
        },
    }
    dernier = aujourdhui.replace(day=1)
    try:
        etape(f"{nom} : colonnes")
        defauts = [(colonne, message.replace(chemin.name, nom)) for colonne, message in list_defauts(chemin)]
        if defauts:
            return _build_examen(chemin, rapport, lot, _list_constats_colonnes(chemin, defauts))

        def tell(part: float) -> None:
            etape(f"{nom} : {part:.0f} % lus")

        evenements = load_evenements([chemin], caisses, DEBUT, dernier, tell)
        fautives = None
        if evenements.rejets:
            etape(f"{nom} : lignes refusées")
            fautives = list_fautives(chemin, caisses, DEBUT, dernier, FAUTIVES_MAX)
    except (EvenementsIllisiblesError, OSError) as erreur:
        motif = str(erreur).replace(chemin.name, nom)
        rapport |= {"motif": motif, "anomalies": {"erreur": 1, "rejet": 0, "avertissement": 0}}
        return ExamenIJ(chemin, rapport, lot, SANS_CONSTAT)
    constats = pl.concat(
        [
            _list_constats_colonnes(chemin, []),
            _list_constats(evenements, precedents),
            _list_rejets(evenements, fautives),
        ]
    )
    return _build_examen(chemin, rapport, lot, constats, evenements, fautives)


def _build_examen(
    chemin: Path,
    rapport: dict[str, Any],
    lot: str,
    constats: pl.DataFrame,
    evenements: Evenements | None = None,
    fautives: pl.DataFrame | None = None,
) -> ExamenIJ:
    """Put figures and findings in the report. ``constats``: one row per finding on the file, or rule broken by rows."""
    lus = evenements or Evenements(pl.DataFrame(schema=pl.Schema(DELAI_IJ.colonnes)), 0, 0, {})
    details = pl.concat(
        [constats.filter(pl.col("gravite") != Gravite.REJET.value), _list_details(fautives)], how="vertical"
    )
    comptes = count_par_gravite(constats) | {Gravite.REJET.value: sum(lus.rejets.values())}
    verdict = BLOQUE if comptes["erreur"] else (AVEC_ALERTES if sum(comptes.values()) else PUBLIABLE)
    cases = lus.cube.select("code_organisme", "mois").unique()
    premier, dernier = cases["mois"].min(), cases["mois"].max()
    resume = [
        ligne | ({"nombre": lus.rejets[str(ligne["regle"])]} if ligne["regle"] in lus.rejets else {})
        for ligne in build_resume(constats)
    ]
    rapport |= {
        "verdict": verdict,
        "lignes_lues": lus.lues,
        "lignes_gardees": lus.gardees,
        "lignes_rejetees": lus.lues - lus.gardees,
        "cellules_rejetees": comptes["rejet"],
        "faits": cases.height,
        "statuts": {"publie": cases.height} if cases.height else {},
        "organismes": cases["code_organisme"].n_unique(),
        "indicateurs": [],
        "periodes": {
            "premiere": premier.isoformat() if isinstance(premier, dt.date) else None,
            "derniere": _get_dernier_jour(dernier).isoformat() if isinstance(dernier, dt.date) else None,
        },
        "anomalies": comptes,
        "par_regle": resume,
        "details": details.head(DETAILS_MAX).to_dicts(),
        "details_total": comptes["erreur"] + comptes["avertissement"] + comptes["rejet"],
        "corrections": [],
        "ij": {
            "lot": lot,
            "caisse_mois": cases.height,
            "mois": cases["mois"].n_unique(),
            "fautives_listees": 0 if fautives is None else fautives.height,
        },
    }
    return ExamenIJ(chemin, rapport, lot, constats, evenements, fautives)


def _get_dernier_jour(mois: dt.date) -> dt.date:
    return mois.replace(day=calendar.monthrange(mois.year, mois.month)[1])


def build_constat(regle: str, motif: str, colonne: str | None = None, valeur: str | None = None) -> pl.DataFrame:
    """One finding on the whole file, as a frame of ``anomalies.SCHEMA``."""
    gravite, remede = REMEDES[regle] if regle in REMEDES else (Gravite.REJET, REGLES[regle].remede)
    ligne = {"gravite": gravite.value, "regle": regle, "colonne": colonne, "valeur": valeur, "motif": motif}
    return pl.DataFrame([ligne | {"remede": remede, "feuille": None, "rang": None}], schema=SCHEMA)


def _list_constats_colonnes(chemin: Path, defauts: Sequence[tuple[str, str]]) -> pl.DataFrame:
    presentes = pq.read_schema(chemin).names
    constats = [SANS_CONSTAT]
    for colonne, message in defauts:
        regle = "colonne_mal_typee" if colonne in presentes else "colonne_absente"
        constats.append(build_constat(regle, message, colonne))
    if not defauts:
        constats += [
            build_constat("colonne_inconnue", f"la colonne « {nom} » n'est pas lue", nom)
            for nom in presentes
            if nom not in COLONNES
        ]
    return pl.concat(constats)


def _list_constats(evenements: Evenements, precedents: pl.DataFrame) -> pl.DataFrame:
    """What the counts say of the file as a whole: nothing kept, months sent before, populations missing."""
    constats = [SANS_CONSTAT]
    cube = evenements.cube
    if cube.is_empty():
        return build_constat("aucun_fait", f"aucune IJ gardée sur {evenements.lues} ligne(s) lue(s)")
    par_case = cube.group_by("code_organisme", "mois").agg(pl.col("nombre").sum())
    repris = par_case.join(precedents, on=["code_organisme", "mois"], how="inner", suffix="_avant")
    for (chargement,), lignes in repris.partition_by("chargement", as_dict=True, maintain_order=True).items():
        constats.append(
            build_constat(
                "revision",
                f"{lignes.height} caisse × mois du chargement {chargement} remplacés : {lignes['nombre'].sum()} IJ au "
                f"lieu de {lignes['nombre_avant'].sum()}",
            )
        )
    for champ, valeurs in (("regime", REGIMES), ("subrogation", SUBROGATIONS)):
        for valeur in valeurs:
            avec = cube.filter(pl.col(champ) == valeur).select("code_organisme", "mois").unique()
            if avec.height < par_case.height:
                constats.append(
                    build_constat(
                        "population_absente",
                        f"{par_case.height - avec.height} caisse × mois sur {par_case.height} sans aucune IJ de "
                        f"{champ.replace('regime', 'régime')} « {valeur} »",
                        champ,
                        valeur,
                    )
                )
    return pl.concat(constats)


def _list_rejets(evenements: Evenements, fautives: pl.DataFrame | None) -> pl.DataFrame:
    """One finding per rule that rows break, with how many and an example."""
    constats = [SANS_CONSTAT]
    for nom, nombre in evenements.rejets.items():
        exemples = _list_details(fautives).filter(pl.col("regle") == nom)
        exemple = f", par exemple ligne {exemples[0, 'rang']} : « {exemples[0, 'valeur']} »" if exemples.height else ""
        motif = f"{nombre} ligne(s) : {REGLES[nom].motif}{exemple}"
        constats.append(build_constat(nom, motif, REGLES[nom].colonne))
    return pl.concat(constats)


def _list_details(fautives: pl.DataFrame | None) -> pl.DataFrame:
    """Refused rows as findings, each with the value at fault."""
    if fautives is None or fautives.is_empty():
        return SANS_CONSTAT
    valeur = pl.lit(None, pl.String)
    for nom, regle in REGLES.items():
        lue = pl.col(regle.colonne)
        if nom == "combinaison_impossible":
            lue = pl.concat_str("regime", "risque", "subrogation", "canal", separator=", ")
        valeur = pl.when(pl.col("regle") == nom).then(lue).otherwise(valeur)
    decrites = {nom: pl.col("regle").replace_strict({r: getattr(d, nom) for r, d in REGLES.items()}) for nom in
                ("colonne", "motif", "remede")}  # fmt: skip
    return fautives.select(
        gravite=pl.lit(Gravite.REJET.value),
        regle="regle",
        feuille=pl.lit(None, pl.String),
        rang=pl.col("rang") + _PREMIER_RANG,
        valeur=valeur,
        **decrites,
    ).select(pl.col(c).cast(t) for c, t in SCHEMA.items())


def render_fautives(fautives: pl.DataFrame) -> bytes:
    """The refused rows listed, as CSV: their row, what was read, the reason."""
    textes = _list_details(fautives).select(texte=pl.format("[{}] {} → {}", "regle", "motif", "remede"))["texte"]
    frame = fautives.select(pl.col("rang").alias("ligne") + _PREMIER_RANG, *COLONNES).with_columns(textes.alias(MOTIF))
    return ("\ufeff" + frame.write_csv(separator=";")).encode()
