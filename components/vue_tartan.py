"""The heat table (« tartan »): organismes × indicateurs, each cell with its value, its symbol and its colour."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import dash_ag_grid as dag
import polars as pl
from dash import html
from pydantic import field_validator

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.atteinte import STYLES
from components.figures.formats import format_date
from components.organisme.fiche import get_type_note
from components.pairs import EtatPairs, GroupePairs, build_groupe
from components.provenance import format_donnees_du, format_source
from components.tableau import LOCALE_FR
from components.textes import profil as textes
from components.textes.comparer import format_type_note
from components.vue_profil import list_codes, load_resultats
from data.calculs.atteinte import LIBELLES_ATTEINTE, Atteinte
from data.catalogue import format_cle, load_catalogue
from data.magasin import memorise
from data.modele import Indicateur, Referentiel
from data.requetes.comparaison import TYPE_PAR_DEFAUT, list_organismes
from data.requetes.resultats import ANNEE

_HAUTEUR_MAX: Final = 620
_HAUTEUR_ENTETE: Final = 180
_HAUTEUR_LIGNE: Final = 30


class EtatProfil(EtatPairs):
    """Who, against whom, and which part of the heat table is shown; an empty filter asks for nothing.

    A filter the type shown does not have is kept in the address and ignored: it may serve the next choice.
    """

    domaine: str = ""
    processus: str = ""
    region: str = ""

    @field_validator("domaine")
    @classmethod
    def _check_domaine(cls, domaine: str) -> str:
        connus = {indicateur.domaine for indicateur in load_catalogue().indicateurs}
        return _check_connu(domaine, connus, "aucun domaine")

    @field_validator("processus")
    @classmethod
    def _check_processus(cls, processus: str) -> str:
        connus = {get_processus(indicateur) for indicateur in load_catalogue().indicateurs}
        return _check_connu(processus, connus, "aucun processus")

    @field_validator("region")
    @classmethod
    def _check_region(cls, region: str) -> str:
        return _check_connu(region, {region.nom for region in load_catalogue().regions}, "aucune région")


def _check_connu(valeur: str, connus: Collection[str], aucun: str) -> str:
    """Refuse a filter that exists nowhere.

    Raises:
        ValueError: with the message shown to the reader.
    """
    if valeur and valeur not in connus:
        raise ValueError(f"{aucun} ne s'appelle «\u00a0{valeur}\u00a0».")
    return valeur


def get_type(etat: EtatPairs) -> str:
    """The type shown: that of the organisme, else that of the group."""
    if etat.organisme is not None:
        return get_type_note(load_catalogue().get_organisme(etat.organisme))
    return build_groupe(None, etat.groupe, etat.lentille, etat.membres, etat.nom).type_note or TYPE_PAR_DEFAUT


def get_processus(indicateur: Indicateur) -> str:
    """Its processus, else that of the indicateur of the COG 2023-2027 linked to it, else « Sans processus connu »."""
    if indicateur.processus:
        return indicateur.processus
    catalogue = load_catalogue()
    for code in indicateur.indicateurs_lies:
        lie = catalogue.get_indicateur(code)
        if lie.referentiel is Referentiel.COG_2023_2027 and lie.processus:
            return lie.processus
    return textes.SANS_PROCESSUS


@memorise
def list_domaines(type_note: str) -> list[str]:
    """Domaines of the indicateurs of a type, in order."""
    domaines: list[str] = load_resultats(type_note)["domaine"].unique(maintain_order=True).to_list()
    return domaines


@memorise
def list_processus(type_note: str) -> list[str]:
    """Processus of the indicateurs of a type, in alphabetical order, « Sans processus connu » last."""
    noms = {get_processus(load_catalogue().get_indicateur(code)) for code in list_codes(type_note)}
    return sorted(noms, key=lambda nom: (nom == textes.SANS_PROCESSUS, format_cle(nom)))


@memorise
def list_regions(type_note: str) -> list[str]:
    """Régions of the organismes of a type, in alphabetical order."""
    regions = list_organismes().filter(type_note=type_note)["noms_region"].explode().drop_nulls().unique().to_list()
    return sorted(regions, key=format_cle)


def _select_codes(etat: EtatProfil, type_note: str) -> list[str]:
    """Indicateurs shown: those of the domaine and of the processus, where the type has them."""
    codes = list_codes(type_note)
    if etat.domaine in list_domaines(type_note):
        domaines = dict(load_resultats(type_note).select("code_indicateur", "domaine").unique().iter_rows())
        codes = [code for code in codes if domaines[code] == etat.domaine]
    if etat.processus in list_processus(type_note):
        codes = [code for code in codes if get_processus(load_catalogue().get_indicateur(code)) == etat.processus]
    return codes


def _select_membres(etat: EtatProfil, groupe: GroupePairs, type_note: str) -> pl.DataFrame:
    """Organismes shown, in definition order: the group, narrowed to the région; the chosen one always stays."""
    membres = list_organismes().filter(pl.col("code_organisme").is_in({*groupe.codes, etat.organisme or ""}))
    if etat.region in list_regions(type_note):
        garder = pl.col("noms_region").list.contains(etat.region) | (pl.col("code_organisme") == (etat.organisme or ""))
        membres = membres.filter(garder)
    return membres


@memorise
def build_contenu_tartan(etat: EtatProfil) -> Contenu:
    """The heat table, own organisme first, then by number of objectifs reached."""
    type_note = get_type(etat)
    groupe = build_groupe(etat.organisme, etat.groupe, etat.lentille, etat.membres, etat.nom)
    codes = _select_codes(etat, type_note)
    membres = _select_membres(etat, groupe, type_note)
    choix = (type_note, tuple(codes), tuple(membres["code_organisme"].to_list()))
    frame = _load_partie(*choix)
    indicateurs = [load_catalogue().get_indicateur(code) for code in codes]
    vide = groupe.vide
    if vide is None and not codes:
        vide = textes.VIDE_INDICATEURS
    moi = membres.filter(code_organisme=etat.organisme or "")["nom"].to_list()
    lignes = [] if vide else _list_lignes(*choix)
    mienne = f"/organismes/{etat.organisme}"
    sources = sorted(set(frame["source"].drop_nulls()))
    return Contenu(
        titre=f"Tartan\u00a0: chaque organisme, chaque indicateur, {ANNEE}",
        phrase=textes.build_phrase_tartan(frame, membres.height, indicateurs, etat.organisme) if not vide else "",
        vide=vide,
        mention=Mention(
            statistique="résultat de chaque organisme, coloré selon le socle et l'objectif de son type",
            unite="celle de chaque indicateur, en tête de colonne",
            sens=None,
            periode=str(ANNEE),
            source=format_source(*sources) if sources else "aucune valeur",
            donnees_du=format_donnees_du(),
            effectif=groupe.format_effectif(membres.height) if not vide else "",
            simulee=bool(frame["simulee"].any()),
            notes=(
                textes.NOTE_TARTAN,
                *textes.list_notes_sens(indicateurs),
                textes.NOTE_PROCESSUS,
                *((groupe.precision,) if groupe.precision else ()),
                *((textes.NOTE_SIMULE,) if frame["simulee"].any() else ()),
            ),
        ),
        tableau=Tableau(
            _list_colonnes(type_note, tuple(codes)),
            sorted(lignes, key=lambda ligne: ligne["adresse"] != mienne),
            legende="",
            cle_surlignee=moi[0] if moi else None,
        ),
        fichier=f"parangon-tartan-{type_note.lower()}",
    )


@memorise
def _load_partie(type_note: str, codes: tuple[str, ...], membres: tuple[str, ...]) -> pl.DataFrame:
    """Rows of :func:`load_resultats` of some organismes on some indicateurs."""
    return load_resultats(type_note).filter(
        pl.col("code_indicateur").is_in(codes) & pl.col("code_organisme").is_in(membres)
    )


@memorise
def _list_colonnes(type_note: str, codes: tuple[str, ...]) -> tuple[Colonne, ...]:
    """Name, number of objectifs reached, one column per indicateur headed by its domaine, région.

    Every column has a group: a row of headings without a cell is not accessible.
    """
    faits = load_resultats(type_note).select("code_indicateur", "domaine", "periode").unique()
    reperes = {code: (domaine, periode) for code, domaine, periode in faits.iter_rows()}
    colonnes = [
        Colonne("organisme", "Organisme", epinglee=True, lien="adresse", groupe=format_type_note(type_note)),
        Colonne("atteints", "Objectifs atteints", "nombre", 0, groupe="Ensemble"),
    ]
    for rang, code in enumerate(codes):
        indicateur, (domaine, periode) = load_catalogue().get_indicateur(code), reperes[code]
        colonnes.append(
            Colonne(
                f"v{rang}",
                indicateur.titre_court + ("" if periode == str(ANNEE) else f" {periode}"),
                "nombre",
                indicateur.decimales,
                "" if indicateur.unite in {None, "nombre"} else str(indicateur.unite),
                etat=f"e{rang}",
                groupe=domaine,
            )
        )
    return (*colonnes, Colonne("region", "Région", groupe="Territoire"))


@memorise
def _list_cellules(type_note: str) -> dict[str, dict[str, tuple[float | str, str | None]]]:
    """What each cell of a type holds: code of the organisme -> code of the indicateur -> value or words, state."""
    cellules: dict[str, dict[str, tuple[float | str, str | None]]] = {}
    for code, indicateur, valeur, date, etat in (
        load_resultats(type_note)
        .select("code_organisme", "code_indicateur", "valeur", "valeur_date", "atteinte")
        .iter_rows()
    ):
        contenu: float | str = format_date(date) if date is not None else valeur
        if contenu is None:
            contenu = LIBELLES_ATTEINTE[Atteinte(etat)]
        cellules.setdefault(code, {})[indicateur] = (contenu, etat)
    return cellules


@memorise
def _list_lignes(type_note: str, codes: tuple[str, ...], membres: tuple[str, ...]) -> list[dict[str, Any]]:
    """One row per organisme, by number of objectifs reached."""
    cellules = _list_cellules(type_note)
    absente = (LIBELLES_ATTEINTE[Atteinte.NON_FOURNI], Atteinte.NON_FOURNI.value)
    lignes = []
    for membre in list_organismes().filter(pl.col("code_organisme").is_in(membres)).iter_rows(named=True):
        code = membre["code_organisme"]
        ligne: dict[str, Any] = {
            "organisme": membre["nom"],
            "adresse": f"/organismes/{code}",
            "atteints": 0,
            "region": ", ".join(membre["noms_region"]),
        }
        for rang, indicateur in enumerate(codes):
            ligne[f"v{rang}"], etat = cellules.get(code, {}).get(indicateur, absente)
            if etat is not None:
                ligne[f"e{rang}"] = etat
                ligne["atteints"] += etat == Atteinte.ATTEINT
        lignes.append(ligne)
    return sorted(lignes, key=lambda ligne: -ligne["atteints"])


def build_colonnes_tartan(tableau: Tableau) -> list[dict[str, Any]]:
    """Column definitions of the grid: columns grouped by domaine, cells drawn by ``CelluleTartan``."""
    definitions: list[dict[str, Any]] = []
    for colonne in tableau.colonnes:
        definition: dict[str, Any] = {
            "field": colonne.champ,
            "headerName": colonne.entete,
            "headerTooltip": colonne.entete,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        }
        if colonne.lien:
            definition |= {
                "pinned": "left",
                "width": 172,
                "tooltipField": colonne.champ,
                "cellRenderer": "LienParangon",
                "cellRendererParams": {"lien": colonne.lien},
                "suppressKeyboardEvent": {"function": "suivreLien(params)"},
            }
        elif colonne.etat:
            definition |= {
                "width": 124,
                "cellRenderer": "CelluleTartan",
                "cellRendererParams": {"etat": colonne.etat, "decimales": colonne.decimales},
                "cellClass": {"function": "classeTartan(params)"},
                "comparator": {"function": "comparerNombres"},
                "sortingOrder": ["desc", "asc", None],
            }
        elif colonne.format == "nombre":
            definition |= {"width": 92, "type": "rightAligned", "sortingOrder": ["desc", "asc", None]}
        else:
            definition |= {"width": 200}
        if definitions and definitions[-1]["groupId"] == colonne.groupe:
            definitions[-1]["children"].append(definition)
        else:
            definitions.append(
                {
                    "groupId": colonne.groupe,
                    "headerName": colonne.groupe,
                    "headerTooltip": colonne.groupe,
                    "children": [definition],
                }
            )
    return definitions


def build_options(tableau: Tableau) -> dict[str, Any]:
    """Options of the grid; the row of the chosen organisme stays on top."""
    miennes = [ligne for ligne in tableau.lignes if _est_mienne(tableau, ligne)]
    return {
        "theme": {"function": "parangonTheme(agGrid)"},
        "localeText": LOCALE_FR,
        "animateRows": False,
        "suppressFieldDotNotation": True,
        "ensureDomOrder": True,
        "rowHeight": _HAUTEUR_LIGNE,
        "tooltipShowDelay": 400,
        "pinnedTopRowData": miennes,
        "context": {
            "etats": {
                etat.value: {"symbole": STYLES[etat].symbole, "libelle": LIBELLES_ATTEINTE[etat]} for etat in Atteinte
            }
        },
    }


def build_style(tableau: Tableau) -> dict[str, Any]:
    """Size of the grid: as high as its rows, up to a screen."""
    hauteur = _HAUTEUR_ENTETE + _HAUTEUR_LIGNE * len(tableau.lignes)
    return {"height": min(hauteur, _HAUTEUR_MAX), "width": "100%"}


def list_autres(tableau: Tableau) -> list[dict[str, Any]]:
    """Rows of the grid below the pinned one."""
    return [ligne for ligne in tableau.lignes if not _est_mienne(tableau, ligne)]


def _est_mienne(tableau: Tableau, ligne: dict[str, Any]) -> bool:
    return tableau.cle_surlignee is not None and ligne["organisme"] == tableau.cle_surlignee


def render_tartan(identifiant: str, tableau: Tableau) -> dag.AgGrid:
    """The grid of the heat table."""
    return dag.AgGrid(
        id=identifiant,
        columnDefs=build_colonnes_tartan(tableau),
        rowData=list_autres(tableau),
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True},
        dashGridOptions=build_options(tableau),
        className="px-tartan",
        style=build_style(tableau),
    )


def render_legende() -> html.Ul:
    """Symbol, colour and words of each state."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(STYLES[etat].symbole, className=f"px-t px-t-{etat.value}", **{"aria-hidden": "true"}),
                    LIBELLES_ATTEINTE[etat],
                ]
            )
            for etat in Atteinte
        ],
        className="px-tartan-legende",
        **{"aria-label": "Légende"},
    )
