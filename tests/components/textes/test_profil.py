from __future__ import annotations

import polars as pl
import pytest

from components.textes.profil import build_phrase_tartan, build_vide_effectif, format_etats, list_notes_sens
from data.calculs.atteinte import Atteinte
from data.catalogue import load_catalogue

AAT = load_catalogue().get_indicateur("loc_aat_dematerialises")
IJ = load_catalogue().get_indicateur("loc_delai_premiere_ij_maladie")


def lire(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def build_frame(*etats: tuple[str, str, Atteinte | None]) -> pl.DataFrame:
    return pl.DataFrame(etats, schema=["code_organisme", "code_indicateur", "atteinte"], orient="row")


def test_phrase_du_tartan() -> None:
    frame = build_frame(
        ("011", AAT.code, Atteinte.ATTEINT), ("021", AAT.code, Atteinte.SOUS), ("031", AAT.code, Atteinte.NEUTRALISE),
        ("011", IJ.code, Atteinte.ENTRE), ("021", IJ.code, Atteinte.ATTEINT), ("031", IJ.code, Atteinte.NON_FOURNI),
    )  # fmt: skip
    assert lire(build_phrase_tartan(frame, 3, [AAT, IJ], "011")) == (
        "3 organismes, 2 indicateurs : objectif atteint 2 fois sur 4 (50 %). Le plus souvent sous le socle : AAT "
        "dématérialisés (1 organisme). L'organisme choisi, en tête : 1 sur 2."
    )


def test_phrase_sans_objectif() -> None:
    frame = build_frame(("011", AAT.code, None))
    assert "aucun n'a d'objectif" in build_phrase_tartan(frame, 1, [AAT], None)


@pytest.mark.parametrize(
    ("etats", "attendu"),
    [
        ({Atteinte.ATTEINT: 16}, "tous les objectifs sont atteints"),
        ({Atteinte.ATTEINT: 3, Atteinte.ENTRE: 2, Atteinte.SOUS: 0}, "2 entre socle et objectif"),
        ({Atteinte.NEUTRALISE: 1, Atteinte.NON_FOURNI: 2}, "1 neutralisé, 2 non fourni"),
    ],
)
def test_etats(etats: dict[Atteinte, int], attendu: str) -> None:
    assert format_etats(etats) == attendu


def test_sens_dit_une_fois() -> None:
    assert lire(" ".join(list_notes_sens([AAT, IJ]))) == (
        "Plus bas = mieux : 1re IJ maladie, délai moyen. Ailleurs, plus haut = mieux."
    )
    assert list_notes_sens([AAT]) == []


def test_vide_dit_quoi_faire() -> None:
    texte = lire(build_vide_effectif("CEIR NPP", 2))
    assert "2 pairs" in texte
    assert "au moins 5" in texte
    assert "groupe plus large" in texte
