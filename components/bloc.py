"""The bloc: one chart with its title, sentence, mention, table twin and downloads.

Every chart of the product is a bloc, so that none forgets its unit, its source or
its table. A page renders it once (:func:`render_bloc`) and later sends only what
changed (:func:`list_sorties` with :func:`build_valeurs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import MATCH, Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update

from components.contenu import Colonne, Contenu, Tableau, format_simulation
from components.exports.tableur import export_csv, export_xlsx
from components.exports.tartan import export_tartan
from components.tableau import render_grille, render_table

CONFIG_GRAPHE: dict[str, Any] = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "topojsonURL": "/assets/topojson/",
}

AIDE_PARCOURS = "Au clavier\u00a0: flèches pour aller d'un point à l'autre, Début et Fin pour les extrêmes."
_GRILLE_A_PARTIR_DE = 30
_MIME_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _id(role: str, bloc: str) -> dict[str, str]:
    return {"role": f"bloc-{role}", "bloc": bloc}


def _build_contexte(contenu: Contenu) -> dict[str, Any]:
    """What downloads need, kept in the browser: texts and the table's plain values."""
    return {
        "titre": contenu.titre,
        "phrase": contenu.phrase,
        "mentions": contenu.mention.list_phrases(),
        "simulee": contenu.mention.simulee,
        "fichier": contenu.fichier,
        "colonnes": [dict(vars(colonne)) for colonne in contenu.tableau.colonnes],
        "lignes": list(contenu.tableau.lignes),
        "legende": contenu.tableau.legende,
        "cle_surlignee": contenu.tableau.cle_surlignee,
    }


def _load_tableau(contexte: dict[str, Any]) -> Tableau:
    """The table twin, from what the browser kept."""
    colonnes = tuple(Colonne(**colonne) for colonne in contexte["colonnes"])
    return Tableau(colonnes, contexte["lignes"], contexte["legende"], contexte["cle_surlignee"])


def _est_longue(tableau: Tableau) -> bool:
    """Whether a table is a grid, which sorts and filters, rather than plain HTML."""
    return len(tableau.lignes) > _GRILLE_A_PARTIR_DE


def _render_jumeau(bloc: str, tableau: Tableau) -> Any:
    """The table twin: plain HTML, or a grid when it is long."""
    return render_grille(_id("grille", bloc), tableau) if _est_longue(tableau) else render_table(tableau)


def _render_mention(contenu: Contenu) -> list[Any]:
    phrases: list[Any] = [html.P(phrase) for phrase in contenu.mention.list_phrases()]
    if contenu.mention.simulee:
        phrases.insert(0, html.P(html.Strong(format_simulation(contenu.mention.simulee), className="px-simulee")))
    return phrases


def _render_vide(contenu: Contenu) -> html.P | None:
    return html.P(contenu.vide, className="px-vide") if contenu.vide else None


def _build_style(contenu: Contenu, propriete: str) -> dict[str, Any]:
    """Height of a graph, or of its frame (reserved at once: the page never jumps); hidden when there is no figure."""
    if contenu.vide or contenu.figure is None:
        return {"display": "none"}
    return {propriete: contenu.figure.hauteur}


def _render_boutons_figure(bloc: str) -> list[html.Button]:
    # « px-image »: the style sheet hides them while the bloc says why there is nothing to draw.
    return [
        html.Button("PNG", id=_id("png", bloc), className="px-lien px-image", title="Télécharger l'image PNG"),
        html.Button("SVG", id=_id("svg", bloc), className="px-lien px-image", title="Télécharger l'image SVG"),
    ]


def _render_actions(bloc: str, boutons: Sequence[html.Button]) -> html.Div:
    donnees = [
        html.Button("CSV", id=_id("csv", bloc), className="px-lien", title="Télécharger les données (CSV)"),
        html.Button("Excel", id=_id("xlsx", bloc), className="px-lien", title="Télécharger les données (Excel)"),
    ]
    return html.Div(
        [html.Span("Télécharger", className="px-actions-titre"), *boutons, *donnees],
        className="px-actions",
        role="group",
        **{"aria-label": "Téléchargements"},
    )


