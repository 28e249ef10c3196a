"""Sending a file: the zone where it is dropped, its report, the confirmation, and what the publication did."""

from __future__ import annotations

from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from components.donnees.depot import EXTENSIONS, TAILLE_MAX_MO, Depot, find_annote, remove_depot
from components.donnees.rapport import can_accept, can_publish, render_rapport
from components.donnees.roles import ROLES
from components.figures.formats import INSECABLE
from components.textes.donnees import build_succes
from components.travaux import Reponse, TravailImpossibleError, run_etl
from data.chemins import get_var
from data.requetes.publication import get_publication

ATTENTE_CONTROLE: Final = "Contrôle du fichier en cours…"
ATTENTE_PUBLICATION: Final = "Publication en cours… Les pages restent consultables."


def render_zone() -> html.Section:
    """Where a file is dropped or chosen (``assets/donnees.js`` sends it), and what comes next."""
    return html.Section(
        [
            html.H2("Déposer un fichier de résultats", id="donnees-depot-titre"),
            html.Div(
                [
                    html.P("Déposez le fichier ici, ou"),
                    html.Button("Choisir un fichier", id="donnees-choisir", className="px-bouton"),
                    html.P(
                        f"{', '.join(EXTENSIONS)} · {TAILLE_MAX_MO}{INSECABLE}Mo au plus · un fichier à la fois",
                        className="px-mention",
                        id="donnees-limites",
                    ),
                ],
                id="donnees-zone",
                className="px-depot",
                **{"data-extensions": ",".join(EXTENSIONS), "data-mo": str(TAILLE_MAX_MO)},
            ),
            html.P(
                "Rien n'est publié sans votre confirmation. Chaque ligne est contrôlée\u00a0: elle devient une valeur, "
                "ou un rejet avec sa raison.",
                className="px-phrase",
            ),
            html.P(id="donnees-depot-message", role="alert", className="px-depot-message"),
            html.P(id="donnees-attente", role="status", className="px-attente"),
            html.Div(id="donnees-rapport"),
            html.Div(id="donnees-resultat", role="status"),
            dcc.Store(id="donnees-depot"),
        ],
        className="px-bloc",
        **{"aria-labelledby": "donnees-depot-titre"},
    )


def check_depot(depot: Depot, periode: str | None = None) -> Reponse:
    """Control a file that waits; its annotated twin is written beside it.

    Args:
        depot: the file.
        periode: of its results, when it does not say it.

    Raises:
        TravailImpossibleError: see ``components.travaux.run_etl``.
    """
    return run_etl(["check", str(depot.chemin), "--annote", str(depot.annotes), *_format_periode(periode)])


def _format_periode(periode: str | None) -> list[str]:
    # One word: a text that starts with a dash stays a value.
    return [f"--periode={periode.strip()}"] if periode and periode.strip() else []


def render_controle(depot: Depot, reponse: Reponse) -> html.Div:
    """The report of a file that waits and, when it can be published, the confirmation."""
    if reponse.erreur is not None:
        return render_refus(reponse.erreur)
    rapport = reponse.contenu["fichiers"][0]
    annote = f"/donnees/depot/{depot.jeton}/annote" if find_annote(get_var(), depot.jeton) else None
    return html.Div([render_rapport(rapport, annote), _render_periode(rapport), _render_confirmation(rapport)])


def find_refus_periode(reponse: Reponse) -> str | None:
    """Why a control with a given period did not run: the report before it is still true. None when it did."""
    if reponse.erreur is not None:
        return reponse.erreur
    rapport = reponse.contenu["fichiers"][0]
    return str(rapport["motif"]) if rapport["verdict"] == "illisible" else None


def _render_periode(rapport: dict[str, Any]) -> html.Div:
    """The period of a file that does not say it: asked for, or as it was given; hidden for the other files."""
    source = rapport.get("source") or {}
    precisions = source.get("precisions") or {}
    attendue = "periode" in (source.get("a_preciser") or []) or "periode" in precisions
    return html.Div(
        [
            html.P("Le fichier ne dit pas sa période. Écrivez 2022, 2022-03, T1 2022…", className="px-phrase"),
            dmc.TextInput(
                id="donnees-periode",
                label="Période des résultats",
                value=precisions.get("periode", ""),
                w={"base": "100%", "sm": 260},
            ),
            html.Div(
                dmc.Button("Contrôler avec cette période", id="donnees-preciser", variant="default"),
                className="px-suites",
            ),
            dcc.Store(id="donnees-precisee", data=precisions.get("periode")),
        ],
        className="px-confirmation",
        hidden=not attendue,
    )


