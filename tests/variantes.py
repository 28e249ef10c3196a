"""Barèmes made for a test from another one."""

from __future__ import annotations

from data.bareme import Bareme


def update_cible(bareme: Bareme, code: str, **champs: object) -> Bareme:
    """The same barème with another target for one indicateur or component (``socle``, ``objectif``, ``forme``…)."""
    assert code in set(bareme.list_codes())
    brut = bareme.model_dump()
    for domaine in brut["domaines"]:
        for indicateur in domaine["indicateurs"]:
            for porteur in (indicateur, *indicateur["composantes"]):
                if porteur["code"] == code:
                    porteur.update(champs)
    return Bareme.model_validate(brut)
