"""The bloc: its table twin opens, or stays empty when its body is itself the table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dash import html

from components.bloc import render_bloc
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
    bloc = render_bloc("essai", CONTENU, corps=html.Div("corps"), jumeau=jumeau)
    details = [e for e in bloc.children if isinstance(e, html.Details)]
    assert len(details) == int(jumeau)
    texte = lire_texte([e for e in bloc.children if not hasattr(e, "data")])
    assert ("Ain" in texte) is jumeau
    for role in ("bloc-ouvrir", "bloc-table", "bloc-csv"):  # what the callbacks of a bloc look for
        assert f'"role": "{role}"' in texte
