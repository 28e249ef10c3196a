"""The view of a map: what its jeton names, and where its figures come from."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from components.vue_carte import build_contenu, build_jeton, build_peinture, find_simulation, read_vue
from data.calculs.ensemble import Regle
from data.magasin import Lecture

SEGUR, CPTS = "loc_campagne_segur", "couverture_population_cpts"


def test_nature_des_valeurs() -> None:
    assert find_simulation(pl.DataFrame({"nature": ["simulee", None]})) is True
    assert find_simulation(pl.DataFrame({"nature": ["publiee", None]})) is False
    assert find_simulation(pl.DataFrame({"nature": ["publiee", "simulee"]})) == "partie"
    assert find_simulation(pl.DataFrame({"nature": [None]}, schema={"nature": pl.String})) is False


@pytest.mark.parametrize("niveau", ["caisse", "departement", "region"])
def test_le_jeton_redonne_la_vue(publication: Lecture, niveau: str) -> None:
    for lissee in (False, True):
        vue = read_vue(build_jeton(SEGUR, niveau, "2023-11", lissee=lissee))
        assert (vue.code, vue.niveau.code, vue.code_periode) == (SEGUR, niveau, "2023-11")
        assert (vue.lissage is not None) is (lissee and niveau != "region")
        assert read_vue(vue.jeton).jeton == vue.jeton
        assert vue.regle is (None if niveau == "caisse" else Regle.RAPPORT)


def test_bulles_d_un_departement_lisse(publication: Lecture) -> None:
    vue = read_vue(f"{SEGUR}|departement|2023-11|lissage")
    rang = vue.valeurs["code"].to_list().index("59")
    note = build_peinture(vue).notes[rang].replace("\u00a0", " ")
    assert note.startswith("valeur lissée, ")
    assert note.endswith(" % avant lissage (4 caisses réunies)")


def test_table_dit_numerateur_ou_population(publication: Lecture) -> None:
    """Numerators of territories count inhabitants; those of an indicateur of the caisses count its cases."""
    territoires = [c.titre for c in build_contenu(read_vue(f"{CPTS}|departement|2023")).tableau.colonnes]
    assert "Population concernée" in territoires
    assert "Numérateur" not in territoires
    cas = [c.titre for c in build_contenu(read_vue(f"{SEGUR}|departement|2023")).tableau.colonnes]
    assert {"Numérateur", "Dénominateur", "Population", "Caisses"} <= set(cas)
    assert "Nature" not in cas  # all of them simulated, and said once


def test_valeurs_en_partie_simulees(publication: Lecture) -> None:
    vue = read_vue(f"{SEGUR}|caisse|2023")
    publiee = vue.valeurs.with_columns(
        nature=pl.when(pl.col("code") == "011").then(pl.lit("publiee")).otherwise("nature")
    )
    contenu = build_contenu(replace(vue, valeurs=publiee, simulee=find_simulation(publiee)))
    assert contenu.mention.simulee == "partie"
    natures = {ligne["nom"]: ligne["nature"] for ligne in contenu.tableau.lignes}
    assert natures["CPAM de l'Ain"] == "publiée"
    assert natures["CPAM de l'Aisne"] == "simulée"
