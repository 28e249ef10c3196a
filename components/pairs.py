"""The one selector of peers: who is compared, with whom. Its state lives in the URL of each page that uses it.

A page declares ``class EtatX(EtatPairs)``, renders :func:`render_pairs` in its bar of controls, calls
:func:`register_pairs` once, takes :func:`list_entrees` as inputs of its callback and reads them back with
:func:`read_pairs`. :func:`build_groupe` then says who is in the group, in words too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, State, callback, clientside_callback, dcc, html
from pydantic import field_validator

from components.choix import build_effacer, render_choix
from components.etat import CodeOrganisme, Etat
from components.textes import pairs as textes
from components.textes.comparer import format_option, format_recherche
from data.calculs.pairs import GROUPE_MINIMUM, NOMBRE_VOISINS, Voisinage, compute_classe_taille, compute_voisinage
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.requetes.comparaison import TYPE_PAR_DEFAUT, list_organismes
from data.requetes.pairs import list_annees, list_millesimes, load_contexte

Choix = Literal["type", "classe", "region", "type_region", "voisins", "liste", "tous"]
Lentille = Literal["taille", "population", "territoire"]
OuiNon = Literal["oui", "non"]

_NOM_MAX: Final = 60
_ANCIENS: Final = {"type_region": "region"}  # addresses of earlier versions


class EtatPairs(Etat):
    """State of the selector: one organisme, its group, and whether it is left out of its own reference.

    ``groupe=type_region`` is an older address of « Ma région ».
    """

    organisme: CodeOrganisme | None = None
    groupe: Choix = "type"
    lentille: Lentille = "taille"
    membres: tuple[CodeOrganisme, ...] = ()
    nom: str = ""
    hors: OuiNon = "non"

    @field_validator("membres")
    @classmethod
    def _check_membres(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(codes))

    @field_validator("nom")
    @classmethod
    def _check_nom(cls, nom: str) -> str:
        if len(nom) > _NOM_MAX:
            raise ValueError(f"le nom d'une liste compte au plus {_NOM_MAX} caractères.")
        return nom


@dataclass(frozen=True)
class GroupePairs:
    """A group of organismes, ready to compare.

    ``codes`` are its members, the organisme included, in definition order; ``autres`` those of its perimeter that are
    set aside because their type differs (never with ``tous_types``). ``type_note`` is the one type compared, None when
    there are several. ``suite`` narrows the group in words (« de la région Bretagne »), ``precision`` says how it was
    made (may be empty). ``distances`` are the neighbours, nearest first. ``vide`` says why there is no group.
    """

    choix: str
    organisme: str | None
    codes: tuple[str, ...]
    autres: tuple[str, ...] = ()
    type_note: str | None = None
    suite: str = ""
    precision: str = ""
    vide: str | None = None
    annee: int | None = None
    distances: tuple[tuple[str, float], ...] = ()

    @property
    def pairs(self) -> tuple[str, ...]:
        """The members without the organisme."""
        return tuple(code for code in self.codes if code != self.organisme)

    def format_effectif(self, nombre: int | None = None) -> str:
        """« 12 CPAM et CCSS de la région Bretagne »; ``nombre`` counts the members that have a value."""
        return textes.format_effectif(len(self.codes) if nombre is None else nombre, self.type_note, self.suite)


@memorise
def build_voisinage(code: str, lentille: str, nombre: int = NOMBRE_VOISINS) -> Voisinage:
    """Nearest neighbours of an organisme, of its type, under a lens, for the latest year of context."""
    annee = get_annee_contexte()
    return compute_voisinage(load_contexte(annee), code, lentille, annee=annee, nombre=nombre)


def get_annee_contexte() -> int:
    """The year of the context variables peers are chosen with: the latest known."""
    return list_annees()[-1]


@memorise
def build_groupe(
    organisme: str | None,
    choix: str,
    lentille: str = "taille",
    membres: tuple[str, ...] = (),
    nom: str = "",
    *,
    tous_types: bool = False,
) -> GroupePairs:
    """Members of a group, whatever the indicateur.

    Types are not ranked across each other: unless ``tous_types``, only those of the organisme's type (CCSS with CPAM)
    are kept, the others being listed in ``autres``. Without organisme, the type is that of the CPAM, or the most
    frequent of the list.

    Args:
        organisme: code, or None.
        choix: field ``groupe`` of :class:`EtatPairs`.
        lentille: lens of « voisins ».
        membres: codes of « liste ».
        nom: name of that list.
        tous_types: keep every type together.
    """
    choix = _ANCIENS.get(choix, choix)
    frame = list_organismes()
    moi = next(iter(frame.filter(code_organisme=organisme).to_dicts()), None) if organisme else None
    autres_membres = [code for code in membres if code != organisme]
    if moi is None and choix in {"region", "classe", "voisins"}:
        return GroupePairs(choix, organisme, (), vide=textes.build_vide_sans_organisme(choix))
    if choix == "liste" and len(autres_membres) < GROUPE_MINIMUM:
        return GroupePairs(choix, organisme, (), vide=textes.build_vide_liste(len(autres_membres)))
    if moi is not None and choix == "voisins":
        return _build_groupe_voisins(moi, lentille)
    if moi is not None and choix == "region" and not moi["noms_region"]:
        return GroupePairs(choix, organisme, (), vide=textes.build_vide_region(moi["nom"]))
    perimetre, suite, precision = _select_perimetre(frame, moi, choix, (*autres_membres, organisme or ""), nom)
    compare = perimetre if tous_types else perimetre.filter(type_note=_choose_type(perimetre, moi))
    types = compare["type_note"].unique().to_list()
    codes = tuple(compare["code_organisme"])
    autres = tuple(code for code in perimetre["code_organisme"] if code not in set(codes))
    if choix == "liste" and sum(code != organisme for code in codes) < GROUPE_MINIMUM:
        return GroupePairs(choix, organisme, (), autres, vide=textes.build_vide_types(len(autres), types[0]))
    return GroupePairs(
        choix,
        organisme,
        codes,
        autres=autres,
        type_note=types[0] if len(types) == 1 else None,
        suite=suite,
        precision=precision,
    )


def _build_groupe_voisins(moi: dict[str, Any], lentille: str) -> GroupePairs:
    """The organisme and its nearest neighbours, in definition order."""
    voisinage = build_voisinage(moi["code_organisme"], lentille)
    if not voisinage.voisins:
        return GroupePairs("voisins", moi["code_organisme"], (), vide=textes.build_vide_voisins(moi["nom"], lentille))
    retenus = {moi["code_organisme"], *(voisin.code for voisin in voisinage.voisins)}
    return GroupePairs(
        "voisins",
        moi["code_organisme"],
        tuple(code for code in list_organismes()["code_organisme"] if code in retenus),
        type_note=moi["type_note"],
        suite=textes.format_suite_voisins(lentille),
        precision=textes.build_precision_voisins(
            moi["nom"],
            lentille,
            [variable for famille in voisinage.familles for variable in famille],
            {m["code_indicateur"]: m for m in list_millesimes(voisinage.annee).to_dicts()},
        ),
        annee=voisinage.annee,
        distances=tuple((voisin.code, voisin.distance) for voisin in voisinage.voisins),
    )


def _choose_type(perimetre: pl.DataFrame, moi: dict[str, Any] | None) -> str:
    """The type compared: the organisme's, else that of the CPAM where there is one, else the most frequent."""
    if moi is not None:
        return str(moi["type_note"])
    if perimetre.is_empty() or TYPE_PAR_DEFAUT in perimetre["type_note"]:
        return TYPE_PAR_DEFAUT
    return str(perimetre["type_note"].value_counts(sort=True)["type_note"][0])