def _render_cadre_jumeau(bloc: str, titre: str, table: Any, *, ouvert: bool, montre: bool) -> html.Details | html.Div:
    """Where the table twin opens. Not shown, it stays empty: the callbacks of a bloc still find its parts."""
    ouvrir = html.Summary("Voir le tableau", id=_id("ouvrir", bloc), n_clicks=int(ouvert))
    cadre = html.Div(
        table if montre else None,
        id=_id("table", bloc),
        className="px-table-cadre",
        tabIndex=0,  # a table wider than its frame scrolls, from the keyboard too
        role="group",
        **{"aria-label": f"Tableau\u00a0: {titre}"},
    )
    if not montre:
        return html.Div([html.Span(id=ouvrir.id), cadre], hidden=True)
    return html.Details([ouvrir, cadre], open=ouvert, className="px-jumeau")


def render_bloc(
    bloc: str,
    contenu: Contenu,
    *,
    corps: Any = None,
    boutons: Sequence[html.Button] = (),
    table_ouverte: bool = False,
    jumeau: bool = True,
    parcours: bool = False,
) -> html.Section:
    """Render a bloc for the first time.

    Args:
        bloc: identifier, unique in the page (« scores-distribution »).
        contenu: what it says.
        corps: replaces the Plotly graph (the map).
        boutons: downloads of that body, beside the CSV and Excel files; a Plotly graph brings its own PNG and SVG.
        table_ouverte: show the table twin at once, when the table is the message.
        jumeau: false when that body is itself the table; the CSV stays.
        parcours: the dots of the figure can be walked by keyboard (``assets/parcours.js``), in the order of the ``ids``
            of its traces; a live region reads each one.
    """
    titre = f"{bloc}-titre"
    # Closed, it is drawn once the reader opens it: cell by cell, the tables would cost more than the charts.
    table = _render_jumeau(bloc, contenu.tableau) if jumeau and table_ouverte else None
    graphe = corps
    if corps is None and contenu.figure is not None:
        boutons = _render_boutons_figure(bloc)
        graphe = dcc.Graph(
            id=_id("figure", bloc),
            figure=contenu.figure,
            config=CONFIG_GRAPHE,
            style=_build_style(contenu, "height"),
        )
    elements: list[Any] = [
        html.Div(
            [html.H2(contenu.titre, id=titre), _render_actions(bloc, boutons)],
            className="px-bloc-tete",
        ),
        html.P(contenu.phrase, id=_id("phrase", bloc), className="px-phrase"),
        html.Div(_render_vide(contenu), id=_id("vide", bloc)),
    ]
    if graphe is not None:
        marche = {"tabIndex": "0", "aria-describedby": f"{bloc}-parcours"} if parcours else {}
        elements.append(
            html.Div(
                graphe,
                id=_id("cadre", bloc),
                role="application" if parcours else "group",
                className="px-graphe px-parcours" if parcours else "px-graphe",
                style=None if corps is not None else _build_style(contenu, "minHeight"),
                **{"aria-labelledby": titre, **marche},
            )
        )
        if parcours:
            elements.append(html.P(AIDE_PARCOURS, id=f"{bloc}-parcours", className="px-parcours-voix", role="status"))
    elements += [
        _render_cadre_jumeau(bloc, contenu.titre, table, ouvert=table_ouverte, montre=jumeau),
        html.Div(_render_mention(contenu), id=_id("mention", bloc), className="px-mention"),
        dcc.Store(id=_id("contexte", bloc), data=_build_contexte(contenu)),
        dcc.Store(id=_id("image", bloc)),
        dcc.Download(id=_id("fichier", bloc)),
    ]
    return html.Section(elements, id=f"bloc-{bloc}", className="px-bloc", **{"aria-labelledby": titre})


def list_sorties(bloc: str, *, figure: bool = True) -> list[Output]:
    """Outputs a page's callback fills, in the order of :func:`build_valeurs`."""
    sorties = [
        Output(f"{bloc}-titre", "children"),
        Output(_id("phrase", bloc), "children"),
        Output(_id("vide", bloc), "children"),
        Output(_id("table", bloc), "children"),
        Output(_id("mention", bloc), "children"),
        Output(_id("contexte", bloc), "data"),
    ]
    if not figure:
        return sorties
    return [
        *sorties,
        Output(_id("figure", bloc), "figure"),
        Output(_id("figure", bloc), "style"),
        Output(_id("cadre", bloc), "style"),
    ]


