"""Quality over the publications: what each one said of itself when it was made, the returns visible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.formats import INSECABLE, format_horodatage, format_nombre, format_pluriel, format_valeur
from components.figures.tendance import Etape, Mesure, build_tendance_figure
from components.provenance import format_donnees_du
from components.textes.donnees import Releve, build_phrase_tendance, format_fin
from data.chemins import get_var
from data.journal import Passee, Retour, list_historique, list_retours
from data.qualite import Qualite

_DERNIERES = 20  # publications drawn
_ETATS = {"affichee": "✓ affichée", "suivie": "suivie par l'affichée", "ecartee": "◇ laissée par un retour"}
NOTES = (
    "Une publication est «\u00a0laissée par un retour\u00a0» quand celle affichée n'a pas été faite à sa suite\u00a0: "
    "quelqu'un est revenu à une publication plus ancienne.",
    "Un contrôle en échec est un avertissement\u00a0: une erreur interdit de publier. Un couple indicateur × organisme "
    "est à jour quand il a un chiffre réel de la dernière période connue de l'indicateur pour ce type d'organismes.",
)


def build_releve(qualite: Qualite) -> Releve:
    """The four measures drawn."""
    return Releve(
        float(qualite.reelles), qualite.part_rejetee, float(sum(qualite.echecs.values())), qualite.part_a_jour
    )


def build_contenu_tendance() -> Contenu:
    """The last publications, oldest first, with their figures of quality."""
    passees = list_historique(get_var())[-_DERNIERES:]
    retours = list_retours(get_var())
    chiffrees = [(p, build_releve(p.qualite)) for p in passees if p.qualite is not None]
    lignes = [_build_ligne(passee, retours) for passee in passees]
    affichee = next((r for p, r in chiffrees if p.etat == "affichee"), None)
    depart = next((r for p, r in chiffrees if p.etat == "suivie"), None)
    return Contenu(
        titre="Qualité au fil des publications",
        phrase=build_phrase_tendance(
            len(passees),
            len(passees) - len(chiffrees),
            sum(p.etat == "ecartee" for p in passees),
            depart,
            affichee,
        ),
        figure=build_tendance_figure(_list_etapes(passees), _list_mesures(passees)) if chiffrees else None,
        vide=None if chiffrees else "Aucune publication gardée n'a de chiffres de qualité\u00a0: la prochaine en aura.",
        mention=Mention(
            statistique="un point par publication, dans l'ordre où elles ont été faites",
            unite="celle de chaque graphique",
            sens=None,
            periode=_format_etendue(passees),
            source="chiffres gardés avec chaque publication de Parangon",
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(len(passees), "publication"),
            notes=NOTES,
        ),
        tableau=Tableau(
            (
                Colonne("quand", "Publiée le", epinglee=True),
                Colonne("etat", "État"),
                Colonne("documents", "Valeurs des documents", "nombre", 0),
                Colonne("transmises", "Valeurs transmises", "nombre", 0),
                Colonne("simulees", "Valeurs simulées", "nombre", 0),
                Colonne("statuts", "Statuts des valeurs réelles"),
                Colonne("lues", "Lignes transmises", "nombre", 0),
                Colonne("rejetees", "Rejetées", "nombre", 0),
                Colonne("part_rejetee", "Part rejetée", "nombre", 1, "%"),
                Colonne("rejets", "Rejets", "nombre", 0),
                Colonne("signalements", "Avertissements des fichiers", "nombre", 0),
                Colonne("controles", "Contrôles", "nombre", 0),
                Colonne("erreurs", "Erreurs", "nombre", 0),
                Colonne("avertissements", "Avertissements", "nombre", 0),
                Colonne("a_jour", "À jour", "nombre", 0, groupe="Indicateur × organisme"),
                Colonne("anciens", "Plus anciens", "nombre", 0, groupe="Indicateur × organisme"),
                Colonne("sans_chiffre", "Sans chiffre", "nombre", 0, groupe="Indicateur × organisme"),
                Colonne("simules", "Simulés", "nombre", 0, groupe="Indicateur × organisme"),
                Colonne("absents", "Rien", "nombre", 0, groupe="Indicateur × organisme"),
                Colonne("derniere", "Dernière période réelle"),
                Colonne("retour", "Retour"),
                Colonne("version", "Version"),
            ),
            lignes,
            cle_surlignee=next((ligne["quand"] for ligne in lignes if ligne["etat"] == _ETATS["affichee"]), None),
        ),
        fichier="parangon-qualite-publications",
    )


def _list_etapes(passees: Sequence[Passee]) -> list[Etape]:
    places = {passee.version: place for place, passee in enumerate(passees)}
    return [
        Etape(
            f"{p.publie_le:%d/%m}<br>{p.publie_le:%H}{INSECABLE}h{INSECABLE}{p.publie_le:%M}",
            p.etat != "ecartee",
            p.etat == "affichee",
            places.get(p.precedente) if p.precedente else None,
        )
        for p in passees
    ]


def _list_mesures(passees: Sequence[Passee]) -> list[Mesure]:
    """The panels. Without file sent there is no share of rejected rows: it is said, never drawn as 0."""
    releves = [build_releve(p.qualite) if p.qualite is not None else None for p in passees]
    mesures = []
    for titre, unite, decimales, champ in (
        ("Valeurs réelles", None, 0, "reelles"),
        ("Lignes transmises rejetées", "%", 1, "rejetees"),
        ("Contrôles en échec", None, 0, "echecs"),
        ("Couples à jour", "%", 1, "a_jour"),
    ):
        valeurs = tuple(None if r is None else getattr(r, champ) for r in releves)
        if all(valeur is None for valeur in valeurs):
            continue
        textes = tuple(
            _format_infobulle(passee, releve is not None, titre, valeur, unite, decimales)
            for passee, releve, valeur in zip(passees, releves, valeurs, strict=True)
        )
        mesures.append(Mesure(titre, unite, valeurs, textes))
    return mesures


def _format_infobulle(
    passee: Passee, chiffree: bool, titre: str, valeur: float | None, unite: str | None, decimales: int
) -> str:
    if not chiffree:
        texte = "publication faite sans chiffres de qualité"
    elif valeur is None:
        texte = f"{titre}{INSECABLE}: aucun fichier transmis"
    else:
        texte = f"{titre}{INSECABLE}: {format_valeur(valeur, unite, decimales)}"
    return f"<b>{format_horodatage(passee.publie_le)}</b><br>{_ETATS[passee.etat]}<br>{texte}"


def _format_etendue(passees: Sequence[Passee]) -> str:
    if not passees:
        return "aucune publication"
    bornes = [f"{p.publie_le:%d/%m/%Y}" for p in (passees[0], passees[-1])]
    return bornes[0] if bornes[0] == bornes[1] else f"du {bornes[0]} au {bornes[1]}"


def _format_retour(passee: Passee, retours: Sequence[Retour]) -> str:
    """Who left this publication for an older one, when and why, as far as the journal of returns says it."""
    trouve = next((r for r in retours if r.depuis == passee.version and r.vers < passee.version), None)
    if trouve is None:
        return ""
    return f"{format_horodatage(trouve.fait_le)}, {trouve.auteur}{INSECABLE}: {trouve.raison}"


def _build_ligne(passee: Passee, retours: Sequence[Retour]) -> dict[str, Any]:
    """A row of the table; without figures it says so, and its cells stay empty."""
    etat = _ETATS[passee.etat]
    ligne: dict[str, Any] = {
        "quand": format_horodatage(passee.publie_le),
        "version": passee.version,
        "etat": etat if passee.gardee else f"{etat}, plus gardée",
        "retour": _format_retour(passee, retours),
    }
    q = passee.qualite
    if q is None:
        return ligne | {"statuts": "sans chiffres de qualité", "derniere": ""}
    return ligne | {
        "documents": q.documents,
        "transmises": q.transmises,
        "simulees": q.simulees,
        "statuts": ", ".join(f"{nom.replace('_', ' ')} {format_nombre(n, 0)}" for nom, n in q.statuts.items()),
        "lues": q.lignes_lues,
        "rejetees": q.lignes_rejetees,
        "part_rejetee": q.part_rejetee,
        "rejets": q.constats.get("rejet", 0),
        "signalements": q.constats.get("avertissement", 0),
        "controles": q.controles,
        "erreurs": q.echecs.get("erreur", 0),
        "avertissements": q.echecs.get("avertissement", 0),
        **q.fraicheur.model_dump(),
        "derniere": format_fin(q.derniere),
    }
