"""A group compared on one indicateur: what every view of the page starts from, built once per publication."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from components.comparer.etat import EtatComparer
from components.contenu import Mention
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.formats import format_ecart, format_periode, format_valeur
from components.organisme.fiche import compute_erreurs
from components.pairs import GroupePairs, build_groupe
from components.provenance import format_donnees_du, format_source
from components.textes import comparer as textes
from data.calculs.comparaison import (
    NIVEAU,
    GroupeJuge,
    add_intervalles,
    add_rangs_incertains,
    build_groupe_juge,
    check_proportions,
)
from data.calculs.intervalles import compute_z
from data.calculs.position import (
    Position,
    Quartiles,
    compute_classement,
    compute_ecart,
    compute_position,
    compute_quartiles,
)
from data.calculs.verdict import Jugement
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Comparateur, Sens, Statistique
from data.requetes.comparaison import list_indicateurs_compares, list_organismes, list_valeurs
from data.requetes.indicateur import list_mensuels

SCORE = "taux_reussite_local"


@dataclass(frozen=True)
class Comparaison:
    """A group of organismes on one indicateur, and where the chosen one stands in it.

    ``indicateur`` is a row of ``list_indicateurs_compares`` and ``organisme`` one of ``list_organismes``. ``membres``
    is the ranked group (``compute_classement``) with bas, haut, erreur (interval), rang_bas, rang_haut and
    indistincts; ``valeurs`` its rows with a value; ``ensemble`` every organisme that holds the indicateur.
    ``quartiles`` are those of the reference (without the organisme when ``hors``), None without any value;
    ``position`` is None when the organisme has none. ``reference`` is the rate of the group or its median. ``vide``
    says why there is nothing to compare.
    """

    groupe: GroupePairs
    indicateur: dict[str, Any]
    statistique: Statistique
    comparateur: Comparateur
    decimales: int
    sens: Sens
    organisme: dict[str, Any] | None
    membres: pl.DataFrame
    valeurs: pl.DataFrame
    ensemble: pl.DataFrame
    quartiles: Quartiles | None
    position: Position | None
    reference: float | None
    proportions: bool
    hors: bool
    jugement: Jugement | None
    vide: str | None

    @property
    def unite(self) -> str | None:
        """Unit of the indicateur."""
        unite: str | None = self.indicateur["unite"]
        return unite

    @property
    def titre(self) -> str:
        """Short title of the indicateur."""
        return str(self.indicateur["titre_court"])

    @property
    def code(self) -> str | None:
        """Code of the chosen organisme."""
        return self.organisme["code_organisme"] if self.organisme else None

    @property
    def mienne(self) -> dict[str, Any] | None:
        """The row of the chosen organisme, when it has a value."""
        lignes = self.valeurs.filter(code_organisme=self.code).to_dicts() if self.code else []
        return lignes[0] if lignes else None

    @property
    def nom_groupe(self) -> str:
        """The group in words, organismes with a value only."""
        return self.groupe.format_effectif(self.valeurs.height)

    @property
    def nom_reference(self) -> str:
        """What values are compared to: « taux du groupe » or « médiane »."""
        return "taux du groupe" if self.proportions else "médiane"

    @property
    def identique(self) -> bool:
        """Whether every organisme of the group has the same value."""
        return self.valeurs.height > 1 and self.valeurs["valeur"].n_unique() == 1

    @property
    def melange(self) -> bool:
        """Whether the group ranks several types together."""
        return self.valeurs["type_note"].n_unique() > 1

    @property
    def simulee(self) -> bool:
        """Whether any value is simulated."""
        return "simulee" in self.valeurs["nature"]

    @property
    def intervalles(self) -> bool:
        """Whether some value has an interval."""
        return self.valeurs["bas"].count() > 0

    @property
    def periode(self) -> str:
        """The period compared, in French."""
        return format_periode(self.indicateur["periode_debut"], self.indicateur["periode_fin"])

    @property
    def fichier(self) -> str:
        """End of the names of downloaded files."""
        return str(self.indicateur["code_indicateur"]).replace("_", "-")

    def format_valeur(self, valeur: float | None) -> str:
        """A value in the indicateur's unit, with the printed decimals."""
        return format_valeur(valeur, self.unite, self.decimales)

    def format_etendue(self, ecart: float) -> str:
        """A distance between two values, without sign: « 4,80 points »."""
        return format_ecart(abs(ecart), self.unite, self.decimales).removeprefix("+")

    def list_notes(self) -> list[str]:
        """What must be said under any chart of this group."""
        notes = [textes.AVERTISSEMENT_TYPES] if self.melange else []
        if "CCSS" in self.valeurs["type_organisme"] and not self.simulee:
            notes.append(textes.NOTE_CCSS)
        if self.groupe.precision:
            notes.append(self.groupe.precision)
        return notes


def load_comparaison(etat: EtatComparer) -> Comparaison:
    """The comparison a state asks for."""
    return _load_comparaison(
        etat.indicateur,
        etat.organisme,
        etat.groupe,
        etat.lentille,
        etat.membres,
        etat.nom,
        etat.types == "ensemble",
        etat.hors == "oui",
    )


