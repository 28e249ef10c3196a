"""What the page « Cartes » says for one indicateur, level and period: values, classes, texts, table, image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from components.carte import Peinture
from components.contenu import Colonne, Contenu, Mention, Simulation, Tableau
from components.exports.carte import export_carte_svg
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.classes import Classement, build_classement, format_lecture, format_valeur_carte
from components.figures.formats import format_periode, format_pluriel
from components.provenance import format_donnees_du, format_source
from components.textes.cartes import (
    LISSEES,
    NIVEAUX,
    Grandeur,
    Niveau,
    build_phrase,
    build_titre,
    format_code_periode,
    format_composition,
    format_effet,
    format_moyennes_imprimees,
    format_note_lissage,
    format_repere,
    format_statistique,
)
from data.calculs.ensemble import Regle
from data.calculs.territoires import Lissage, Obstacle, find_obstacle, smooth_valeurs
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Nature, Referentiel, Sens, Statistique
from data.requetes import territoires

# « statistique non précisée de chaque caisse » would say nothing.
_LIBELLES: Final = {Statistique.NON_PRECISEE: "valeur (statistique non précisée par le document)"}


@dataclass(frozen=True)
class Vue:
    """Everything the page says for one indicateur, level and period.

    ``valeurs`` holds the values shown (see ``data.requetes.territoires.list_valeurs``), smoothed when there is a
    ``lissage``: then with valeur_brute and poids. ``obstacle`` says why they cannot be. ``reference`` and ``repere``:
    value of the network and its name. ``statistique``: what the value of one territory is, in words. ``habitants``:
    numerators and denominators count inhabitants.
    """

    code: str
    niveau: Niveau
    periode: territoires.Periode
    code_periode: str
    valeurs: pl.DataFrame
    reference: float | None
    repere: str
    grandeur: Grandeur
    statistique: str
    classement: Classement
    simulee: Simulation
    habitants: bool = False
    obstacle: Obstacle | None = None
    lissage: Lissage | None = None

    @cached_property
    def regle(self) -> Regle | None:
        """How the values are made of those of the caisses, None for facts."""
        regles = self.valeurs["regle"].drop_nulls()
        return Regle(regles[0]) if regles.len() else None

    @property
    def jeton(self) -> str:
        """What is painted, in one word."""
        return build_jeton(self.code, self.niveau.code, self.code_periode, lissee=self.lissage is not None)


def build_jeton(code: str, code_niveau: str, code_periode: str, *, lissee: bool) -> str:
    """A choice in one word."""
    return "|".join((code, code_niveau, code_periode, *(("lissage",) if lissee else ())))


def read_vue(jeton: str) -> Vue:
    """The view a jeton names (see :func:`build_jeton`)."""
    code, code_niveau, code_periode, *lissage = jeton.split("|")
    return build_vue(code, code_niveau, code_periode, lisser=bool(lissage))


@memorise
def list_codes_periodes(code: str, code_niveau: str) -> dict[str, territoires.Periode]:
    """Periods of an indicateur at a level by their code in the URL, oldest first."""
    return {format_code_periode(p.debut, p.fin): p for p in territoires.list_periodes(code, code_niveau)}


def get_code_periode(code: str, code_niveau: str) -> str:
    """Code of the period a map opens on (see ``data.requetes.territoires.get_periode_par_defaut``)."""
    choisie = territoires.get_periode_par_defaut(code, code_niveau)
    return next(cle for cle, periode in list_codes_periodes(code, code_niveau).items() if periode == choisie)


def find_niveau(code: str, code_niveau: str) -> str:
    """The level asked for when the indicateur has it, else its finest one."""
    niveaux = territoires.list_niveaux(code)
    return code_niveau if code_niveau in niveaux else niveaux[-1]


def build_vue(code: str, code_niveau: str, code_periode: str, *, lisser: bool = False) -> Vue:
    """The view of a choice: a level the indicateur has not gives its finest one, an unknown period the one it opens on.

    Values that cannot be smoothed stay as they are.
    """
    code_niveau = find_niveau(code, code_niveau)
    if code_periode not in list_codes_periodes(code, code_niveau):
        code_periode = get_code_periode(code, code_niveau)
    return _build_vue(code, code_niveau, code_periode, lisser=lisser)


def find_simulation(valeurs: pl.DataFrame) -> Simulation:
    """Whether the values of a map are simulated, all of them or some."""
    natures = set(valeurs["nature"].drop_nulls())
    return "partie" if len(natures) > 1 else Nature.SIMULEE in natures


@memorise
def _build_vue(code: str, code_niveau: str, code_periode: str, *, lisser: bool) -> Vue:
    """Read, smooth if asked and possible, and class the values."""
    indicateur = load_catalogue().get_indicateur(code)
    niveau = NIVEAUX[code_niveau]
    periode = list_codes_periodes(code, code_niveau)[code_periode]
    valeurs = territoires.list_valeurs(code, code_niveau, periode)
    reference = territoires.get_reference(code, code_niveau, periode)
    obstacle = find_obstacle(valeurs, indicateur.statistique, indicateur.comparateur, code_niveau)
    simulee = find_simulation(valeurs)
    regles = valeurs["regle"].drop_nulls()
    habitants = indicateur.referentiel is Referentiel.TERRITOIRE and valeurs["numerateur"].count() > 0
    grandeur = Grandeur(
        titre=indicateur.titre_court,
        unite=indicateur.unite or "",
        decimales=min(indicateur.decimales, 1) if simulee else indicateur.decimales,
        sens=indicateur.sens,
        periode=format_periode(periode.debut, periode.fin),
    )
    lissage = None
    if lisser and obstacle is None:
        valeurs, lissage = smooth_valeurs(valeurs, indicateur.statistique)
    return Vue(
        code=code,
        niveau=niveau,
        periode=periode,
        code_periode=code_periode,
        valeurs=valeurs,
        reference=reference.valeur,
        repere=format_repere(reference.regle, reference.effectif, NIVEAUX[reference.niveau].pluriel),
        grandeur=grandeur,
        statistique=format_statistique(
            _LIBELLES.get(indicateur.statistique) or LIBELLES_STATISTIQUE[indicateur.statistique],
            Regle(regles[0]) if regles.len() else None,
            niveau,
            sommes=valeurs["numerateur"].count() > 0,
            part=habitants,
        ),
        classement=build_classement(
            valeurs["valeur"].to_list(),
            valeurs["statut"].to_list(),
            unite=grandeur.unite,
            decimales=grandeur.decimales,
            territoires=niveau.pluriel,
        ),
        simulee=simulee,
        habitants=habitants,
        obstacle=obstacle,
        lissage=lissage,
    )


def build_peinture(vue: Vue) -> Peinture:
    """What colours the map for this view; tooltips say how a value is made, and what it was before smoothing."""
    notes = {}
    for rang, ligne in enumerate(vue.valeurs.to_dicts()):
        note = format_composition(vue.regle, ligne["nb_valeurs"], ligne["nb_membres"])
        if ligne.get("poids") is not None:
            brute = f"valeur lissée, {vue.grandeur.format_valeur(ligne['valeur_brute'])} avant lissage"
            note = f"{brute} ({note})" if note else brute
        if note:
            notes[rang] = note
    return Peinture(
        niveau=vue.niveau.code,
        jeton=vue.jeton,
        classement=vue.classement,
        valeurs=vue.valeurs["valeur"].to_list(),
        statuts=vue.valeurs["statut"].to_list(),
        unite=vue.grandeur.unite,
        decimales=vue.grandeur.decimales,
        notes=notes,
    )


def _build_tableau(vue: Vue) -> Tableau:
    parent = {"caisse": "Département", "departement": "Région"}.get(vue.niveau.code)
    decimales, unite = vue.grandeur.decimales, vue.grandeur.unite
    colonnes = [Colonne("nom", vue.niveau.singulier.capitalize())]
    if parent:
        colonnes.append(Colonne("nom_parent", parent))
    if vue.lissage:
        colonnes += [
            Colonne("valeur", f"{vue.grandeur.titre}, valeur lissée", "nombre", decimales, unite),
            Colonne("valeur_brute", "Valeur brute", "nombre", decimales, unite),
            Colonne("poids", "Poids des données propres", "nombre", 0, "%"),
        ]
    else:
        colonnes.append(Colonne("valeur", vue.grandeur.titre, "nombre", decimales, unite))
    if vue.habitants:
        colonnes.append(Colonne("numerateur", "Population concernée", "nombre", 0))
    else:
        if vue.valeurs["numerateur"].count():
            colonnes.append(Colonne("numerateur", "Numérateur", "nombre", 0))
        if vue.valeurs["denominateur"].count():
            colonnes.append(Colonne("denominateur", "Dénominateur", "nombre", 0))
    colonnes.append(Colonne("population", "Population", "nombre", 0))
    if vue.niveau.code != "caisse":
        colonnes.append(Colonne("nb_caisses", "Caisses", "nombre", 0))
    if vue.simulee == "partie":
        colonnes.append(Colonne("nature", "Nature"))
    rang = "rang_bas" if vue.grandeur.sens is Sens.BAS else "rang_haut"
    valeurs = vue.valeurs.with_columns(100 * pl.col("poids")) if vue.lissage else vue.valeurs
    natures = pl.col("nature").replace({Nature.SIMULEE.value: "simulée", Nature.PUBLIEE.value: "publiée"})
    valeurs = valeurs.with_columns(natures)
    lignes = valeurs.sort(rang, "nom", nulls_last=True).select("statut", *(c.champ for c in colonnes)).to_dicts()
    return Tableau(
        tuple(colonnes),
        [
            ligne | {"valeur": format_valeur_carte(None, ligne["statut"], "", 0)} if ligne["valeur"] is None else ligne
            for ligne in lignes
        ],
        legende="De la valeur la plus favorable à la moins favorable."
        if vue.grandeur.sens is not Sens.NEUTRE
        else "De la valeur la plus haute à la plus basse.",
    )


def _list_notes(vue: Vue) -> tuple[str, ...]:
    notes = [vue.classement.methode]
    if vue.lissage:
        effectif = int(vue.valeurs["valeur"].count())
        notes.insert(0, format_note_lissage(vue.lissage, effectif, vue.grandeur, vue.niveau))
    imprimees = format_moyennes_imprimees(territoires.list_moyennes_imprimees(vue.code, vue.periode), vue.grandeur)
    if imprimees:
        notes.append(imprimees)
    encarts = "DROM en encart" if vue.niveau.code == "region" else "DROM et Paris en encart"
    notes.append(f"Contours : {format_source('insee_ign')}. {encarts}, hors échelle.")
    if vue.valeurs["approche"].any():
        notes.append(
            "Contours approchés pour les dix caisses du Nord, du Pas-de-Calais, des Pyrénées-Atlantiques et de la "
            "Seine-Maritime : aucune table publiée ne leur rattache les communes."
        )
    return tuple(notes)


@memorise
def load_contenu(jeton: str) -> Contenu:
    """What the bloc of the view a jeton names says."""
    return build_contenu(read_vue(jeton))


def build_contenu(vue: Vue) -> Contenu:
    """What the bloc of the map says: title, sentence, mention and table twin, best first."""
    sources = vue.valeurs["source"].drop_nulls().unique().sort().to_list()
    presentes = int(vue.valeurs["valeur"].count())
    vide = None
    if not presentes:
        vide = f"Aucune valeur par {vue.niveau.singulier} : choisissez une autre période ou un autre niveau."
    phrase = build_phrase(vue.valeurs, vue.reference, vue.grandeur, vue.niveau, vue.repere)
    statistique = vue.statistique
    if vue.lissage:
        phrase += f" {format_effet(vue.lissage, vue.valeurs, vue.grandeur)}"
        statistique = f"{statistique}, {LISSEES}"
    return Contenu(
        titre=build_titre(vue.grandeur, vue.niveau, lissees=vue.lissage is not None),
        phrase=phrase,
        mention=Mention(
            statistique=statistique,
            unite=vue.grandeur.unite or "sans unité",
            sens=vue.grandeur.sens,
            periode=vue.grandeur.periode,
            source=format_source(*sources) if sources else "aucune",
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(presentes, vue.niveau.singulier, vue.niveau.pluriel),
            simulee=vue.simulee,
            notes=_list_notes(vue),
        ),
        tableau=_build_tableau(vue),
        vide=vide,
        fichier="-".join(
            ("parangon-carte", vue.code.replace("_", "-"), vue.niveau.code, vue.code_periode)
            + (("lissage",) if vue.lissage else ())
        ),
    )


def format_titre_legende(vue: Vue) -> str:
    """Heading of the legend: name, period, unit, and that the values are smoothed."""
    unite = f" ({vue.grandeur.unite})" if vue.grandeur.unite else ""
    titre = f"{vue.grandeur.titre}, {vue.grandeur.periode}{unite}"
    return f"{titre}, {LISSEES}" if vue.lissage else titre


def build_image(vue: Vue, contenu: Contenu) -> str:
    """The map as a standalone SVG, with the texts of its bloc."""
    return export_carte_svg(
        territoires.read_couche(territoires.COUCHES[vue.niveau.code]),
        territoires.read_couche("cadres"),
        vue.classement,
        statuts=vue.valeurs["statut"].to_list(),
        textes=[_format_bulle(vue, ligne) for ligne in vue.valeurs.to_dicts()],
        titre=contenu.titre,
        phrase=contenu.phrase,
        titre_legende=format_titre_legende(vue),
        lecture=format_lecture(vue.grandeur.sens),
        mentions=contenu.mention.list_phrases(),
        simulee=vue.simulee,
    )


def _format_bulle(vue: Vue, ligne: dict[str, Any]) -> str:
    """Value of a territory in words, and what it was before smoothing."""
    texte = format_valeur_carte(ligne["valeur"], ligne["statut"], vue.grandeur.unite, vue.grandeur.decimales)
    if ligne.get("poids") is None:
        return texte
    return f"{texte} (valeur lissée, {vue.grandeur.format_valeur(ligne['valeur_brute'])} avant lissage)"
