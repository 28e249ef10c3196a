"""An indicateur of the whole network: its results, those of the indicateurs linked to it, its targets year by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.fiche_indicateur import LIBELLES_REFERENTIEL, LIBELLES_STATISTIQUE
from components.figures.formats import (
    INSECABLE,
    format_date,
    format_liste,
    format_nombre,
    format_periode,
    format_valeur,
)
from components.figures.gabarit import build_figure_vide
from components.figures.jauge import build_jauge_figure
from components.figures.series import Cible, Palier, Point, Serie, build_serie_figure
from components.indicateur.evolution import add_legende, compute_axe, list_evenements
from components.indicateur.vue import list_decimales
from components.provenance import format_donnees_du, format_source
from components.textes import indicateur as textes
from components.theme import CATEGORIES, COULEURS
from data.calculs.ensemble import Regle, choose_regle, compute_ensemble
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Indicateur, Nature, Referentiel, Statistique
from data.requetes.indicateur import list_annuels, list_cibles, list_nationaux, list_publiees

_HAUTEUR = 360
_RESEAU = "reseau"
_JOURS_ANNEE = 360
_LIES_CITES = 2  # linked results told in the sentence
# Linked indicateurs drawn beside a national one: those of contracts; a follow-up has its own perimeter.
_COMPARABLES = frozenset(
    {Referentiel.INTERESSEMENT, Referentiel.COG_2023_2027, Referentiel.COG_2018_2022, Referentiel.COG_2014_2017}
)


def list_cibles_nationales(code: str) -> pl.DataFrame:
    """Targets of the whole network, oldest first (see ``list_cibles``)."""
    return list_cibles(code).filter(pl.col("type_organisme") == _RESEAU)


def list_resultats(code: str) -> pl.DataFrame:
    """Published results of the whole network that fit on one axis: every segment together, value or range."""
    return list_nationaux(code).filter(
        pl.col("mesure") == "resultat",
        pl.col("segment") == "ensemble",
        ~pl.col("statistique").is_in(["minimum", "maximum"]),
        pl.coalesce("valeur", "borne_basse", "borne_haute").is_not_null(),
    )


def get_decimales(indicateur: Indicateur) -> int:
    """Decimals of the values, at least those the targets need."""
    return max(indicateur.decimales, *list_decimales(list_cibles_nationales(indicateur.code)))


def _format_intervalle(ligne: dict[str, Any], unite: str | None, decimales: int) -> str:
    """« 95 % », « de 50 à 60 jours », « plus de 95 % »."""
    if ligne["valeur"] is not None:
        return format_valeur(ligne["valeur"], unite, decimales)
    bas, haut = ligne["borne_basse"], ligne["borne_haute"]
    if bas is not None and haut is not None:
        return f"de {format_nombre(bas, decimales)} à {format_valeur(haut, unite, decimales)}"
    if bas is not None:
        return f"plus de {format_valeur(bas, unite, decimales)}"
    return f"moins de {format_valeur(haut, unite, decimales)}"


def _build_etiquette(texte: str, rang: int, nombre: int, *, propre: bool) -> str:
    """What is written beside a point: every value of the indicateur of the page; of a linked one, the last."""
    return texte if propre or rang == nombre - 1 else ""


def _format_nom(indicateur: Indicateur, precision: str, *, propre: bool) -> str:
    """Name of a series in the legend: « France entière, moyenne », « 1re IJ maladie (Intéressement 2023, CPAM) »."""
    if propre:
        return f"France entière, {precision}"
    return f"{indicateur.titre_court.split(' (')[0]} ({LIBELLES_REFERENTIEL[indicateur.referentiel]}, {precision})"


def _build_serie(indicateur: Indicateur, statistique: str, lignes: pl.DataFrame, rang: int, decimales: int) -> Serie:
    """National results of one statistic; rank 0 is the indicateur of the page, the others are linked to it."""
    propre = rang == 0
    nom = _format_nom(indicateur, LIBELLES_STATISTIQUE[Statistique(statistique)], propre=propre)
    points = []
    for numero, ligne in enumerate(lignes.to_dicts()):
        texte = _format_intervalle(ligne, None, decimales)
        points.append(
            Point(
                ligne["periode_debut"],
                ligne["periode_fin"],
                valeur=ligne["valeur"],
                borne_basse=ligne["borne_basse"] if ligne["valeur"] is None else None,
                borne_haute=ligne["borne_haute"] if ligne["valeur"] is None else None,
                etiquette=_build_etiquette(texte, numero, lignes.height, propre=propre),
                infobulle=f"<b>{nom}</b><br>"
                f"{format_periode(ligne['periode_debut'], ligne['periode_fin'])}{INSECABLE}: "
                f"{_format_intervalle(ligne, indicateur.unite, decimales)}",
                place="haut",
            )
        )
    return Serie(
        indicateur.code,
        nom,
        tuple(points),
        couleur=COULEURS["mien"] if propre else CATEGORIES[rang % len(CATEGORIES)],
        symbole="circle" if propre else "diamond",
    )


def _build_serie_locale(lie: Indicateur, rang: int, decimales: int) -> tuple[Serie, list[str], bool] | None:
    """Yearly figure of all the organismes of a linked local indicateur, its sources, whether it is simulated.

    None where no exact figure of the group can be made from its members.
    """
    annuels = list_annuels(lie.code)
    if annuels.is_empty() or choose_regle(annuels, lie.statistique) is not Regle.RAPPORT:
        return None
    types = format_liste(annuels["type_note"].unique(maintain_order=True).to_list())
    nom = _format_nom(lie, types, propre=False)
    lignes = compute_ensemble(annuels, ["annee"], Regle.RAPPORT).filter(pl.col("valeur").is_not_null()).to_dicts()
    points = tuple(
        Point(
            dt.date(ligne["annee"], 1, 1),
            dt.date(ligne["annee"], 12, 31),
            valeur=ligne["valeur"],
            etiquette=_build_etiquette(format_nombre(ligne["valeur"], decimales), numero, len(lignes), propre=False),
            infobulle=f"<b>{nom}</b><br>{ligne['annee']}{INSECABLE}: "
            f"{format_valeur(ligne['valeur'], lie.unite, decimales)}<br>{ligne['effectif']} organismes",
            place="bas",  # the targets of the indicateur of the page are written above their line
        )
        for numero, ligne in enumerate(lignes)
    )
    serie = Serie(lie.code, nom, points, couleur=CATEGORIES[rang % len(CATEGORIES)], symbole="diamond")
    return serie, annuels["source"].drop_nulls().unique().to_list(), Nature.SIMULEE in annuels["nature"]


@dataclass(frozen=True)
class _Series:
    """What is drawn of the results: those of the indicateur first, then those of the indicateurs linked to it."""

    series: list[Serie]
    lies: list[Indicateur]
    sources: list[str]
    simulee: bool


def _list_series(indicateur: Indicateur, decimales: int) -> _Series:
    """Results of the indicateur and of those linked to it that share its unit, national first, else by organisme."""
    vu = _Series([], [], [], simulee=False)
    for candidat in (indicateur, *map(load_catalogue().get_indicateur, indicateur.indicateurs_lies)):
        etranger = candidat.referentiel not in _COMPARABLES and candidat.referentiel is not indicateur.referentiel
        if candidat.unite != indicateur.unite or etranger:
            continue
        lignes = list_resultats(candidat.code)
        propre = candidat.code == indicateur.code
        if not propre and lignes.is_empty():
            locale = _build_serie_locale(candidat, len(vu.series) + 1, decimales)
            if locale is None:
                continue
            vu.series.append(locale[0])
            vu = replace(vu, sources=vu.sources + locale[1], simulee=vu.simulee or locale[2])
        for statistique in lignes["statistique"].unique(maintain_order=True):
            rang = 0 if propre and not vu.series else len(vu.series) + 1
            choisies = lignes.filter(pl.col("statistique") == statistique)
            vu.series.append(_build_serie(candidat, statistique, choisies, rang, decimales))
        vu.sources.extend(lignes["source"].unique())
        if not propre:
            vu.lies.append(candidat)
    return vu


def _list_derniers(vu: _Series) -> list[tuple[str, int, float]]:
    """Name, year and value of the last point of each linked series."""
    codes = {lie.code for lie in vu.lies}
    derniers = []
    for serie in vu.series:
        chiffres = [p for p in serie.points if p.valeur is not None]
        if serie.code in codes and chiffres and chiffres[-1].valeur is not None:
            derniers.append((serie.nom, chiffres[-1].fin.year, chiffres[-1].valeur))
    return derniers


def _list_paliers(cibles: pl.DataFrame, colonne: str, unite: str | None, decimales: int) -> tuple[Palier, ...]:
    return tuple(
        Palier(
            dt.date(ligne["annee"], 1, 1),
            dt.date(ligne["annee"], 12, 31),
            ligne[colonne],
            etiquette=format_nombre(ligne[colonne], decimales),
            infobulle=f"<b>{colonne.capitalize()} {ligne['annee']}</b>{INSECABLE}: "
            f"{format_valeur(ligne[colonne], unite, decimales)}",
        )
        for ligne in cibles.filter(pl.col(colonne).is_not_null()).to_dicts()
    )


def _build_fourchettes(indicateur: Indicateur, cibles: pl.DataFrame, decimales: int) -> list[Serie]:
    """Targets printed as an interval, as bands."""
    lignes = cibles.filter(pl.coalesce("borne_basse", "borne_haute").is_not_null(), pl.col("objectif").is_null())
    points = []
    for ligne in lignes.to_dicts():
        texte = _format_intervalle(ligne | {"valeur": None}, indicateur.unite, decimales)
        points.append(
            Point(
                dt.date(ligne["annee"], 1, 1),
                dt.date(ligne["annee"], 12, 31),
                borne_basse=ligne["borne_basse"],
                borne_haute=ligne["borne_haute"],
                etiquette=texte,
                infobulle=f"<b>Cible {ligne['annee']}</b>{INSECABLE}: {texte}",
            )
        )
    if not points:
        return []
    return [Serie(f"{indicateur.code}-cible", "cible", tuple(points), couleur=COULEURS["objectif"], motif="/")]


def _list_valeurs_annuelles(serie: Serie, decimales: int) -> dict[int, float | str]:
    """Values of a series by year, those of periods that do not fill one left out; a range is written in words."""
    return {
        point.debut.year: point.valeur
        if point.valeur is not None
        else _format_intervalle(
            {"valeur": None, "borne_basse": point.borne_basse, "borne_haute": point.borne_haute}, None, decimales
        )
        for point in serie.points
        if point.debut.year == point.fin.year and (point.fin - point.debut).days > _JOURS_ANNEE
    }


def _build_tableau_cibles(
    indicateur: Indicateur, cibles: pl.DataFrame, series: Sequence[Serie], decimales: int
) -> Tableau:
    """One row per year: every series drawn, then the target and its weight."""
    unite = indicateur.unite or ""
    valeurs = {f"serie_{rang}": _list_valeurs_annuelles(serie, decimales) for rang, serie in enumerate(series)}
    par_annee = {ligne["annee"]: ligne for ligne in cibles.to_dicts()}
    jours = {
        ligne["periode_fin"].year: ligne["valeur_date"]
        for ligne in list_nationaux(indicateur.code).filter(pl.col("valeur_date").is_not_null()).to_dicts()
    }
    dates = cibles["date_objectif"].count() > 0
    colonnes = [
        Colonne("annee", "Année"),
        *((Colonne("jour", "Résultat", "date"),) if jours else ()),
        *(Colonne(champ, serie.nom, "nombre", decimales, unite) for champ, serie in zip(valeurs, series, strict=True)),
        *(
            (Colonne("date_socle", "Socle", "date"), Colonne("date_objectif", "Objectif", "date"))
            if dates
            else (
                Colonne("socle", "Socle", "nombre", decimales, unite),
                Colonne("objectif", "Objectif", "nombre", decimales, unite),
            )
        ),
        Colonne("poids", "Poids", "nombre", 1),
        Colonne("texte", "Cible telle qu'imprimée"),
    ]
    champs = ("socle", "objectif", "date_socle", "date_objectif", "poids", "texte")
    return Tableau(
        tuple(colonnes),
        [
            {"annee": str(annee), "jour": jours.get(annee)}
            | {champ: lot.get(annee) for champ, lot in valeurs.items()}
            | {champ: par_annee.get(annee, {}).get(champ) for champ in champs}
            for annee in sorted({*cibles["annee"], *jours, *(a for lot in valeurs.values() for a in lot)})
        ],
    )


@memorise
def build_contenu_trajectoire(code: str) -> Contenu:
    """Results against targets, year by year."""
    indicateur = load_catalogue().get_indicateur(code)
    decimales = get_decimales(indicateur)
    cibles = list_cibles_nationales(code)
    vu = _list_series(indicateur, decimales)
    fourchettes = _build_fourchettes(indicateur, cibles, decimales)
    paliers = {
        colonne: _list_paliers(cibles, colonne, indicateur.unite, decimales) for colonne in ("objectif", "socle")
    }
    traits = tuple(
        Cible(colonne, colonne, lot, place=place, trait=trait)  # type: ignore[arg-type]
        for (colonne, lot), place, trait in zip(paliers.items(), ("fin", "bas"), ("solid", "dash"), strict=True)
        if lot
    )
    valeurs = [p.valeur for lot in paliers.values() for p in lot]
    valeurs += [
        borne
        for serie in (*vu.series, *fourchettes)
        for point in serie.points
        for borne in (point.valeur, point.borne_basse, point.borne_haute)
        if borne is not None
    ]
    dates = [(p.debut, p.fin) for serie in (*vu.series, *fourchettes) for p in serie.points]
    dates += [(p.debut, p.fin) for lot in paliers.values() for p in lot]
    sources = [*vu.sources, *cibles["source"]]
    annees = [*cibles["annee"], *(jour.year for jour in list_nationaux(code)["periode_debut"])]
    debut = min([*(d for d, _ in dates), *(dt.date(a, 1, 1) for a in annees)], default=None)
    fin = max([*(f for _, f in dates), *(dt.date(a, 12, 31) for a in annees)], default=None)
    figure = build_figure_vide()
    if valeurs and debut is not None and fin is not None:
        seul = _find_point_seul(vu.series, cibles)
        if seul is not None and seul.valeur is not None:
            figure = build_jauge_figure(
                f"France entière, {seul.fin.year}",
                seul.valeur,
                socle=paliers["socle"][0].valeur if paliers["socle"] else None,
                objectif=paliers["objectif"][0].valeur if paliers["objectif"] else None,
                unite=indicateur.unite,
                decimales=decimales,
            )
        else:
            traces = [*vu.series, *fourchettes]
            figure = build_serie_figure(
                traces,
                debut=dt.date(debut.year, 1, 1),
                fin=dt.date(fin.year, 12, 31),
                unite=indicateur.unite or "",
                axe=compute_axe(valeurs, indicateur.unite),
                cibles=traits,
                evenements=list_evenements(code),
                hauteur=_HAUTEUR,
            )
            figure = add_legende(figure, traces)
    propres = list_resultats(code).filter(pl.col("valeur").is_not_null(), pl.col("granularite") == "annee")
    return Contenu(
        titre=f"{indicateur.titre_court}\u00a0: trajectoire et cibles",
        phrase=textes.build_phrase_trajectoire(
            [(d.year, v) for d, v in propres.select("periode_debut", "valeur").iter_rows()],
            [(ligne["annee"], ligne["objectif"]) for ligne in cibles.to_dicts() if ligne["objectif"] is not None],
            sens=indicateur.sens,
            unite=indicateur.unite,
            decimales=decimales,
            lies=_list_derniers(vu)[:_LIES_CITES],
        )
        if valeurs
        else "",
        figure=figure,
        vide=None if valeurs else _format_vide(indicateur, cibles),
        mention=Mention(
            statistique=LIBELLES_STATISTIQUE[indicateur.statistique],
            unite=indicateur.unite or "non précisée",
            sens=indicateur.sens,
            periode=format_periode(dt.date(debut.year, 1, 1), dt.date(fin.year, 12, 31))
            if debut and fin
            else "sans date",
            source=format_source(*sorted(set(sources))) if sources else "aucune valeur",
            donnees_du=format_donnees_du(),
            effectif="réseau entier",
            simulee=vu.simulee,
            notes=(
                textes.format_sans_organisme(indicateur.maille),
                *((textes.NOTE_LIES,) if vu.lies else ()),
            ),
        ),
        tableau=_build_tableau_cibles(indicateur, cibles, vu.series, decimales),
        fichier=f"parangon-trajectoire-{code.replace('_', '-')}",
    )


def _find_point_seul(series: Sequence[Serie], cibles: pl.DataFrame) -> Point | None:
    """The only result, when everything held is about one year: there is no trajectory to draw."""
    points = [point for serie in series for point in serie.points]
    if len(points) != 1 or points[0].valeur is None or set(cibles["annee"]) - {points[0].fin.year}:
        return None
    return points[0]


def _format_vide(indicateur: Indicateur, cibles: pl.DataFrame) -> str:
    """Why there is no trajectory, and where to look."""
    if cibles["date_objectif"].count() or indicateur.statistique is Statistique.DATE:
        return "Le résultat et la cible de cet indicateur sont des dates\u00a0: lisez le tableau."
    if cibles["texte"].count():
        return "La cible n'est imprimée qu'en mots\u00a0: lisez le tableau."
    return (
        "Aucun document n'imprime de valeur ni de cible pour l'ensemble du réseau. Lisez la définition, et les valeurs "
        "imprimées s'il y en a, ci-dessous."
    )


def list_chiffres_nationaux(code: str) -> list[Chiffre]:
    """Cards of the first screen: last result, objectif of that year, taux de réussite, last target."""
    indicateur = load_catalogue().get_indicateur(code)
    decimales = get_decimales(indicateur)
    faits = list_nationaux(code).filter(
        pl.col("segment") == "ensemble", ~pl.col("statistique").is_in(["minimum", "maximum"])
    )
    resultats = faits.filter(pl.col("mesure") == "resultat").sort("periode_fin")
    cartes = []
    annee = None
    if resultats.height:
        ligne = resultats.row(-1, named=True)
        annee = ligne["periode_fin"].year
        if ligne["valeur_date"] is not None:
            texte = format_date(ligne["valeur_date"])
        elif ligne["valeur"] is None and ligne["borne_basse"] is None and ligne["borne_haute"] is None:
            texte = ligne["valeur_imprimee"] or ligne["statut"].replace("_", " ")
        else:
            texte = _format_intervalle(ligne, indicateur.unite, decimales)
        periode = format_periode(ligne["periode_debut"], ligne["periode_fin"])
        cartes.append(Chiffre("France entière", texte, periode))
    cibles = {ligne["annee"]: ligne for ligne in list_cibles_nationales(code).to_dicts()}
    choisies = sorted({annee if annee in cibles else min(cibles), max(cibles)}) if cibles else []
    cartes += [_build_carte_cible(cibles[a], indicateur, decimales) for a in choisies]
    taux = faits.filter(pl.col("mesure") == "taux_reussite").sort("periode_fin")
    if taux.height:
        ligne = taux.row(-1, named=True)
        texte = "neutralisé" if ligne["valeur"] is None else format_valeur(ligne["valeur"], "%", 1)
        cartes.append(
            Chiffre(
                "Taux de réussite", texte, f"publié, {format_periode(ligne['periode_debut'], ligne['periode_fin'])}"
            )
        )
    return cartes


def _build_carte_cible(ligne: dict[str, Any], indicateur: Indicateur, decimales: int) -> Chiffre:
    titre = f"Objectif {ligne['annee']}"
    poids = f"poids {format_nombre(ligne['poids'], 1)} points sur 100" if ligne["poids"] is not None else ""
    if ligne["date_objectif"] is not None:
        socle = f"socle {format_date(ligne['date_socle'])}" if ligne["date_socle"] else ""
        return Chiffre(titre, format_date(ligne["date_objectif"]), " · ".join(t for t in (socle, poids) if t))
    if ligne["objectif"] is None:
        return Chiffre(titre, ligne["texte"] or "non chiffré", poids)
    socle = f"socle {format_valeur(ligne['socle'], indicateur.unite, decimales)}" if ligne["socle"] is not None else ""
    valeur = format_valeur(ligne["objectif"], indicateur.unite, decimales)
    return Chiffre(titre, valeur, " · ".join(t for t in (socle, poids) if t))


@memorise
def build_contenu_publiees(code: str) -> Contenu | None:
    """Every figure the documents print about the indicateur, as a table; None without any."""
    indicateur = load_catalogue().get_indicateur(code)
    faits = list_publiees(code)
    if faits.is_empty():
        return None
    libelles = {s.value: mots for s, mots in LIBELLES_STATISTIQUE.items()}
    lignes = [
        {
            "entite": ligne["entite"],
            "periode": format_periode(ligne["periode_debut"], ligne["periode_fin"]),
            "mesure": "taux de réussite" if ligne["mesure"] == "taux_reussite" else "résultat",
            "statistique": libelles.get(ligne["statistique"], ligne["statistique"]),
            "segment": ligne["segment"].replace("_", " "),
            "valeur": _format_imprimee(ligne, indicateur),
            "source": f"{format_source(ligne['source'])}"
            + (f", l. {ligne['source_ligne']}" if ligne["source_ligne"] else ""),
            "note": ligne["note"],
        }
        for ligne in faits.to_dicts()
    ]
    return Contenu(
        titre=f"{indicateur.titre_court}\u00a0: valeurs imprimées dans les documents",
        phrase="Rien n'est calculé ici\u00a0: chaque valeur est celle du document, avec sa ligne.",
        mention=Mention(
            statistique="valeurs telles qu'imprimées",
            unite=indicateur.unite or "non précisée",
            sens=indicateur.sens,
            periode=format_periode(faits["periode_debut"].min(), faits["periode_fin"].max()),  # type: ignore[arg-type]
            source=format_source(*faits["source"].unique().sort()),
            donnees_du=format_donnees_du(),
            effectif=f"{faits.height} valeurs",
        ),
        tableau=Tableau(
            (
                Colonne("entite", "Entité"),
                Colonne("periode", "Période"),
                Colonne("mesure", "Mesure"),
                Colonne("statistique", "Statistique"),
                Colonne("segment", "Segment"),
                Colonne("valeur", "Valeur"),
                Colonne("source", "Source"),
                Colonne("note", "Remarque"),
            ),
            lignes,
        ),
        fichier=f"parangon-imprimees-{code.replace('_', '-')}",
    )


def _format_imprimee(ligne: dict[str, Any], indicateur: Indicateur) -> str:
    unite = "%" if ligne["mesure"] == "taux_reussite" else indicateur.unite
    if ligne["valeur_date"] is not None:
        return format_date(ligne["valeur_date"])
    if any(ligne[c] is not None for c in ("valeur", "borne_basse", "borne_haute")):
        return ligne["valeur_imprimee"] or _format_intervalle(ligne, unite, indicateur.decimales)
    return f"{ligne['statut'].replace('_', ' ')}" + (
        f" ({ligne['valeur_imprimee']})" if ligne["valeur_imprimee"] else ""
    )
