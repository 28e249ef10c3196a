"""URL state: round trip, only differences, problems said in French."""

import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import field_validator

from components.etat import Etat, read_etat


class EtatEssai(Etat):
    groupe: Literal["type", "region"] = "type"
    organisme: str | None = None
    annees: tuple[int, ...] = ()

    @field_validator("organisme")
    @classmethod
    def _check(cls, valeur: str | None) -> str | None:
        if valeur == "999":
            raise ValueError("aucun organisme ne porte le code «\u00a0999\u00a0».")
        return valeur


def test_defauts_absents_de_l_adresse() -> None:
    assert EtatEssai().format_requete() == ""
    assert EtatEssai(organisme="011", annees=(2022, 2023)).format_requete() == "?organisme=011&annees=2022,2023"


@given(
    st.sampled_from(["type", "region"]),
    st.none() | st.text(st.characters(categories=["L", "N"]), min_size=1).filter(lambda t: t != "999"),
    st.lists(st.integers(2000, 2100)).map(tuple),
)
def test_aller_retour(groupe: str, organisme: str | None, annees: tuple[int, ...]) -> None:
    from urllib.parse import parse_qsl

    etat = EtatEssai.model_validate({"groupe": groupe, "organisme": organisme, "annees": annees})
    relu, problemes = read_etat(EtatEssai, dict(parse_qsl(etat.format_requete().removeprefix("?"))))
    assert problemes == []
    assert relu == etat


@pytest.mark.parametrize(
    ("parametres", "extrait"),
    [
        ({"groupe": "x"}, "valeurs possibles : « type » ou « region »"),
        ({"groupe": "x"}, "Valeur « x » refusée pour « groupe » : "),
        ({"organisme": "999"}, "aucun organisme ne porte le code « 999 »"),
        ({"inconnu": "1"}, "« inconnu » n'existe pas sur cette page"),
        ({"annees": "deux"}, "un nombre entier est attendu"),
    ],
)
def test_problemes_en_francais(parametres: dict[str, str], extrait: str) -> None:
    etat, problemes = read_etat(EtatEssai, parametres)
    assert etat == EtatEssai()
    assert len(problemes) == 1
    assert extrait in problemes[0].replace("\u00a0", " ")
    assert not re.search("« | [»:]", problemes[0])  # no-break spaces only


def test_choix_nombreux_ou_numeriques() -> None:
    class EtatChoix(Etat):
        groupe: Literal["a", "b", "c"] = "a"
        annee: Literal[2022, 2023] = 2023

    _, problemes = read_etat(EtatChoix, {"groupe": "x", "annee": "2021"})
    trois, annees = (p.replace("\u00a0", " ") for p in problemes)
    assert "valeurs possibles : « a », « b » ou « c »." in trois
    assert "valeurs possibles : 2022 ou 2023." in annees


def test_un_parametre_faux_n_emporte_pas_les_autres() -> None:
    etat, problemes = read_etat(EtatEssai, {"groupe": "region", "organisme": "999"})
    assert etat.groupe == "region"
    assert len(problemes) == 1
