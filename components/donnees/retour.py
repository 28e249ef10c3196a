"""Coming back to a publication kept: the form, and the return itself."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from components.donnees.chargements import build_tableau_retours
from components.donnees.roles import ROLES
from components.figures.formats import format_horodatage, format_pluriel
from components.tableau import render_table
from components.travaux import TravailImpossibleError, run_etl
from data.chemins import get_publications, get_var
from data.journal import add_retour, build_retour, list_publications, list_retours
from data.magasin import BaseIndisponibleError, Lecture
from data.requetes.publication import get_publication


def render_retour() -> html.Section | None:
    """The form; None when there is nothing to come back to."""
    autres = [p for p in list_publications(get_var()).to_dicts() if not p["courante"]]
    if not autres:
        return None
    return html.Section(
        [
            html.H2("Revenir à une publication précédente", id="donnees-retour-titre"),
            html.P(
                "Toutes les pages montreront aussitôt cette publication, et ses chargements. Rien n'est effacé\u00a0: "
                "on peut revenir à la plus récente de la même façon.",
                className="px-phrase",
            ),
            html.Div(
                [
                    dmc.Select(
                        id="donnees-retour-version",
                        label="Publication",
                        placeholder="Choisir",
                        data=[
                            {
                                "value": p["version"],
                                "label": f"{format_horodatage(p['publie_le'])} "
                                f"({format_pluriel(p['chargements'], 'chargement')})",
                            }
                            for p in autres
                        ],
                        w={"base": "100%", "sm": 340},
                    ),
                    dmc.Select(
                        id="donnees-retour-auteur",
                        label="À quel titre\u00a0?",
                        placeholder="Choisir",
                        data=list(ROLES),
                        w={"base": "100%", "sm": 240},
                    ),
                    dmc.TextInput(
                        id="donnees-retour-raison",
                        label="Pourquoi\u00a0?",
                        placeholder="La raison est gardée avec la date",
                        className="px-large",
                    ),
                    dmc.Button("Revenir à cette publication", id="donnees-retour-bouton", variant="outline"),
                ],
                className="px-barre",
            ),
            html.Div(id="donnees-retour-message", role="status"),
        ],
        className="px-bloc",
        **{"aria-labelledby": "donnees-retour-titre"},
    )


def render_retours() -> html.Section | None:
    """The returns made; None when there is none."""
    retours = list_retours(get_var())
    if not retours:
        return None
    return html.Section(
        [
            html.H2("Retours en arrière", id="donnees-retours-titre"),
            html.Div(
                render_table(build_tableau_retours(retours)),
                className="px-table-cadre",
                tabIndex=0,
                role="group",
                **{"aria-label": "Tableau\u00a0: retours en arrière"},
            ),
        ],
        className="px-bloc",
        **{"aria-labelledby": "donnees-retours-titre"},
    )


def rollback(version: str | None, auteur: str | None, raison: str | None) -> str:
    """Serve a publication kept and note who asked for it and why; the version now served.

    Raises:
        data.journal.RetourRefuseError: no role or no reason.
        TravailImpossibleError: unknown publication, one this version of the application cannot read, or see
            ``components.travaux.run_etl``.
    """
    var = get_var()
    if version not in list_publications(var).filter(courante=False)["version"]:
        raise TravailImpossibleError("Choisissez l'une des publications gardées.")
    retour = build_retour(get_publication().version, str(version), auteur, raison)
    try:
        Lecture(get_publications(var) / retour.vers)
    except BaseIndisponibleError as erreur:
        raise TravailImpossibleError(
            f"Cette publication ne peut plus être affichée\u00a0: rien n'a changé. {erreur}"
        ) from None
    reponse = run_etl(["rollback", retour.vers])
    if reponse.erreur is not None:
        raise TravailImpossibleError(reponse.erreur)
    add_retour(var, retour)
    return retour.vers
