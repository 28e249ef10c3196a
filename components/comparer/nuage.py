"""View « Nuage de points » of the page « Comparer »: an indicateur against another, or against a context variable."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.comparer.vue import Comparaison, build_mention
from components.contenu import Colonne, Contenu, Tableau
from components.figures.nuage import build_nuage_figure
from components.pairs import get_annee_contexte
from components.textes import comparer as textes
from data.calculs.correlation import EFFECTIF_MIN, compute_correlation
from data.catalogue import load_catalogue
from data.requetes.comparaison import list_indicateurs_compares, list_valeurs
from data.requetes.pairs import list_millesimes, load_contexte

_RAPPORT_LOG = 10  # a positive variable that spans more than this ratio is drawn on a logarithm


@dataclass(frozen=True)
class Abscisse:
    """The horizontal variable: values by organisme, and what they are."""

    valeurs: dict[str, float | None]
    titre: str
    unite: str | None
    decimales: int
    periode: str
    simulee: bool


def _load_abscisse(code: str) -> Abscisse:
    definition = load_catalogue().get_indicateur(code)
    compares = list_indicateurs_compares().filter(code_indicateur=code).to_dicts()
    if compares:
        frame = list_valeurs(code)
        periode = str(compares[0]["periode_fin"].year)
        simulee = bool(compares[0]["simulee"])
    else:
        annee = get_annee_contexte()
        frame = load_contexte(annee).select("code_organisme", pl.col(code).alias("valeur"))
        millesime = list_millesimes(annee).filter(code_indicateur=code).to_dicts()
        periode = str(millesime[0]["annee_max"]) if millesime else str(annee)
        simulee = bool(millesime[0]["simulee"]) if millesime else False
    return Abscisse(
        valeurs=dict(frame.select("code_organisme", "valeur").iter_rows()),
        titre=definition.titre_court,
        unite=definition.unite,
        decimales=definition.decimales,
        periode=periode,
        simulee=simulee,
    )


def build_contenu_nuage(vue: Comparaison, code_abscisse: str, *, logarithme: bool) -> Contenu:
    """The scatter, its correlation and the interval of it; « l'effet taille » when the abscissa is a size."""
    x = _load_abscisse(code_abscisse)
    frame = vue.valeurs.select("code_organisme", "nom", "nom_court", pl.col("valeur").alias("y")).with_columns(
        pl.col("code_organisme").replace_strict(x.valeurs, default=None, return_dtype=pl.Float64).alias("x")
    )
    complets = frame.filter(pl.col("x").is_not_null())
    colonnes = (
        Colonne("nom", "Organisme", epinglee=True),
        Colonne("x", x.titre, "nombre", x.decimales, x.unite or ""),
        Colonne("y", vue.titre, "nombre", vue.decimales, vue.unite or ""),
    )
    vide = vue.vide
    if not vide and code_abscisse == vue.indicateur["code_indicateur"]:
        vide = "La même variable sur les deux axes\u00a0: choisissez une autre abscisse."
    if not vide and complets.height < EFFECTIF_MIN:
        vide = (
            f"«\u00a0{x.titre}\u00a0» n'est connu que pour {complets.height} organisme(s) de ce groupe, il en faut "
            f"{EFFECTIF_MIN}. Choisissez une autre abscisse ou un groupe plus large."
        )
    commun: dict[str, Any] = {
        "titre": f"{vue.titre} selon {x.titre}",
        "fichier": f"parangon-nuage-{vue.fichier}-{code_abscisse.replace('_', '-')}",
    }
    if vide:
        return Contenu(
            phrase="Pas de nuage pour ce choix.",
            vide=vide,
            mention=build_mention(vue),
            tableau=Tableau(colonnes, []),
            **commun,
        )
    abscisses = complets["x"].to_list()
    log = logarithme and min(abscisses) > 0 and max(abscisses) / min(abscisses) > _RAPPORT_LOG
    correlation = compute_correlation([math.log10(v) if log else v for v in abscisses], complets["y"].to_list())
    nom = vue.organisme["nom"] if vue.organisme and vue.code in complets["code_organisme"] else None
    absents = frame.height - complets.height
    return Contenu(
        phrase=textes.build_phrase_nuage(vue.titre, x.titre, correlation, log=log),
        figure=build_nuage_figure(
            complets,
            titres=(x.titre, vue.titre),
            unites=(x.unite, vue.unite),
            decimales=(x.decimales, vue.decimales),
            correlation=correlation,
            logarithme=log,
            mien=vue.code,
        ),
        mention=build_mention(
            vue,
            textes.build_note_nuage(x.titre, x.periode, absents=absents, log=log),
            effectif=vue.groupe.format_effectif(complets.height),
            simulee=vue.simulee or x.simulee,
        ),
        tableau=Tableau(
            colonnes,
            complets.sort("x").drop("code_organisme", "nom_court").to_dicts(),
            legende=f"Sur fond bleu, en gras\u00a0: {nom}." if nom else "",
            cle_surlignee=nom,
        ),
        **commun,
    )