def _select_perimetre(
    frame: pl.DataFrame, moi: dict[str, Any] | None, choix: str, membres: tuple[str, ...], nom: str
) -> tuple[pl.DataFrame, str, str]:
    """Rows of a group, types aside, what narrows it in words, and how it was made."""
    if choix == "type":
        return frame.filter(type_note=_choose_type(frame, moi)), "", ""
    if choix == "liste":
        suite = textes.format_suite_liste(nom)
        return frame.filter(pl.col("code_organisme").is_in(membres)), suite, ""
    if moi is not None and choix == "region":
        partage = pl.col("codes_region").list.set_intersection(moi["codes_region"]).list.len() > 0
        return frame.filter(partage), textes.format_regions(moi["noms_region"]), ""
    if moi is not None and choix == "classe":
        annee = get_annee_contexte()
        etp = dict(load_contexte(annee).select("code_organisme", "ctx_etp").iter_rows())
        classes = {code: compute_classe_taille(valeur) for code, valeur in etp.items()}
        mienne = classes[moi["code_organisme"]]
        semblables = [code for code, classe in classes.items() if classe == mienne and classe is not None]
        if mienne is None:
            return frame.clear(), "", ""
        detail = textes.format_classe(mienne)
        return (
            frame.filter(pl.col("code_organisme").is_in(semblables)),
            f"de taille {detail}",
            textes.build_precision_classe(annee),
        )
    return frame, "", ""


def build_option(organisme: dict[str, Any], libelle: str | None = None) -> dict[str, Any]:
    """Option of a select for a row of ``list_organismes``; its other names are searched, not shown."""
    code = organisme["code_organisme"]
    return {
        "value": code,
        "label": libelle or format_option(organisme),
        "recherche": format_recherche(load_catalogue().organisme_par_code[code]),
    }


def list_options() -> list[dict[str, Any]]:
    """Every organisme by type, for a select."""
    organismes = list_organismes()
    return [
        {
            "group": type_organisme,
            "items": [build_option(o) for o in organismes.filter(type_organisme=type_organisme).to_dicts()],
        }
        for type_organisme in organismes["type_organisme"].unique(maintain_order=True)
    ]


