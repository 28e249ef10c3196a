"""The bloc: its table twin opens, or stays empty when its body is itself the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from dash import html, no_update

from components.bloc import render_bloc, render_bloc_jumeau
from components.contenu import Colonne, Contenu, Mention, Tableau
from data.modele import Sens

CONTENU = Contenu(
    titre="Titre",
    phrase="Phrase.",
    mention=Mention("taux", "%", Sens.HAUT, "2023", "Note", "22/11/2026"),
    tableau=Tableau((Colonne("nom", "Nom"),), [{"nom": "Ain"}]),
)


@pytest.mark.parametrize("jumeau", [True, False])
def test_jumeau(jumeau: bool, lire_texte: Callable[[object], str]) -> None:
    bloc = render_bloc("essai", CONTENU, corps=html.Div("corps"), table_ouverte=True, jumeau=jumeau)
    details = [e for e in bloc.children if isinstance(e, html.Details)]
    assert len(details) == int(jumeau)
    texte = lire_texte([e for e in bloc.children if not hasattr(e, "data")])
    assert ("Ain" in texte) is jumeau
    for role in ("bloc-ouvrir", "bloc-table", "bloc-csv"):  # what the callbacks of a bloc look for
        assert f'"role": "{role}"' in texte


@pytest.mark.parametrize(("lignes", "attendu"), [(1, "Table"), (31, "AgGrid")])
def test_un_jumeau_ferme_n_est_dessine_qu_a_l_ouverture(
    lignes: int, attendu: str, lire_texte: Callable[[object], str]
) -> None:
    contenu = replace(CONTENU, tableau=replace(CONTENU.tableau, lignes=[{"nom": f"Ain {n}"} for n in range(lignes)]))
    bloc = render_bloc("essai", contenu, corps=html.Div("corps"))
    (details,) = (e for e in bloc.children if isinstance(e, html.Details))
    cadre = details.children[1]
    assert cadre.children is None
    contexte = next(e.data for e in bloc.children if hasattr(e, "data") and isinstance(e.data, dict))
    assert render_bloc_jumeau(0, contexte, {"bloc": "essai"}) is no_update
    ouvert = lire_texte(render_bloc_jumeau(1, contexte, {"bloc": "essai"}))
    assert f'"{attendu}"' in ouvert
    assert f"Ain {lignes - 1}" in ouvert
