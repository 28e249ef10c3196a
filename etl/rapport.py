"""The report of a run: what was read, kept, refused, controlled and published. Text for people, dict for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from etl.qualite import build_qualite


def build_rapport(version: str, dossier: str, tables: Mapping[str, pl.DataFrame], secondes: float) -> dict[str, Any]:
    """Everything a steward needs to know about a run, as plain values (JSON-ready)."""
    valeurs, controles = tables["mart_valeur"], tables["mart_controle"]
    echecs = controles.filter(~pl.col("reussi"))
    return {
        "version": version,
        "dossier": dossier,
        "secondes": round(secondes, 1),
        "organismes": tables["mart_organisme"].height,
        "indicateurs": tables["mart_indicateur"].height,
        "valeurs": {
            "publiees": valeurs.filter(pl.col("nature") == "publiee").height,
            "simulees": valeurs.filter(pl.col("nature") == "simulee").height,
        },
        "cibles": tables["mart_cible"].height,
        "periodes": {
            "premiere": valeurs["periode_debut"].min().isoformat(),  # type: ignore[union-attr]
            "derniere": valeurs["periode_fin"].max().isoformat(),  # type: ignore[union-attr]
        },
        "fichiers": tables["mart_fichier"].to_dicts(),
        "rejets": tables["mart_rejet"].filter(pl.col("chargement").is_null()).to_dicts(),
        "chargements": tables["mart_chargement"].to_dicts(),
        "controles": {
            "executes": controles.height,
            "reussis": int(controles["reussi"].sum()),
            "avertissements": echecs.to_dicts(),
        },
        "qualite": build_qualite(tables).model_dump(mode="json"),
    }


def format_rapport(rapport: Mapping[str, Any]) -> str:
    """The report as French text, one line per file."""
    inchangee = ", inchangée : rien n'a été reconstruit" if rapport.get("inchangee") else ""
    lignes = [
        f"Publication {rapport['version']} ({rapport['secondes']} s{inchangee}) : {rapport['dossier']}",
        f"  {rapport['organismes']} organismes, {rapport['indicateurs']} indicateurs, "
        f"{rapport['valeurs']['publiees']} valeurs publiées, {rapport['valeurs']['simulees']} simulées, "
        f"{rapport['cibles']} cibles, de {rapport['periodes']['premiere']} à {rapport['periodes']['derniere']}",
        f"  {'fichier':<52} {'lues':>6} {'gardées':>8} {'rejetées':>9}  usage       SHA-256",
    ]
    lignes += [
        f"  {f['fichier']:<52} {f['lignes_lues']:>6} {f['lignes_gardees']:>8} {f['lignes_rejetees']:>9}"
        f"  {f['usage']:<11} {f['sha256'][:16]}…"
        for f in rapport["fichiers"]
    ]
    rejets = rapport["rejets"]
    lignes.append(f"  {len(rejets)} rejet(s) :")
    lignes += [f"    {r['fichier']}:{r['rang']} [{r['regle']}] {r['motif']} → {r['remede']}" for r in rejets]
    lignes += [
        f"  chargement {c['chargement']} : {c['fichier']}, {c['faits']} faits, {c['rejets']} rejet(s), "
        f"{c['avertissements']} avertissement(s), {c['remplaces']} fait(s) remplacé(s)"
        for c in rapport["chargements"]
    ]
    controles = rapport["controles"]
    lignes.append(f"  {controles['reussis']} contrôles réussis sur {controles['executes']}")
    lignes += [
        f"    avertissement {c['controle']} / {c['objet']} : attendu {c['attendu']}, obtenu {c['obtenu']}"
        for c in controles["avertissements"]
    ]
    return "\n".join(lignes)
