"""Every published délai of indemnités journalières, as typed facts."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from data.catalogue import Catalogue, OrganismeInconnuError
from data.modele import Granularite, Maille, Statistique, TypeOrganisme
from data.schemas import VALEUR
from etl.socle.socle import ENSEMBLE, FRANCE, Periode, Socle, build_annee, build_mois, build_valeur
from etl.socle.valeurs import ValeurIndecidableError, load_nombre, load_valeur
from etl.sources.publie import Fichier, Ligne

LIBELLE_1RE_IJ_2014 = "Délai moyen de règlement à l'assuré de la 1ère IJ non subrogée"
CAISSE_ETUDE_MONTANT = "381"  # CPAM de l'Isère: the only caisse of the study by amount (003, table 17)


class CorrespondanceIJ(BaseModel):
    """One entry of ``definitions/sources/igas_delais_ij.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    libelle: str
    indicateur: str
    statistique: Statistique
    segments: dict[str, str] = {}
    groupes: dict[str, str] = {}


class PeriodeIndecidableError(ValueError):
    """A printed period that cannot be dated without guessing."""


def load_correspondances(chemin: Path) -> dict[str, CorrespondanceIJ]:
    """The mapping of labels to indicateurs, by label."""
    brut: list[dict[str, Any]] = yaml.safe_load(chemin.read_text(encoding="utf-8"))
    return {c.libelle: c for c in map(CorrespondanceIJ.model_validate, brut)}


def load_periode(texte: str) -> tuple[Periode, str | None]:
    """Date a printed period; the second value is the wording when it is looser than the dates kept.

    Raises:
        PeriodeIndecidableError: « NA », or words without dates.
    """
    if re.fullmatch(r"\d{4}", texte):
        return build_annee(int(texte)), None
    if mois := re.fullmatch(r"(\d{4})-(\d{2})", texte):
        return build_mois(int(mois[1]), int(mois[2])), None
    if bornes := re.fullmatch(r"(\d{4})-(\d{4})(?: \(bornes\))?", texte):
        return Periode(dt.date(int(bornes[1]), 1, 1), dt.date(int(bornes[2]), 12, 31), Granularite.PLAGE), None
    if plage := re.fullmatch(r"(\d{4})-(\d{2}) à (\d{4})-(\d{2})", texte):
        debut = build_mois(int(plage[1]), int(plage[2])).debut
        return Periode(debut, build_mois(int(plage[3]), int(plage[4])).fin, Granularite.PLAGE), None
    if texte.startswith("début juin 2022"):
        return build_mois(2022, 6), f"imprimé « {texte} » : daté de juin 2022"
    if texte == "automne 2021":
        return (
            Periode(dt.date(2021, 9, 22), dt.date(2021, 12, 21), Granularite.PLAGE),
            "imprimé « automne 2021 » : daté du 22/09 au 21/12/2021",
        )
    raise PeriodeIndecidableError(texte)


def _find_entite(catalogue: Catalogue, ligne: Ligne, correspondance: CorrespondanceIJ) -> tuple[Maille, str]:
    if groupe := correspondance.groupes.get(ligne["territoire"]):
        return Maille.GROUPE, groupe
    if ligne["territoire"] == "France":
        return Maille.RESEAU, FRANCE
    return Maille.ORGANISME, catalogue.find_organisme(ligne["territoire"], TypeOrganisme.CPAM).code


def load_valeurs_igas(
    socle: Socle, catalogue: Catalogue, fichier: Fichier, correspondances: dict[str, CorrespondanceIJ]
) -> None:
    """Rows of the IGAS values file that speak of délais IJ; the others stay as printed in ``brut``."""
    for ligne in fichier.lignes:
        correspondance = correspondances.get(ligne["indicateur"])
        if correspondance is None:
            continue
        segment = correspondance.segments.get(ligne["population"], ENSEMBLE)
        try:
            periode, precision = load_periode(ligne["periode"])
            typee = load_valeur(ligne["valeur"])
            maille, entite = _find_entite(catalogue, ligne, correspondance)
        except PeriodeIndecidableError:
            socle.reject(
                ligne,
                "periode_non_precisee",
                f"Le document ne date pas cette valeur ({ligne['valeur']} {ligne['unite']}).",
                "Rien à faire : l'absence de date est celle du document, la valeur reste lisible telle qu'imprimée.",
                colonne="periode",
                valeur=ligne["periode"],
            )
            continue
        except (ValeurIndecidableError, OrganismeInconnuError) as erreur:
            socle.reject(
                ligne,
                "valeur_indecidable",
                f"La valeur ne se lit pas sans deviner : « {erreur} ».",
                "Corrigez la cellule ou ajoutez une correspondance dans definitions/sources/igas_delais_ij.yaml.",
                colonne="valeur",
                valeur=ligne["valeur"],
            )
            continue
        indicateur = catalogue.get_indicateur(correspondance.indicateur)
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                maille=maille,
                code_entite=entite,
                periode=periode,
                segment=segment,
                statistique=correspondance.statistique.value,
                valeur=typee.valeur,
                borne_basse=typee.borne_basse,
                borne_haute=typee.borne_haute,
                statut=typee.statut,
                valeur_imprimee=ligne["valeur"],
            ),
            note=precision,
        )


