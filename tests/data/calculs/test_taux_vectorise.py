"""Taux de réussite of a frame: held equal to the scalar function, and its own refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs import compute_taux_frame, compute_taux_reussite
from data.calculs.taux_vectorise import COLONNES_TAUX
from data.modele import Forme

_PETITS = st.one_of(st.none(), st.integers(-4, 4).map(float))
_JOURS = st.one_of(st.none(), st.dates(dt.date(2023, 1, 28), dt.date(2023, 7, 2)))
_LIGNES = st.fixed_dictionaries(
    {
        "code_indicateur": st.just("x"),
        "forme": st.sampled_from(["step", *(f.value for f in Forme if f is not Forme.COMPOSITE)]),
        "sens": st.sampled_from([None, "haut", "bas", "neutre"]),
        "valeur": _PETITS,
        "valeur_date": _JOURS,
        "socle": _PETITS,
        "objectif": _PETITS,
        "date_socle": _JOURS,
        "date_objectif": _JOURS,
        "reference": _PETITS,
        "ecart": st.sampled_from([None, "socle", "points", "pourcent"]),
        "regle_egalite": st.sampled_from([None, "erreur", "seuil"]),
        "borne_basse": _PETITS,
        "borne_haute": _PETITS,
        "tolerance": st.sampled_from([None, 0.0, 2.0]),
        "decote_mensuelle": st.sampled_from([None, 0.1, 0.4]),
        "paliers": st.sampled_from(
            [[{"seuil": 1.0, "taux": 0.5}, {"seuil": 3.0, "taux": 1.0}], [{"seuil": 2.0, "taux": 0.75}]]
        ),
    }
)


def _compute_scalaire(ligne: dict[str, Any]) -> float | str | None:
    en_dates = ligne["forme"] == "date"
    noms = ("valeur_date", "date_socle", "date_objectif") if en_dates else ("valeur", "socle", "objectif")
    options = {
        c: ligne[c]
        for c in ("reference", "ecart", "regle_egalite", "borne_basse", "borne_haute", "tolerance", "decote_mensuelle")
    }
    paliers = [(p["seuil"], p["taux"]) for p in ligne["paliers"]]
    try:
        return compute_taux_reussite(
            *(ligne[n] for n in noms), sens=ligne["sens"], forme=ligne["forme"], paliers=paliers, **options
        )
    except ValueError:
        return "refus"


@settings(max_examples=150, deadline=None)
@given(st.lists(_LIGNES, min_size=1, max_size=8))
def test_la_frame_vaut_la_fonction(lignes: list[dict[str, Any]]) -> None:
    attendus = [_compute_scalaire(ligne) for ligne in lignes]
    frame = pl.DataFrame(lignes, schema=COLONNES_TAUX)
    if "refus" in attendus:
        seules = [frame[i] for i, attendu in enumerate(attendus) if attendu == "refus"]
        for seule in seules:
            with pytest.raises(ValueError, match="indicateur x"):
                compute_taux_frame(seule)
        frame = frame.filter(pl.Series([a != "refus" for a in attendus]))
        attendus = [a for a in attendus if a != "refus"]
    obtenus = compute_taux_frame(frame)
    assert obtenus["taux_reussite"].to_list() == pytest.approx(attendus, abs=1e-12)
    assert obtenus.drop("taux_reussite", "taux_non_plafonne").equals(frame)


def test_frame_non_plafonnee() -> None:
    frame = compute_taux_frame(pl.DataFrame({"valeur": [12.0, -1.0], "socle": [0.0, 0.0], "objectif": [10.0, 10.0]}))
    assert frame["taux_non_plafonne"].to_list() == [1.2, -0.1]
    assert frame["taux_reussite"].to_list() == [1.0, 0.0]


def test_frame_a_l_heure_pres() -> None:
    # What a database gives for a date: a day at midnight.
    colonnes = {"forme": ["date"], "valeur_date": [dt.datetime(2023, 7, 15)], "decote_mensuelle": [0.2]}  # noqa: DTZ001
    frame = compute_taux_frame(pl.DataFrame(colonnes | {"date_objectif": [dt.date(2023, 6, 30)]}))
    assert frame["taux_reussite"].to_list() == [0.8]


@pytest.mark.parametrize(
    ("colonnes", "message"),
    [
        ({"valeur": ["douze"]}, "des nombres sont attendus"),
        ({"valeur_date": ["hier"]}, "des dates sont attendues"),
        ({"valeur": [1e308], "socle": [0.0], "objectif": [1.0]}, "plausible"),
        ({"valeur": [float("nan")], "socle": [0.0], "objectif": [1.0]}, "plausible"),
        ({"forme": ["exponentielle"]}, "forme inconnue"),
        ({"sens": ["dessus"]}, "sens inconnu"),
        ({"forme": ["composite"]}, "composantes"),
        ({"forme": ["relatif_passe"], "ecart": ["fois"]}, "écart inconnu"),
        ({"regle_egalite": ["marche"]}, "règle d'égalité inconnue"),
    ],
)
def test_frame_refusee(colonnes: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_taux_frame(pl.DataFrame(colonnes))