def build_valeurs(bloc: str, contenu: Contenu, *, figure: bool = True, jumeau: bool = True) -> list[Any]:
    """Values for :func:`list_sorties`; ``jumeau`` as given to :func:`render_bloc`."""
    valeurs = [
        contenu.titre,
        contenu.phrase,
        _render_vide(contenu),
        render_table(contenu.tableau) if jumeau and not _est_longue(contenu.tableau) else None,
        _render_mention(contenu),
        _build_contexte(contenu),
    ]
    if not figure:
        return valeurs
    return [
        *valeurs,
        contenu.figure if contenu.figure is not None else no_update,
        _build_style(contenu, "height"),
        _build_style(contenu, "minHeight"),
    ]


@callback(
    Output({"role": "bloc-table", "bloc": MATCH}, "children", allow_duplicate=True),
    Input({"role": "bloc-ouvrir", "bloc": MATCH}, "n_clicks"),
    Input({"role": "bloc-contexte", "bloc": MATCH}, "data"),
    State({"role": "bloc-contexte", "bloc": MATCH}, "id"),
    prevent_initial_call=True,
)
def render_bloc_jumeau(ouvertures: int, contexte: dict[str, Any], identifiant: dict[str, str]) -> Any:
    """Draw the table twin once it has been opened, and again when its rows change."""
    return _render_jumeau(identifiant["bloc"], _load_tableau(contexte)) if ouvertures else no_update


@callback(
    Output({"role": "bloc-fichier", "bloc": MATCH}, "data"),
    Input({"role": "bloc-csv", "bloc": MATCH}, "n_clicks"),
    Input({"role": "bloc-xlsx", "bloc": MATCH}, "n_clicks"),
    State({"role": "bloc-contexte", "bloc": MATCH}, "data"),
    prevent_initial_call=True,
)
def export_bloc_tableau(_csv: int | None, _xlsx: int | None, contexte: dict[str, Any]) -> dict[str, Any]:
    """Send the table twin of a bloc as a CSV or an Excel file, as the button pressed asks."""
    export = export_bloc_xlsx if ctx.triggered_id["role"] == "bloc-xlsx" else export_bloc_csv
    return export(contexte)


def export_bloc_csv(contexte: dict[str, Any]) -> dict[str, Any]:
    """The CSV file of what the browser kept of a bloc, ready for its download."""
    tableau, titre = _load_tableau(contexte), contexte["titre"]
    marque = format_simulation(contexte["simulee"]).lower()
    contenu = export_csv(
        [(colonne.champ, colonne.entete) for colonne in tableau.colonnes],
        tableau.lignes,
        titre if marque in titre else f"{titre} ({marque})",
        contexte["mentions"],
    )
    envoi: dict[str, Any] = dcc.send_bytes(contenu, f"{contexte['fichier']}.csv", type="text/csv")
    return envoi


def export_bloc_xlsx(contexte: dict[str, Any]) -> dict[str, Any]:
    """The Excel file of what the browser kept of a bloc, ready for its download."""
    tableau = _load_tableau(contexte)
    export = export_tartan if any(colonne.etat for colonne in tableau.colonnes) else export_xlsx
    contenu = export(
        tableau,
        contexte["titre"],
        contexte["phrase"],
        contexte["mentions"],
        simulee=contexte["simulee"],
    )
    envoi: dict[str, Any] = dcc.send_bytes(contenu, f"{contexte['fichier']}.xlsx", type=_MIME_XLSX)
    return envoi


clientside_callback(
    "function(png, svg, figure, contexte) { return window.parangon.exporter_figure(png, svg, figure, contexte); }",
    Output({"role": "bloc-image", "bloc": MATCH}, "data"),
    Input({"role": "bloc-png", "bloc": MATCH}, "n_clicks"),
    Input({"role": "bloc-svg", "bloc": MATCH}, "n_clicks"),
    State({"role": "bloc-figure", "bloc": MATCH}, "figure"),
    State({"role": "bloc-contexte", "bloc": MATCH}, "data"),
    prevent_initial_call=True,
)