@memorise
def _load_comparaison(
    code_indicateur: str,
    organisme: str | None,
    choix: str,
    lentille: str,
    membres: tuple[str, ...],
    nom: str,
    tous_types: bool,
    hors: bool,
) -> Comparaison:
    indicateur = list_indicateurs_compares().filter(code_indicateur=code_indicateur).row(0, named=True)
    definition = load_catalogue().get_indicateur(code_indicateur)
    sens, statistique = Sens(indicateur["sens"]), Statistique(indicateur["statistique"])
    comparateur = definition.comparateur
    groupe = build_groupe(organisme, choix, lentille, membres, nom, tous_types=tous_types)
    moi = list_organismes().filter(code_organisme=organisme).row(0, named=True) if organisme else None
    ensemble = list_valeurs(code_indicateur)
    frame, juge = _load_membres(code_indicateur, groupe.codes, groupe.type_note)
    valeurs = frame.filter(pl.col("valeur").is_not_null())
    codes, liste = juge.codes, [v for v in juge.valeurs if v is not None]
    mienne = [liste[codes.index(organisme)]] if organisme in codes else []
    sans = organisme if hors and valeurs.height > len(mienne) else None
    references = [v for code, v in zip(codes, liste, strict=True) if code != sans]
    quartiles = compute_quartiles(references) if references else None
    position = compute_position(liste, mienne[0], sens, definition.decimales) if mienne else None
    if position is not None and quartiles is not None and sans:
        ecart = compute_ecart(mienne[0], quartiles.mediane, definition.decimales)
        position = replace(position, ecart_mediane=ecart)
    types_portes = ensemble["type_note"].unique(maintain_order=True).to_list()
    return Comparaison(
        groupe=groupe,
        indicateur=indicateur,
        statistique=statistique,
        comparateur=comparateur,
        decimales=definition.decimales,
        sens=sens,
        organisme=moi,
        membres=frame,
        valeurs=valeurs,
        ensemble=ensemble,
        quartiles=quartiles,
        position=position,
        reference=juge.compute_reference(sans) if liste else None,
        proportions=check_proportions(valeurs, statistique, comparateur),
        hors=sans is not None,
        jugement=juge.judge(
            organisme or "",
            sans_moi=hors,
            mois=_list_mois(code_indicateur, organisme, indicateur["periode_fin"])
            if comparateur is Comparateur.SPC
            else (),
        )
        if mienne
        else None,
        vide=groupe.vide or textes.build_vide(groupe, moi, indicateur["titre_court"], types_portes, valeurs.height),
    )


@memorise
def _load_membres(
    code_indicateur: str, codes: tuple[str, ...], type_note: str | None
) -> tuple[pl.DataFrame, GroupeJuge]:
    """A group on an indicateur, the same for each of its members: see ``Comparaison.membres``, and what judges those
    that have a value.
    """
    definition = load_catalogue().get_indicateur(code_indicateur)
    statistique, comparateur, sens = definition.statistique, definition.comparateur, definition.sens
    frame = list_valeurs(code_indicateur).filter(pl.col("code_organisme").is_in(codes))
    frame = add_intervalles(frame, statistique, comparateur)
    if code_indicateur == SCORE and type_note is not None:
        frame = _add_intervalles_score(frame, type_note)
    frame = add_rangs_incertains(compute_classement(frame, sens, definition.decimales), sens)
    return frame, build_groupe_juge(frame.drop_nulls("valeur"), statistique, comparateur, sens)


def _add_intervalles_score(frame: pl.DataFrame, type_note: str) -> pl.DataFrame:
    """The least interval of a score: what the denominators of its rates leave uncertain, in points."""
    z = compute_z(NIVEAU)
    erreurs = compute_erreurs(type_note).select("code_organisme", pl.col("erreur").alias("erreur_score"))
    if not (erreurs["erreur_score"] > 0).any():
        return frame
    erreur = pl.when(pl.col("valeur").is_not_null()).then(pl.col("erreur_score"))
    return (
        frame.drop("bas", "haut", "erreur")
        .join(erreurs, on="code_organisme", how="left", maintain_order="left")
        .with_columns(
            (pl.col("valeur") - z * erreur).alias("bas"),
            pl.min_horizontal(pl.col("valeur") + z * erreur, pl.lit(100.0)).alias("haut"),
            erreur.alias("erreur"),
        )
        .drop("erreur_score")
    )


def _list_mois(code_indicateur: str, organisme: str | None, fin: dt.date) -> tuple[float | None, ...]:
    """Monthly series of an organisme until the period compared, in order of time; holes are None."""
    series = list_mensuels(code_indicateur).filter((pl.col("code_organisme") == organisme) & (pl.col("mois") <= fin))
    return tuple(series.sort("mois")["valeur"].to_list())


def build_mention(
    vue: Comparaison,
    *notes: str,
    effectif: str | None = None,
    periode: str | None = None,
    simulee: bool | None = None,
    frame: pl.DataFrame | None = None,
) -> Mention:
    """The mention under a chart of the group; its sources are those of its values, or of ``frame`` when given."""
    lues = vue.valeurs if frame is None else frame
    sources = [code for code in lues["source"].unique().sort() if code]
    return Mention(
        statistique=LIBELLES_STATISTIQUE[vue.statistique],
        unite=vue.unite or "non précisée",
        sens=vue.sens,
        periode=vue.periode if periode is None else periode,
        source=format_source(*sources) if sources else "aucune valeur",
        donnees_du=format_donnees_du(),
        effectif=(vue.nom_groupe if vue.valeurs.height else "") if effectif is None else effectif,
        simulee=vue.simulee if simulee is None else simulee,
        notes=(*vue.list_notes(), *notes),
    )
