"""What a definition says of how an indicateur is judged."""

from __future__ import annotations

import pytest

from data.catalogue import load_catalogue
from data.modele import Comparateur, Indicateur, Referentiel


def _build(**champs: object) -> Indicateur:
    """A valid definition, spoilt or completed by ``champs``."""
    modele = load_catalogue().get_indicateur("couverture_population_cpts").model_dump(exclude={"comparateur"})
    return Indicateur.model_validate(modele | champs)


@pytest.mark.parametrize(
    ("statistique", "comparateur"),
    [
        ("taux", Comparateur.ENTONNOIR),
        ("ratio", Comparateur.INTERVALLE),
        ("d9", Comparateur.SPC),
        ("moyenne", Comparateur.SPC),
        ("date", Comparateur.AUCUN),
        ("oui_non", Comparateur.AUCUN),
    ],
)
def test_comparateur_suit_la_statistique(statistique: str, comparateur: Comparateur) -> None:
    assert _build(statistique=statistique).comparateur is comparateur


def test_comparateur_declare_l_emporte() -> None:
    assert _build(comparateur="spc").comparateur is Comparateur.SPC
    with pytest.raises(ValueError, match="comparateur"):
        _build(comparateur="boussole")


def test_le_contexte_ne_juge_pas() -> None:
    contexte = load_catalogue().list_indicateurs(Referentiel.CONTEXTE)
    assert len(contexte) == 13
    assert {i.comparateur for i in contexte} == {Comparateur.AUCUN}