def render_select_organisme(
    identifiant: str,
    label: str,
    valeur: str | None,
    options: Sequence[dict[str, Any]] | None = None,
    **proprietes: Any,
) -> dmc.Select:
    """The search of one organisme by name, town, département or number; among all of them unless told otherwise."""
    defauts: dict[str, Any] = {
        "placeholder": "Nom, ville, département ou code",
        "clearable": True,
        "maxDropdownHeight": 320,
        "vide": "Aucun organisme ne répond à cette recherche",
        "w": {"base": "100%", "sm": 330},
    }
    return render_choix(
        identifiant, label, list_options() if options is None else options, valeur, **(defauts | proprietes)
    )


def render_pairs(page: str, etat: EtatPairs) -> list[Any]:
    """The controls of the selector, for the bar of a page.

    The organisme, its group, the list of one's own when it is chosen, and the option that leaves the organisme out of
    its own reference.
    """
    liste = etat.groupe == "liste"
    choix = f"voisins-{etat.lentille}" if etat.groupe == "voisins" else _ANCIENS.get(etat.groupe, etat.groupe)
    return [
        render_select_organisme(f"{page}-organisme", "Organisme", etat.organisme),
        dmc.Select(
            id=f"{page}-groupe",
            label="Comparé à",
            data=[{"value": valeur, "label": libelle} for valeur, libelle in textes.CHOIX.items()],
            value=choix,
            allowDeselect=False,
            maxDropdownHeight=340,
            w={"base": "100%", "sm": 250},
        ),
        html.Div(
            [
                dmc.MultiSelect(
                    id=f"{page}-membres",
                    label="Membres de ma liste",
                    description=f"au moins {GROUPE_MINIMUM} pairs",
                    inputWrapperOrder=["label", "input", "description", "error"],
                    placeholder="Ajouter",
                    # The long list of options is copied from the first select when it is needed, not sent twice.
                    data=list_options() if liste else [],
                    value=list(etat.membres),
                    searchable=True,
                    clearable=True,
                    hidePickedOptions=True,
                    clearButtonProps=build_effacer("Vider la liste"),
                    nothingFoundMessage="Aucun organisme à ajouter ne répond à cette recherche",
                    filter={"function": "filtrerSansAccent"},
                    selectFirstOptionOnChange=True,
                    maxDropdownHeight=320,
                    w={"base": "100%", "sm": 640},
                ),
                dmc.TextInput(
                    id=f"{page}-nom",
                    label="Nom de la liste",
                    placeholder="facultatif",
                    value=etat.nom,
                    inputProps={"maxLength": _NOM_MAX},
                    debounce=400,
                    w={"base": "100%", "sm": 220},
                ),
            ],
            id=f"{page}-liste",
            hidden=not liste,
            className="px-liste-pairs",
        ),
        html.Div(
            [
                html.Div(_render_fiche(etat.organisme), id=f"{page}-fiche", className="px-barre-lien"),
                dmc.Switch(
                    id=f"{page}-hors", label="Me laisser hors de la référence", checked=etat.hors == "oui", mb=7
                ),
            ]
        ),
    ]


def _render_fiche(organisme: str | None) -> dcc.Link | None:
    """The way to the sheet of the chosen organisme, none without one."""
    return dcc.Link("Fiche de l'organisme", href=f"/organismes/{organisme}") if organisme else None


def list_entrees(page: str) -> list[Input]:
    """Inputs of the selector, in the order of :func:`read_pairs`."""
    proprietes = {"organisme": "value", "groupe": "value", "membres": "value", "nom": "value", "hors": "checked"}
    return [Input(f"{page}-{nom}", propriete) for nom, propriete in proprietes.items()]


def read_pairs(
    organisme: str | None, choix: str, membres: list[str] | None, nom: str | None, hors: bool | None
) -> dict[str, Any]:
    """Fields of :class:`EtatPairs` from the values of :func:`list_entrees`; what the group does not use is dropped."""
    groupe, _, lentille = choix.partition("-")
    champs: dict[str, Any] = {"organisme": organisme or None, "groupe": groupe, "hors": "oui" if hors else "non"}
    if lentille:
        champs["lentille"] = lentille
    if groupe == "liste":
        champs |= {"membres": tuple(membres or ()), "nom": (nom or "").strip()[:_NOM_MAX]}
    return champs


def register_pairs(page: str) -> None:
    """Show the fields of a list of one's own when it is chosen, with their options; follow the organisme."""
    clientside_callback(
        """function(choix, options) {
            const liste = choix === "liste";
            return [!liste, liste ? options : window.dash_clientside.no_update];
        }""",
        Output(f"{page}-liste", "hidden"),
        Output(f"{page}-membres", "data"),
        Input(f"{page}-groupe", "value"),
        State(f"{page}-organisme", "data"),
        prevent_initial_call=True,
    )
    callback(
        Output(f"{page}-fiche", "children"),
        Input(f"{page}-organisme", "value"),
        prevent_initial_call=True,
    )(_render_fiche)
