"""The map of an indicateur: its caisses, or the régions of a type whose bodies cover whole régions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from components.carte import Peinture
from components.contenu import Contenu
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.classes import build_classement
from components.figures.formats import format_pluriel
from components.indicateur.vue import Vue, list_annees, load_vue, read_vue
from components.textes.cartes import NIVEAUX, Grandeur, format_repere
from components.vue_carte import Vue as VueCarte
from components.vue_carte import build_contenu, build_image, build_peinture, find_simulation
from data.magasin import memorise
from data.modele import TypeOrganisme
from data.requetes import territoires
from data.requetes.indicateur import list_valeurs_region

CAISSES = frozenset({TypeOrganisme.CPAM, TypeOrganisme.CGSS, TypeOrganisme.CSS})
REGIONAUX = frozenset({TypeOrganisme.DRSM, TypeOrganisme.CARSAT, TypeOrganisme.UGECAM})


def get_niveau(type_note: str) -> str | None:
    """Level a type is mapped at, None for the bodies without territory (CTI, CEIR, CNAM)."""
    return "caisse" if type_note in CAISSES else "region" if type_note in REGIONAUX else None


@memorise
def build_vue_carte(jeton: str) -> VueCarte | None:
    """What the map shows for a choice, None when the type has no territory.

    Caisses of every type are mapped together (métropole and DROM); their targets may differ, their unit does not.
    """
    vue = read_vue(jeton)
    code_niveau = get_niveau(vue.type_note)
    if code_niveau is None:
        return None
    periode = territoires.Periode(dt.date(vue.annee, 1, 1), dt.date(vue.annee, 12, 31))
    niveau = NIVEAUX[code_niveau]
    if code_niveau == "caisse":
        valeurs = territoires.list_valeurs(vue.indicateur.code, code_niveau, periode)
        organismes = vue.annuels.filter(pl.col("type_note").is_in([t.value for t in CAISSES]))
    else:
        valeurs = list_valeurs_region(vue.indicateur.code, vue.type_note, vue.annee)
        organismes = vue.du_type
    france, effectif = vue.get_ensemble(organismes, vue.annee)
    return VueCarte(
        code=vue.indicateur.code,
        niveau=niveau,
        periode=periode,
        code_periode=str(vue.annee),
        valeurs=valeurs,
        reference=france if vue.regle_type is vue.regle else None,
        repere=format_repere(vue.regle, effectif, "caisses" if code_niveau == "caisse" else vue.nom_type),
        grandeur=Grandeur(vue.titre, vue.unite or "", vue.decimales, vue.sens, str(vue.annee)),
        statistique=_format_statistique(vue, code_niveau),
        classement=build_classement(
            valeurs["valeur"].to_list(),
            valeurs["statut"].to_list(),
            unite=vue.unite or "",
            decimales=vue.decimales,
            territoires=niveau.pluriel,
        ),
        simulee=find_simulation(valeurs),
    )


def _format_statistique(vue: Vue, code_niveau: str) -> str:
    """What the value of one territory is."""
    if code_niveau == "region":
        return f"valeur de l'organisme {vue.type_note} de chaque région, moyenne simple s'ils sont plusieurs"
    return f"{LIBELLES_STATISTIQUE[vue.indicateur.statistique]} de chaque caisse, tous types de caisse ensemble"


def build_peinture_indicateur(carte: VueCarte, vue: Vue) -> Peinture:
    """What colours the map; a région covered by several bodies says so in its tooltip."""
    peinture = build_peinture(carte)
    notes = {
        rang: f"moyenne simple de {format_pluriel(nb, vue.type_note, vue.type_note)}"
        for rang, nb in enumerate(carte.valeurs["nb_valeurs"])
        if carte.niveau.code == "region" and nb > 1
    }
    return replace(peinture, jeton=vue.jeton, notes=notes)


@memorise
def build_contenu_carte(jeton: str) -> Contenu:
    """What the bloc of the map says.

    Raises:
        ValueError: the type has no territory (see :func:`get_niveau`).
    """
    vue, carte = read_vue(jeton), build_vue_carte(jeton)
    if carte is None:
        raise ValueError(f"le type {vue.type_note} n'a pas de territoire")
    return build_contenu(carte)


def find_vue_cartographiable(vue: Vue) -> Vue | None:
    """The view itself when its type has a territory, else that of another type which has one, None without any."""
    if get_niveau(vue.type_note):
        return vue
    for type_note in vue.types:
        if get_niveau(type_note):
            return load_vue(vue.indicateur.code, type_note, list_annees(vue.indicateur.code, type_note)[-1], None)
    return None


@memorise
def build_image_carte(jeton: str) -> tuple[str, str]:
    """The map as a standalone SVG, and the name of its file without extension.

    Raises:
        ValueError: the type has no territory.
    """
    carte, contenu = build_vue_carte(jeton), build_contenu_carte(jeton)
    if carte is None:
        raise ValueError(f"pas de carte pour « {jeton} »")
    return build_image(carte, contenu), contenu.fichier
