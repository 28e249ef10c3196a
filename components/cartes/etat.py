"""The state of the page « Cartes »: what the address says, and the view it makes."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from components.etat import Etat
from components.figures.formats import format_liste
from components.textes.cartes import NIVEAUX, format_obstacle
from components.vue_carte import Vue, build_vue, get_code_periode
from data.catalogue import load_catalogue
from data.proches import find_proches
from data.requetes import territoires


class EtatCartes(Etat):
    """State of the page. ``periode`` empty is the one a map opens on; ``territoire`` is a code of the level."""

    indicateur: str = territoires.INDICATEUR_PAR_DEFAUT
    niveau: Literal["region", "departement", "caisse"] = "caisse"
    periode: str = ""
    territoire: str = ""
    lissage: Literal["oui", "non"] = "non"

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, code: str) -> str:
        cartographies = territoires.list_indicateurs()
        if code in cartographies:
            return code
        definitions = load_catalogue().indicateur_par_code
        if code in definitions:
            raise ValueError(
                f"« {definitions[code].titre_court} » n'a pas de valeur par caisse, par département ni par région"
            )
        proches = find_proches(code, {c: definitions[c].titre_court for c in cartographies})
        raise ValueError(
            f"aucun indicateur cartographié ne porte le code « {code} » ; les plus proches sont {format_liste(proches)}"
        )


def resolve_vue(etat: EtatCartes) -> tuple[Vue, str, list[str]]:
    """The view of a state, the code of its territory, and a French message for each part that cannot be shown."""
    vue = build_vue(etat.indicateur, etat.niveau, etat.periode, lisser=etat.lissage == "oui")
    problemes = []
    if etat.niveau not in {vue.niveau.code, EtatCartes.model_fields["niveau"].default}:
        problemes.append(
            f"« {vue.grandeur.titre} » n'est pas connu par {NIVEAUX[etat.niveau].singulier} : la carte est par "
            f"{vue.niveau.singulier}."
        )
    if etat.periode and etat.periode != vue.code_periode:
        problemes.append(f"Aucune valeur pour la période « {etat.periode} » : {vue.grandeur.periode} est affichée.")
    if etat.lissage == "oui" and vue.obstacle:
        problemes.append(format_obstacle(vue.obstacle, vue.niveau))
    if etat.territoire and etat.territoire not in vue.valeurs["code"].to_list():
        problemes.append(
            f"Aucun territoire de ce niveau ({vue.niveau.singulier}) ne porte le code « {etat.territoire} »."
        )
        return vue, "", problemes
    return vue, etat.territoire, problemes


def build_etat(vue: Vue, territoire: str) -> EtatCartes:
    """The state of a view: the period it opens on goes without saying."""
    ouverture = get_code_periode(vue.code, vue.niveau.code)
    return EtatCartes.model_validate(
        {
            "indicateur": vue.code,
            "niveau": vue.niveau.code,
            "periode": "" if vue.code_periode == ouverture else vue.code_periode,
            "territoire": territoire,
            "lissage": "oui" if vue.lissage else "non",
        }
    )