def _format_refus(rapport: dict[str, Any]) -> str:
    """Why there is nothing to publish, and what to do."""
    if rapport["verdict"] == "referentiel":
        return "Il n'y a rien à publier\u00a0: la comparaison ci-dessus est tout ce que ce fichier permet."
    if "periode" in ((rapport.get("source") or {}).get("a_preciser") or []):
        return "Donnez la période ci-dessus\u00a0: le fichier sera contrôlé de nouveau, puis pourra être publié."
    return "Rien ne peut être publié tel quel. Corrigez le fichier, puis déposez-le de nouveau."


def _render_confirmation(rapport: dict[str, Any]) -> html.Div:
    accepte = can_accept(rapport)
    publier = can_publish(rapport) or accepte
    if not publier:
        return html.Div(
            [
                html.P(_format_refus(rapport)),
                _render_boutons(publier=False),
                *_render_absents(),
            ],
            className="px-confirmation",
        )
    return html.Div(
        [
            dmc.Select(
                id="donnees-auteur",
                label="À quel titre publiez-vous\u00a0?",
                placeholder="Choisir",
                data=list(ROLES),
                w={"base": "100%", "sm": 260},
            ),
            _render_boutons(publier=True, proposition=accepte),
            dcc.Store(id="donnees-proposition", data=accepte),
        ],
        className="px-confirmation",
    )


def _render_absents() -> list[Any]:
    """What the callback of publishing reads, when there is nothing to publish."""
    return [
        html.Div(dmc.Select(id="donnees-auteur", data=list(ROLES)), hidden=True),
        dcc.Store(id="donnees-proposition", data=False),
    ]


def _render_boutons(*, publier: bool, proposition: bool = False) -> html.Div:
    mots = "Publier avec cette correspondance" if proposition else "Publier ces données"
    return html.Div(
        [
            html.Div(dmc.Button(mots, id="donnees-publier"), hidden=not publier),
            dmc.Button("Abandonner ce fichier", id="donnees-annuler", variant="default"),
        ],
        className="px-suites",
    )


def publish_depot(depot: Depot, auteur: str | None, *, proposition: bool, periode: str | None = None) -> Reponse:
    """Load a file that waits and publish; it is then forgotten, the journal keeps it.

    Args:
        depot: the file.
        auteur: one of ``ROLES``.
        proposition: accept the guessed mapping.
        periode: the one the file was controlled with, when it does not say it.

    Raises:
        TravailImpossibleError: no role, or see ``components.travaux.run_etl``.
    """
    if auteur not in ROLES:
        raise TravailImpossibleError("Dites à quel titre vous publiez\u00a0: le journal le garde.")
    arguments = ["load", str(depot.chemin), "--auteur", auteur, *_format_periode(periode)]
    reponse = run_etl([*arguments, "--accepter-proposition"] if proposition else arguments)
    if reponse.code == 0:
        remove_depot(get_var(), depot.jeton)
    return reponse


def render_publication(reponse: Reponse) -> html.Div:
    """What the publication did, or why it was refused."""
    publication = reponse.contenu.get("publication")
    if publication is None:
        return render_refus(reponse.erreur or "Un contrôle interdit de publier ce fichier\u00a0: rien n'a changé.")
    servie = get_publication()
    return html.Div(
        [
            html.P(
                [
                    html.Span("✓", className="px-verdict-symbole", **{"aria-hidden": "true"}),
                    html.Strong(build_succes(publication["version"], servie.publie_le, publication["inchangee"])),
                ]
            ),
            html.P(
                [
                    dcc.Link("Voir les envois", href="/donnees?vue=chargements"),
                    dcc.Link("Voir la fraîcheur", href="/donnees"),
                ],
                className="px-suites",
            ),
        ],
        className="px-verdict-fichier px-verdict-fichier-mieux",
    )


def render_refus(message: str) -> html.Div:
    """An error in words."""
    return html.Div(
        html.P(
            [html.Span("✕", className="px-verdict-symbole", **{"aria-hidden": "true"}), html.Strong(message)],
        ),
        className="px-verdict-fichier px-verdict-fichier-moins",
        role="alert",
    )
