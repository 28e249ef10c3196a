"""The reports of check, load, list and show as French text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl.chargement import journal
from etl.publish import get_courante, list_publications, read_manifeste

DETAILS_AFFICHES = 40
_VERDICTS = {
    "publiable": "publiable",
    "publiable_avec_alertes": "publiable, avec des alertes",
    "bloque": "BLOQUÉ : une erreur interdit de le charger",
    "illisible": "ILLISIBLE",
    "sans_source": "sans source qui le décrive",
    "referentiel": "référentiel, sans résultat à charger",
}


def format_examen(rapport: Mapping[str, Any]) -> str:
    """The report of one file."""
    lignes = [f"{rapport['fichier']} : {_VERDICTS[rapport['verdict']]}"]
    if rapport.get("motif"):
        lignes.append(f"  {rapport['motif']}")
    if "sha256" in rapport:
        encodage = f", {rapport['encodage']}, séparateur {rapport['separateur']!r}" if rapport["encodage"] else ""
        lignes.append(f"  {rapport['format']}, {rapport['octets']} octets, SHA-256 {rapport['sha256'][:16]}…{encodage}")
    source = rapport.get("source")
    if source:
        confiance = f"confiance {100 * source['confiance']:.0f} %"
        lignes.append(f"  source : {source['code'] or 'aucune'} ({source['origine']}, {confiance})")
        lignes += [f"    {raison}" for raison in source["raisons"]]
        lignes += [f"    à compléter : {manque}" for manque in source["a_completer"]]
    if comparaison := rapport.get("referentiel"):
        lignes.append(
            f"  {comparaison['lignes']} organismes comparés : {comparaison['accords']} d'accord, "
            f"{comparaison['differences']} différents, {comparaison['inconnus']} inconnus, "
            f"{len(comparaison['absents'])} absents du fichier"
        )
    if "faits" in rapport:
        lignes.append(_format_comptes(rapport))
        lignes += [
            f"  correction {c['code']} : « {c['avant']} » → « {c['apres'] or '(ignoré)'} » ({c['auteur']})"
            for c in rapport["corrections"]
        ]
        lignes += [
            f"  {r['gravite']:<13} {r['regle']:<22} {r['nombre']:>6}  → {r['remede']}" for r in rapport["par_regle"]
        ]
        lignes += [f"    {_format_detail(d)}" for d in rapport["details"][:DETAILS_AFFICHES]]
        reste = rapport["details_total"] - min(len(rapport["details"]), DETAILS_AFFICHES)
        if reste > 0:
            ou = (
                "comptées ci-dessus ; les premières dans le fichier annoté"
                if "ij" in rapport
                else ("dans --json ou le fichier annoté")
            )
            lignes.append(f"    … et {reste} autre(s), {ou}")
    if rapport.get("deja_charge"):
        lignes.append("  déjà chargé à l'identique : rien ne change")
    if source and source["yaml"]:
        lignes += ["  correspondance proposée (à garder dans data/definitions/sources) :"]
        lignes += [f"    {ligne}" for ligne in source["yaml"].splitlines()]
    return "\n".join(lignes)


def _format_comptes(rapport: Mapping[str, Any]) -> str:
    """Rows read, kept and refused, and what they give."""
    if "ij" in rapport:
        contenu = f"{rapport['ij']['caisse_mois']} caisse × mois, {rapport['organismes']} caisse(s)"
    else:
        contenu = (
            f"{rapport['faits']} faits, {rapport['organismes']} entités, {len(rapport['indicateurs'])} indicateur(s)"
        )
    return (
        f"  {rapport['lignes_lues']} lignes lues, {rapport['lignes_gardees']} gardées, "
        f"{rapport['lignes_rejetees']} rejetées ; {contenu}, "
        f"du {rapport['periodes']['premiere'] or '—'} au {rapport['periodes']['derniere'] or '—'}"
    )


def _format_detail(detail: Mapping[str, Any]) -> str:
    ou = [f"feuille « {detail['feuille']} »"] if detail["feuille"] else []
    ou += [f"ligne {detail['rang']}"] if detail["rang"] else []
    ou += [f"colonne « {detail['colonne']} »"] if detail["colonne"] else []
    valeur = f" « {' ⏎ '.join(detail['valeur'].splitlines())} »" if detail["valeur"] else ""
    return f"{', '.join(ou) or 'fichier'}{valeur} [{detail['regle']}] {detail['motif']}"


def build_liste(var: Path) -> dict[str, Any]:
    """Loads (oldest first, with whether they are published) and publications (with which one is served)."""
    courante = get_courante(var)
    manifeste = read_manifeste(courante) if courante is not None else None
    actifs = manifeste.chargements if manifeste is not None else []
    return {
        "chargements": [
            {k: v for k, v in asdict(c).items() if k not in {"definition", "corrections"}} | {"publie": c.id in actifs}
            for c in journal.list_chargements(var)
        ],
        "publications": [
            {
                "version": d.name,
                "courante": courante is not None and d == courante,
                "chargements": m.chargements if (m := read_manifeste(d)) is not None else [],
            }
            for d in (p.resolve() for p in list_publications(var))
        ],
    }


def format_liste(liste: Mapping[str, Any]) -> str:
    """The answer of ``list``."""
    lignes = [f"{len(liste['chargements'])} chargement(s) :"]
    for c in liste["chargements"]:
        etat = "publié" if c["publie"] else ("refusé" if c["etat"] == journal.REFUSE else "non publié")
        lignes.append(
            f"  {c['id']}  {c['charge_le'][:16]}  {c['auteur']:<12} {etat:<10} {c['faits']:>8} faits  "
            f"{c['rejets']:>5} rejets  {c['fichier']}"
        )
    lignes.append(f"{len(liste['publications'])} publication(s) :")
    lignes += [
        f"  {'→' if p['courante'] else ' '} {p['version']}  {len(p['chargements'])} chargement(s)"
        for p in liste["publications"]
    ]
    return "\n".join(lignes)


def format_chargement(contenu: Mapping[str, Any]) -> str:
    """The answer of ``show``."""
    entete = (
        f"Chargement {contenu['id']} ({contenu['etat']}) du {contenu['charge_le']} par {contenu['auteur']}\n"
        f"  original : {contenu['chemin_original']}"
    )
    if contenu["chemin_annote"]:
        entete += f"\n  annoté : {contenu['chemin_annote']}"
    return f"{entete}\n{format_examen(contenu['rapport'])}"