def load_premiere_ij_2014_2016(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Première IJ non subrogée 2014-2016 (COG 2014-2017)."""
    indicateur = catalogue.get_indicateur("delai_premiere_ij_non_subrogee_cog_2014_2017")
    for ligne in fichier.lignes:
        if ligne["indicateur"] != LIBELLE_1RE_IJ_2014:
            continue
        for annee in (2014, 2015, 2016):
            socle.add(
                VALEUR,
                ligne,
                build_valeur(
                    indicateur=indicateur,
                    maille=Maille.RESEAU,
                    code_entite=FRANCE,
                    periode=build_annee(annee),
                    statistique=Statistique.MOYENNE.value,
                    valeur=load_nombre(ligne[f"v{annee}"]),
                    valeur_imprimee=ligne[f"v{annee}"],
                ),
            )


def load_premiere_ij_maladie(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """The other version of the same délai (001, table 4): kept beside, never merged."""
    indicateur = catalogue.get_indicateur("delai_premiere_ij_maladie")
    for ligne in fichier.lignes:
        if not re.fullmatch(r"\d{4}", ligne["annee"]):
            socle.reject(
                ligne,
                "periode_non_precisee",
                f"Le document ne dit pas de quelle année est {ligne['delai_moyen']} jours ({ligne['annee']}).",
                "Rien à faire : l'ambiguïté est celle du document, la valeur reste lisible telle qu'imprimée.",
                colonne="annee",
                valeur=ligne["annee"],
            )
            continue
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                maille=Maille.RESEAU,
                code_entite=FRANCE,
                periode=build_annee(int(ligne["annee"])),
                statistique=Statistique.MOYENNE.value,
                valeur=load_nombre(ligne["delai_moyen"]),
                valeur_imprimee=ligne["delai_moyen"],
            ),
        )


_SEGMENTS_CANAL = {
    "DSN": "dsn",
    "Net Entreprise": "net_entreprises",
    "Papier": "papier",
    "Global tous canaux": ENSEMBLE,
}


def load_canal(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Délai by channel of the attestation de salaire, March 2017."""
    indicateur = catalogue.get_indicateur("delai_ij_canal")
    for ligne in fichier.lignes:
        periode, _ = load_periode(ligne["periode"])
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                maille=Maille.RESEAU,
                code_entite=FRANCE,
                periode=periode,
                segment=_SEGMENTS_CANAL[ligne["canal"]],
                statistique=Statistique.MOYENNE.value,
                valeur=load_nombre(ligne["delai_moyen"]),
                valeur_imprimee=ligne["delai_moyen"],
            ),
        )


def load_montant(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Délai by decile and quartile of the daily amount, one caisse, first half of 2022."""
    indicateur = catalogue.get_indicateur("delai_ij_montant")
    semestre = Periode(dt.date(2022, 1, 1), dt.date(2022, 6, 30), Granularite.SEMESTRE)
    for ligne in fichier.lignes:
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                maille=Maille.ORGANISME,
                code_entite=CAISSE_ETUDE_MONTANT,
                periode=semestre,
                segment=f"{ligne['decoupage']} {int(ligne['rang']):02d}",
                statistique=Statistique.MOYENNE.value,
                valeur=load_nombre(ligne["delai_moyen_jours"]),
                valeur_imprimee=ligne["delai_moyen_jours"],
            ),
            note=_format_tranche(ligne),
        )


def _format_tranche(ligne: Ligne) -> str:
    """The amount class as printed: « IJ de 16.57 à 22.87 € »."""
    bas, haut = load_nombre(ligne["montant_min_exclu_eur"]), load_nombre(ligne["montant_max_inclus_eur"])
    if bas is None:
        return f"montant ≤ {haut:.2f} €".replace(".", ",")
    if haut is None:
        return f"montant > {bas:.2f} €".replace(".", ",")
    return f"montant > {bas:.2f} € et ≤ {haut:.2f} €".replace(".", ",")
