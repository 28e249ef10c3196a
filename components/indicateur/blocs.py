"""The blocs of an indicateur with results by organisme: targets, attainment, distribution, ranking, moves, peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.atteinte import build_atteinte_figure
from components.figures.classement import build_classement_figure
from components.figures.extremes import build_extremes_figure, select_extremes
from components.figures.formats import INSECABLE, format_pluriel, format_valeur
from components.figures.gabarit import build_figure_vide
from components.figures.mouvements import build_mouvements_figure, compute_mouvements, select_mouvements
from components.figures.points import build_points_figure
from components.figures.reperes import Cadre
from components.indicateur.vue import Vue, read_vue
from components.provenance import format_donnees_du, format_source
from components.textes import indicateur as textes
from components.textes.comparer import NOTE_CCSS, NOTE_QUARTILES, NOTE_RANGS_SIMULES, format_type_note
from data.calculs.atteinte import LIBELLES_ATTEINTE, Atteinte, build_atteinte, count_atteintes
from data.calculs.pairs import compute_voisinage
from data.calculs.position import compute_classement, compute_quartiles
from data.catalogue import format_cle, load_catalogue
from data.magasin import memorise
from data.modele import Nature, Sens
from data.requetes.indicateur import list_comptes_imprimes
from data.requetes.pairs import list_annees, load_contexte

NOMBRE_PAIRS = 12
_POIDS_DECIMALES = 1
# Printed mean rate of a type, by years after the one of the counts.
_TAUX_IMPRIMES = {0: "taux_moyen", -1: "taux_moyen_precedent"}
# Printed counts of the note, and the state each one is.
_COMPTES_IMPRIMES = {
    "nb_100": Atteinte.ATTEINT,
    "nb_inferieur_100": Atteinte.ENTRE,
    "nb_nul": Atteinte.SOUS,
    "nb_neutralise": Atteinte.NEUTRALISE,
}


def build_mention(vue: Vue, statistique: str, *notes: str, **autres: Any) -> Mention:
    """The mention of a chart of the type and year; any field can be given.

    The target, when it is simulated, makes the chart simulated and says so.
    """
    sources = [code for code in vue.membres["source"].unique().sort() if code]
    champs: dict[str, Any] = {
        "unite": vue.unite or "non précisée",
        "sens": vue.sens,
        "periode": str(vue.annee),
        "source": format_source(*sources) if sources else "aucune valeur",
        "effectif": vue.nom_groupe if vue.valeurs.height else "",
        "simulee": vue.simulee,
        "notes": notes,
    }
    return Mention(statistique=statistique, donnees_du=format_donnees_du(), **(champs | autres))


def format_fichier(vue: Vue, quoi: str) -> str:
    """Name of the file of a download."""
    return f"parangon-{quoi}-{vue.indicateur.code.replace('_', '-')}"


def list_notes_cible(vue: Vue) -> tuple[str, ...]:
    """Says that the thresholds drawn are simulated, when they are."""
    return (textes.NOTE_CIBLES_SIMULEES,) if vue.cible and vue.cible["nature"] == Nature.SIMULEE else ()


def _list_notes_groupe(vue: Vue) -> tuple[str, ...]:
    return (NOTE_CCSS,) if "CCSS" in vue.valeurs["type_organisme"] and not vue.simulee else ()


def _build_vide(vue: Vue, titre: str, vide: str, quoi: str, colonnes: tuple[Colonne, ...]) -> Contenu:
    return Contenu(
        titre=titre,
        phrase="",
        figure=build_figure_vide(),
        vide=vide,
        mention=build_mention(vue, LIBELLES_STATISTIQUE[vue.indicateur.statistique]),
        tableau=Tableau(colonnes, []),
        fichier=format_fichier(vue, quoi),
    )


def _build_colonnes_valeurs(vue: Vue, *suite: Colonne) -> tuple[Colonne, ...]:
    return (
        Colonne("organisme", "Organisme", epinglee=True),
        Colonne("rang", "Rang", "nombre", 0),
        Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
        Colonne("taux", "Taux de réussite", "nombre", 1, "%"),
        Colonne("atteinte", "Atteinte"),
        *suite,
    )


def _build_tableau_valeurs(vue: Vue) -> Tableau:
    """Every organisme of the type, ranked, those without value last and saying why."""
    rangs = dict(vue.valeurs.select("code_organisme", "rang").iter_rows())
    sans_valeur = vue.membres.filter(pl.col("valeur").is_null())
    suite = pl.concat([vue.valeurs.select(sans_valeur.columns), sans_valeur])
    if vue.cible is None:
        etats = suite.select(pl.when(pl.col("valeur").is_null()).then("statut").alias("atteinte"))
    else:
        etats = suite.select(build_atteinte(pl.col("taux"), pl.col("statut")).alias("atteinte"))
    lignes = [
        {
            "organisme": ligne["nom"],
            "rang": rangs.get(ligne["code_organisme"]),
            "valeur": ligne["valeur"],
            "taux": ligne["taux"],
            "atteinte": LIBELLES_ATTEINTE[Atteinte(etat)] if etat in set(Atteinte) else "",
            "region": ", ".join(ligne["noms_region"]),
        }
        for ligne, etat in zip(suite.iter_rows(named=True), etats["atteinte"], strict=True)
    ]
    mien = vue.organisme["nom"] if vue.organisme else None
    return Tableau(
        _build_colonnes_valeurs(vue, Colonne("region", "Région")),
        lignes,
        legende=f"Sur fond bleu, en gras\u00a0: {mien}." if mien else "",
        cle_surlignee=mien,
    )


@memorise
def build_contenu_cibles(jeton: str) -> Contenu:
    """Socle, objectif and weight of each type, for the year shown; no figure, the table is the message."""
    vue = read_vue(jeton)
    imprimes = {ligne["type_organisme"]: ligne for ligne in list_comptes_imprimes(vue.indicateur.code).to_dicts()}
    lignes = []
    for type_note in vue.types:
        cibles = vue.cibles.filter(pl.col("type_organisme") == type_note)
        annee = cibles.filter(pl.col("annee") == vue.annee).to_dicts()
        cible = annee[0] if annee else {}
        imprime = imprimes.get(type_note, {})
        lignes.append(
            {
                "type": format_type_note(type_note),
                "socle": cible.get("socle"),
                "objectif": cible.get("objectif"),
                "poids": cible.get("poids"),
                "taux": imprime.get(_TAUX_IMPRIMES.get(vue.annee - imprime.get("annee", vue.annee), "")),
            }
        )
    chiffrees = vue.cibles.filter(pl.col("annee") == vue.annee, pl.col("objectif").is_not_null())
    simulee = Nature.SIMULEE in chiffrees["nature"]
    sources = vue.cibles["source"].unique().sort().to_list() + [ligne["source"] for ligne in imprimes.values()]
    return Contenu(
        titre=f"{vue.titre}\u00a0: cible par type, {vue.annee}",
        phrase=textes.SANS_CIBLE
        if chiffrees.is_empty()
        else "Sous le socle, rien n'est gagné\u00a0; à l'objectif, tout l'est\u00a0; entre les deux, en proportion.",
        mention=build_mention(
            vue,
            "seuils de l'indicateur, par type d'organisme",
            textes.NOTE_POIDS,
            *((textes.NOTE_CIBLES_SIMULEES,) if simulee else ()),
            source=format_source(*sorted(set(sources))) if sources else "aucune cible",
            effectif="",
            simulee=simulee,
        ),
        tableau=Tableau(
            (
                Colonne("type", "Type"),
                Colonne("socle", "Socle", "nombre", vue.decimales, vue.unite or ""),
                Colonne("objectif", "Objectif", "nombre", vue.decimales, vue.unite or ""),
                Colonne("poids", "Poids", "nombre", _POIDS_DECIMALES),
                Colonne("taux", "Taux moyen", "nombre", 1, "%"),
            ),
            lignes,
            legende="Taux moyen\u00a0: taux de réussite, publié. Un tiret\u00a0: rien de publié ni de simulé.",
        ),
        fichier=format_fichier(vue, "cibles"),
    )


def _load_comptes(vue: Vue) -> pl.DataFrame:
    """Counts of the year by type, printed ones where the note prints them.

    Columns: libelle, type_note, one per ``Atteinte``, effectif, publie (Boolean).
    """
    etats = vue.annuels.filter(pl.col("annee") == vue.annee).with_columns(
        build_atteinte(pl.col("taux"), pl.col("statut")).alias("atteinte")
    )
    calcules = count_atteintes(etats, "type_note").to_dicts()
    imprimes = {
        ligne["type_organisme"]: ligne
        for ligne in list_comptes_imprimes(vue.indicateur.code).to_dicts()
        if ligne["annee"] == vue.annee and any(ligne[colonne] for colonne in _COMPTES_IMPRIMES)
    }
    lignes = []
    for calcule in calcules:
        imprime = imprimes.get(calcule["type_note"])
        comptes = {etat.value: calcule[etat.value] for etat in Atteinte}
        if imprime is not None:
            comptes = dict.fromkeys(comptes, 0)
            comptes |= {etat.value: imprime[colonne] or 0 for colonne, etat in _COMPTES_IMPRIMES.items()}
        lignes.append(
            {"type_note": calcule["type_note"], "libelle": format_type_note(calcule["type_note"])}
            | comptes
            | {"effectif": sum(comptes.values()), "publie": imprime is not None}
        )
    return pl.DataFrame(lignes)


def _load_comptes_regions(vue: Vue) -> pl.DataFrame:
    """Counts of the type and year by région, the highest share at the objectif first; columns as the other."""
    etats = vue.membres.with_columns(
        build_atteinte(pl.col("taux"), pl.col("statut")).alias("atteinte"),
        pl.when(pl.col("noms_region").list.len() == 0)
        .then(pl.lit(["sans région"]))
        .otherwise(pl.col("noms_region"))
        .alias("libelle"),
    ).explode("libelle")
    return (
        count_atteintes(etats, "libelle")
        .with_columns(
            publie=pl.lit(value=False), cle=pl.col("libelle").map_elements(format_cle, return_dtype=pl.String)
        )
        .sort(
            pl.col("atteint") / pl.col("effectif"),
            pl.col("sous") / pl.col("effectif"),
            "effectif",
            "cle",
            descending=[True, False, True, False],
        )
    )


@memorise
def build_contenu_atteinte(jeton: str, par: str) -> Contenu:
    """How many organismes reach their objectif.

    Args:
        jeton: see ``Vue.jeton``.
        par: « type » (every type of the indicateur) or « region » (the type shown).
    """
    vue = read_vue(jeton)
    par_region = par == "region"
    titre = f"{vue.titre}\u00a0: atteinte de l'objectif par {'région' if par_region else 'type'}, {vue.annee}"
    colonnes = (
        Colonne("libelle", "Région" if par_region else "Type"),
        *(Colonne(etat.value, LIBELLES_ATTEINTE[etat].capitalize(), "nombre", 0) for etat in Atteinte),
        Colonne("effectif", "Organismes", "nombre", 0),
        Colonne("nature", "Nature"),
    )
    if vue.annuels.filter(pl.col("annee") == vue.annee)["taux"].is_null().all():
        return _build_vide(vue, titre, textes.SANS_CIBLE, "atteinte", colonnes)
    comptes = _load_comptes_regions(vue) if par_region else _load_comptes(vue)
    simulee = vue.simulee and not bool(comptes["publie"].all())
    if par_region:
        phrase = textes.build_phrase_regions(comptes, vue.nom_type)
        note, sources = textes.NOTE_REGIONS, vue.membres["source"].drop_nulls().unique().sort().to_list()
    else:
        ligne = comptes.row(by_predicate=pl.col("type_note") == vue.type_note, named=True)
        phrase = textes.build_phrase_atteinte(ligne["libelle"], ligne)
        note = textes.NOTE_COMPTES_PUBLIES if bool(comptes["publie"].any()) else ""
        imprimes = list_comptes_imprimes(vue.indicateur.code)["source"].to_list() if note else []
        calcules = vue.annuels.filter(pl.col("annee") == vue.annee)["source"].drop_nulls().to_list()
        sources = sorted({*imprimes, *([] if bool(comptes["publie"].all()) else calcules)})
    return Contenu(
        titre=titre,
        phrase=phrase,
        figure=build_atteinte_figure(comptes),
        mention=build_mention(
            vue,
            f"part des organismes dans chaque état{INSECABLE}; les nombres sont écrits",
            textes.NOTE_ATTEINTE,
            *((note,) if note else ()),
            unite="% des organismes",
            sens=Sens.HAUT,
            source=format_source(*sources) if sources else "aucune valeur",
            effectif=f"{vue.membres.height}{INSECABLE}{vue.nom_type}"
            if par_region
            else format_pluriel(int(comptes["effectif"].sum()), "organisme"),
            simulee=simulee,
        ),
        tableau=Tableau(
            colonnes,
            [
                {c.champ: ligne[c.champ] for c in colonnes[:-1]}
                | {"nature": "publié" if ligne["publie"] else "simulé" if vue.simulee else "calculé"}
                for ligne in comptes.to_dicts()
            ],
        ),
        fichier=format_fichier(vue, f"atteinte-{par}"),
    )


def _get_vide_valeurs(vue: Vue, minimum: int) -> str | None:
    """Why a chart of the values cannot be drawn, None when it can."""
    if vue.valeurs.height >= minimum:
        if vue.valeurs["valeur"].n_unique() > 1:
            return None
        egale = format_valeur(vue.valeurs["valeur"][0], vue.unite, vue.decimales)
        return f"Toutes les valeurs sont égales, {egale}\u00a0: rien à distinguer."
    if not vue.valeurs.height:
        return f"Aucune valeur pour {vue.nom_type} en {vue.annee}. Choisissez une autre année."
    seul = vue.valeurs["nom"][0]
    return f"{seul} est seul de son type à avoir une valeur\u00a0: rien à comparer. Choisissez un autre type."


def _build_valeurs(
    vue: Vue, titre: str, quoi: str, mention: tuple[str, ...], dessine: Callable[[Cadre], tuple[str, go.Figure]]
) -> Contenu:
    """A chart of the values of the type, or why there is none; every organisme in its table.

    Args:
        vue: type and year.
        titre: what the chart shows.
        quoi: in the name of its file.
        mention: the statistic, then a note.
        dessine: sentence and figure, given what every such figure takes.
    """
    titre = f"{vue.titre}\u00a0: {titre}, {vue.nom_type}, {vue.annee}"
    vide = _get_vide_valeurs(vue, 2)
    if vide:
        return _build_vide(vue, titre, vide, quoi, _build_colonnes_valeurs(vue))
    phrase, figure = dessine(Cadre(vue.unite, vue.decimales, vue.socle, vue.objectif, vue.code_mien))
    return Contenu(
        titre=titre,
        phrase=phrase,
        figure=figure,
        mention=build_mention(vue, *mention, *list_notes_cible(vue), *_list_notes_groupe(vue)),
        tableau=_build_tableau_valeurs(vue),
        fichier=format_fichier(vue, quoi),
    )


def build_contenu_points(jeton: str) -> Contenu:
    """All the points of the type."""
    vue = read_vue(jeton)

    def draw(cadre: Cadre) -> tuple[str, go.Figure]:
        quartiles = compute_quartiles(vue.valeurs["valeur"].to_list())
        phrase = textes.build_phrase_points(
            vue.valeurs["valeur"].to_list(),
            quartiles.q1,
            quartiles.q3,
            sens=vue.sens,
            unite=vue.unite,
            decimales=vue.decimales,
            objectif=vue.objectif,
        )
        return phrase, build_points_figure(vue.valeurs, quartiles, cadre)

    statistique = "un point par organisme\u00a0; boîte du premier au troisième quartile, trait\u00a0: médiane"
    return _build_valeurs(vue, "distribution", "distribution", (statistique, NOTE_QUARTILES), draw)


def build_contenu_extremes(jeton: str) -> Contenu:
    """First and last of the ranking, and mine."""
    vue = read_vue(jeton)

    def draw(cadre: Cadre) -> tuple[str, go.Figure]:
        phrase = textes.build_phrase_extremes(vue.valeurs, vue.mienne, vue.unite, vue.decimales)
        return phrase, build_extremes_figure(select_extremes(vue.valeurs, vue.code_mien), cadre)

    ordre = "de la plus haute à la plus basse" if vue.sens is Sens.NEUTRE else "du mieux au moins bien placé"
    note = NOTE_RANGS_SIMULES if vue.simulee else "À valeur égale, même rang."
    mention = (f"valeur de chaque organisme, {ordre}", note)
    return _build_valeurs(vue, "premiers et derniers", "classement", mention, draw)


def _find_rupture(vue: Vue, avant: int) -> str | None:
    """Name of an event that breaks the series between two years, None without any."""
    for evenement in load_catalogue().evenements:
        if (
            evenement.rupture
            and vue.indicateur.code in evenement.indicateurs
            and avant < evenement.du.year <= vue.annee
        ):
            return evenement.libelle
    return None


def build_contenu_mouvements(jeton: str) -> Contenu:
    """The widest moves since the year before."""
    vue = read_vue(jeton)
    avant = vue.annee - 1
    unite_ecart = "points" if vue.unite == "%" else vue.unite or ""
    colonnes = (
        Colonne("organisme", "Organisme", epinglee=True),
        Colonne("avant", str(avant), "nombre", vue.decimales, vue.unite or ""),
        Colonne("apres", str(vue.annee), "nombre", vue.decimales, vue.unite or ""),
        Colonne("ecart", "Écart", "nombre", vue.decimales, unite_ecart),
    )
    titre = f"{vue.titre}\u00a0: qui a bougé, {vue.nom_type}, {avant} à {vue.annee}"
    anciennes = vue.du_type.filter(pl.col("annee") == avant).select("code_organisme", avant="valeur")
    frame = vue.valeurs.select("code_organisme", "nom", "nom_court", apres="valeur").join(
        anciennes.filter(pl.col("avant").is_not_null()), on="code_organisme", maintain_order="left"
    )
    rupture = _find_rupture(vue, avant)
    if rupture or frame.is_empty():
        vide = (
            f"La série est rompue entre {avant} et {vue.annee} ({rupture})\u00a0: les deux années ne se comparent pas."
            if rupture
            else f"Aucun organisme n'a de valeur à la fois en {avant} et en {vue.annee}. Choisissez une autre année."
        )
        return _build_vide(vue, titre, vide, "mouvements", colonnes)
    tous = compute_mouvements(frame, vue.sens)
    choisis = select_mouvements(tous, vue.code_mien)
    phrase = textes.build_phrase_mouvements(
        tous, (avant, vue.annee), sens=vue.sens, unite=vue.unite, decimales=vue.decimales
    )
    figure = build_figure_vide()
    if choisis.height:
        figure = build_mouvements_figure(
            choisis,
            annees=(avant, vue.annee),
            unite=vue.unite,
            decimales=vue.decimales,
            mien=vue.code_mien,
        )
    deux_ans = vue.du_type.filter(pl.col("annee").is_in([avant, vue.annee]))
    return Contenu(
        titre=titre,
        phrase=phrase,
        figure=figure,
        vide=None if choisis.height else "Aucun organisme n'a bougé.",
        mention=build_mention(
            vue,
            f"valeur de chaque organisme (losange\u00a0: {avant}, disque\u00a0: {vue.annee})",
            textes.NOTE_MOUVEMENT,
            periode=f"{avant} et {vue.annee}",
            effectif=f"{frame.height}{INSECABLE}{vue.nom_type} présents les deux années",
            source=format_source(*deux_ans["source"].drop_nulls().unique().sort()),
            simulee=Nature.SIMULEE in deux_ans["nature"],
        ),
        tableau=Tableau(
            colonnes,
            [
                {"organisme": nom, "avant": a, "apres": b, "ecart": e}
                for nom, a, b, e in tous.select("nom", "avant", "apres", "ecart").iter_rows()
            ],
            cle_surlignee=vue.organisme["nom"] if vue.organisme else None,
        ),
        fichier=format_fichier(vue, "mouvements"),
    )


def _list_pairs(vue: Vue) -> tuple[list[str], int]:
    """Nearest organismes of the same type by size, and the year of the context; none when the context lacks."""
    annees = [a for a in list_annees() if a <= vue.annee] or list(list_annees())
    if vue.organisme is None or not annees:
        return [], vue.annee
    voisinage = compute_voisinage(
        load_contexte(annees[-1]), vue.organisme["code_organisme"], "taille", annee=annees[-1], nombre=NOMBRE_PAIRS
    )
    return [voisin.code for voisin in voisinage.voisins], annees[-1]


def build_contenu_pairs(jeton: str) -> Contenu:
    """The chosen organisme among those of its size."""
    vue = read_vue(jeton)
    titre = f"{vue.titre}\u00a0: parmi les organismes de même taille, {vue.annee}"
    colonnes = _build_colonnes_valeurs(vue)
    if vue.organisme is None:
        return _build_vide(
            vue, titre, "Choisissez un organisme\u00a0: ses pairs de même taille s'afficheront ici.", "pairs", colonnes
        )
    codes, annee = _list_pairs(vue)
    frame = vue.valeurs.drop("rang", "ecart_mediane").filter(
        pl.col("code_organisme").is_in([*codes, vue.organisme["code_organisme"]])
    )
    if frame.height < 2 or vue.mienne is None:
        vide = (
            f"{vue.organisme['nom']} n'a pas de valeur en {vue.annee}."
            if vue.mienne is None
            else "Aucun organisme de même type et de même taille n'a de valeur."
        )
        return _build_vide(vue, titre, vide, "pairs", colonnes)
    classes = compute_classement(frame, vue.sens, vue.decimales)
    mienne = classes.row(by_predicate=pl.col("code_organisme") == vue.organisme["code_organisme"], named=True)
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_extremes(classes, mienne, vue.unite, vue.decimales),
        figure=build_classement_figure(
            classes,
            compute_quartiles(classes["valeur"].to_list()),
            unite=vue.unite,
            decimales=vue.decimales,
            sens=vue.sens,
            mien=vue.code_mien,
        ),
        mention=build_mention(
            vue,
            "valeur de chaque organisme",
            f"{textes.NOTE_TAILLE} Année des tailles\u00a0: {annee}.",
            effectif=f"{classes.height}{INSECABLE}{vue.nom_type}",
        ),
        tableau=Tableau(
            (
                Colonne("organisme", "Organisme"),
                Colonne("rang", "Rang", "nombre", 0),
                Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
            ),
            [
                {"organisme": nom, "rang": rang, "valeur": valeur}
                for nom, rang, valeur in classes.select("nom", "rang", "valeur").iter_rows()
            ],
            cle_surlignee=vue.organisme["nom"],
        ),
        fichier=format_fichier(vue, "pairs"),
    )
