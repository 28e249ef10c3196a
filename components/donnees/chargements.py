"""The journal of loads on screen: who sent what when, what became of it, quality over time, publications kept."""

from __future__ import annotations

from typing import Any

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.formats import INSECABLE, format_date, format_horodatage, format_pluriel
from components.figures.parts import Barre, Part, build_parts_figure
from components.provenance import format_donnees_du
from components.textes.donnees import (
    build_phrase_chargements,
    build_phrase_publications,
    build_phrase_qualite,
    format_etendue,
    format_gravite,
    format_octets,
    format_regle,
)
from components.theme import COULEURS
from data.catalogue import load_catalogue
from data.chemins import get_var
from data.journal import Retour, list_chargements, list_publications
from data.modele import Sens
from data.requetes.donnees import list_rejets_publies

_DERNIERS = 20  # loads drawn
_JOURNAL = "journal des chargements de Parangon"
_PARTS_QUALITE = (
    Part("gardées", COULEURS["marque"], "", COULEURS["carte"]),
    Part("rejetées", COULEURS["moins-pale"], "/", COULEURS["moins"]),
)


def format_etat(charge: dict[str, Any]) -> str:
    """Symbol and word: « ✓ publié », « ○ gardé, non publié », « ✕ refusé »."""
    if charge["publie"]:
        return "✓ publié"
    return "✕ refusé" if charge["etat"] == "refuse" else "○ gardé, non publié"


def build_adresse(identifiant: str) -> str:
    """Where the report of a load is."""
    return f"/donnees?vue=chargements&chargement={identifiant}"


def format_source_chargement(code: str) -> str:
    """Short title of the mapping of a load, or of the kind of its file; its code when it is no longer defined."""
    catalogue = load_catalogue()
    source = catalogue.source_par_code.get(code) or catalogue.document_par_code.get(code)
    return source.titre_court if source is not None else code


def _build_mention(effectif: str, statistique: str = "un envoi par ligne") -> Mention:
    return Mention(
        statistique=statistique,
        unite="lignes de fichier",
        sens=Sens.NEUTRE,
        periode="depuis le premier envoi",
        source=_JOURNAL,
        donnees_du=format_donnees_du(),
        effectif=effectif,
    )


def build_contenu_chargements() -> Contenu:
    """Every load, last first: who, what, when, what became of it."""
    frame = list_chargements(get_var())
    charges = frame.to_dicts()
    dernier = ""
    if charges:
        c = charges[0]
        dernier = f"le {format_horodatage(c['charge_le'])}, par «{INSECABLE}{c['auteur']}{INSECABLE}»"
    refuses = sum(c["etat"] == "refuse" for c in charges)
    return Contenu(
        titre="Qui a envoyé quoi, quand",
        phrase=build_phrase_chargements(len(charges), sum(c["publie"] for c in charges), refuses, dernier),
        mention=_build_mention(format_pluriel(len(charges), "envoi")),
        tableau=Tableau(
            (
                Colonne("fichier", "Fichier", epinglee=True, lien="lien"),
                Colonne("etat", "État"),
                Colonne("quand", "Envoyé le"),
                Colonne("auteur", "Par"),
                Colonne("source", "Source"),
                Colonne("periode", "Période"),
                Colonne("lues", "Lignes lues", "nombre", 0),
                Colonne("gardees", "Gardées", "nombre", 0),
                Colonne("rejetees", "Rejetées", "nombre", 0),
                Colonne("taille", "Taille"),
                Colonne("sha256", "SHA-256"),
            ),
            [
                {
                    "fichier": c["fichier"],
                    "lien": build_adresse(c["id"]),
                    "etat": format_etat(c),
                    "quand": format_horodatage(c["charge_le"]),
                    "auteur": c["auteur"],
                    "source": format_source_chargement(c["source"]),
                    "periode": format_etendue(
                        c["periode_min"].isoformat() if c["periode_min"] else None,
                        c["periode_max"].isoformat() if c["periode_max"] else None,
                    ),
                    "lues": c["lignes_lues"],
                    "gardees": c["lignes_gardees"],
                    "rejetees": c["lignes_rejetees"],
                    "taille": format_octets(c["octets"]),
                    "sha256": c["sha256"],
                }
                for c in charges
            ],
        ),
        fichier="parangon-chargements",
    )


def build_contenu_qualite() -> Contenu:
    """Lines kept and rejected, load after load, oldest on top."""
    frame = list_chargements(get_var()).filter(pl.col("lignes_lues") > 0).reverse()
    tous = frame.to_dicts()
    charges = tous[-_DERNIERS:]
    taux = [100 * c["lignes_rejetees"] / c["lignes_lues"] for c in tous]
    barres = [
        Barre(
            f"{format_date(c['charge_le'])} {c['fichier']}",
            (c["lignes_lues"] - c["lignes_rejetees"], c["lignes_rejetees"]),
        )
        for c in charges
    ]
    return Contenu(
        titre="Qualité des envois, du plus ancien au plus récent",
        phrase=build_phrase_qualite(
            sum(c["lignes_lues"] for c in tous), sum(c["lignes_rejetees"] for c in tous), taux[0], taux[-1], len(tous)
        )
        if tous
        else "La part des lignes rejetées, envoi après envoi.",
        figure=build_parts_figure(barres, _PARTS_QUALITE, "ligne") if barres else None,
        vide=None
        if barres
        else "Aucun fichier n'a encore été transmis. Déposez-en un\u00a0: sa qualité s'affichera ici.",
        mention=_build_mention(format_pluriel(len(charges), "envoi"), "lignes gardées et rejetées de chaque envoi"),
        tableau=Tableau(
            (
                Colonne("nom", "Envoi"),
                Colonne("fichier", "Fichier"),
                Colonne("lues", "Lignes lues", "nombre", 0),
                Colonne("rejetees", "Rejetées", "nombre", 0),
                Colonne("taux", "Part rejetée", "nombre", 1, "%"),
                Colonne("erreurs", "Erreurs", "nombre", 0),
                Colonne("avertissements", "Avertissements", "nombre", 0),
                Colonne("etat", "État"),
            ),
            [
                {
                    "nom": barre.nom,
                    "fichier": c["fichier"],
                    "lues": c["lignes_lues"],
                    "rejetees": c["lignes_rejetees"],
                    "taux": 100 * c["lignes_rejetees"] / c["lignes_lues"],
                    "erreurs": c["erreurs"],
                    "avertissements": c["avertissements"],
                    "etat": format_etat(c),
                }
                for barre, c in zip(barres, charges, strict=True)
            ],
        ),
        fichier="parangon-qualite-chargements",
    )


def build_contenu_rejets() -> Contenu:
    """Every cell refused or flagged in the files behind the publication."""
    rejets = list_rejets_publies().to_dicts()
    feuilles = (Colonne("feuille", "Feuille"),) if any(r["feuille"] for r in rejets) else ()
    return Contenu(
        titre="Rejets et lignes écartées",
        phrase=(
            f"{format_pluriel(len(rejets), 'cellule ou ligne', 'cellules ou lignes')} des fichiers publiés, avec la "
            "raison et ce qu'il y a à faire. Le fichier d'origine avec cette raison en colonne "
            "se télécharge depuis chaque envoi."
        ),
        mention=Mention(
            statistique="une constatation par ligne",
            unite="cellule ou ligne de fichier",
            sens=Sens.NEUTRE,
            periode="publication affichée",
            source="contrôles du chargement",
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(len(rejets), "constatation"),
        ),
        tableau=Tableau(
            (
                Colonne("fichier", "Fichier", lien="lien"),
                Colonne("gravite", "Gravité"),
                *feuilles,
                Colonne("rang", "Ligne", "nombre", 0),
                Colonne("colonne", "Colonne"),
                Colonne("valeur", "Valeur imprimée"),
                Colonne("regle", "Règle"),
                Colonne("motif", "Raison"),
                Colonne("remede", "Que faire"),
            ),
            [
                {
                    "fichier": r["fichier"],
                    "lien": build_adresse(r["chargement"]) if r["chargement"] else None,
                    "gravite": format_gravite(r["gravite"]),
                    "feuille": r["feuille"] or "",
                    "rang": r["rang"] or "fichier entier",
                    "colonne": r["colonne"] or "",
                    "valeur": r["valeur"] or "",
                    "regle": format_regle(r["regle"]),
                    "motif": r["motif"],
                    "remede": r["remede"],
                }
                for r in rejets
            ],
        ),
        fichier="parangon-rejets",
    )


def build_contenu_publications() -> Contenu:
    """The publications kept, last first, the one being served marked."""
    publications = list_publications(get_var()).to_dicts()
    return Contenu(
        titre="Publications gardées",
        phrase=build_phrase_publications(len(publications), len(publications) > 1),
        mention=Mention(
            statistique="une publication par ligne",
            unite="valeurs",
            sens=Sens.NEUTRE,
            periode="les dernières publications",
            source="journal des publications de Parangon",
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(len(publications), "publication"),
        ),
        tableau=Tableau(
            (
                Colonne("quand", "Publiée le"),
                Colonne("version", "Version"),
                Colonne("etat", "État"),
                Colonne("chargements", "Chargements", "nombre", 0),
                Colonne("publiees", "Valeurs réelles", "nombre", 0),
                Colonne("simulees", "Valeurs simulées", "nombre", 0),
            ),
            [
                {
                    "quand": format_horodatage(p["publie_le"]),
                    "version": p["version"],
                    "etat": "✓ affichée" if p["courante"] else "gardée",
                    "chargements": p["chargements"],
                    "publiees": p["valeurs_publiees"],
                    "simulees": p["valeurs_simulees"],
                }
                for p in publications
            ],
            cle_surlignee=next((format_horodatage(p["publie_le"]) for p in publications if p["courante"]), None),
        ),
        fichier="parangon-publications",
    )


def build_tableau_retours(retours: list[Retour]) -> Tableau:
    """The returns made, last first."""
    return Tableau(
        (
            Colonne("quand", "Fait le"),
            Colonne("auteur", "Par"),
            Colonne("depuis", "Depuis"),
            Colonne("vers", "Vers"),
            Colonne("raison", "Raison"),
        ),
        [
            {
                "quand": format_horodatage(r.fait_le),
                "auteur": r.auteur,
                "depuis": r.depuis,
                "vers": r.vers,
                "raison": r.raison,
            }
            for r in retours
        ],
        "Retours en arrière faits depuis cette page",
    )
