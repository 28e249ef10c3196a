"""The state of the page « Barème »: what is being edited, what it changes, what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.bareme.effet import compute_apercu, list_chiffres, list_contenus
from components.bareme.lecture import Essai, Signalement, check_lignes
from components.bareme.lignes import CHAMPS, LIBELLES_FORME, list_lignes
from components.bareme.rendu import CHOIX, build_donnees_grille, format_proposition
from components.chiffres import Chiffre
from components.contenu import Contenu
from components.exports.bareme import export_bareme_xlsx, export_bareme_yaml
from components.textes import bareme as textes
from data.bareme import Bareme
from data.catalogue import load_catalogue
from data.controle_bareme import check_bareme
from data.fichier_bareme import build_donnees
from data.magasin import memorise
from data.modele import Portee, Referentiel, TypeOrganisme
from data.propositions import Proposition, get_publie, list_propositions
from data.requetes.resultats import ANNEE


@dataclass(frozen=True)
class Vue:
    """What the page shows of a trial: ``bareme`` is None while a fault prevents computing."""

    bareme: Bareme | None
    signalements: tuple[Signalement, ...]
    total: float | None
    chiffres: tuple[Chiffre, ...]
    contenus: tuple[Contenu, ...]


def list_types() -> list[str]:
    """Types that have a published barème, in its order; the CCSS are with the CPAM."""
    return [
        b.types_organisme[0].value
        for b in load_catalogue().baremes
        if (b.referentiel, b.annee, b.portee) == (Referentiel.INTERESSEMENT, ANNEE, Portee.LOCALE)
    ]


def get_bareme_publie(type_note: str) -> Bareme:
    """The published barème of a type."""
    return get_publie(TypeOrganisme(type_note), ANNEE)


def list_options(type_note: str) -> tuple[list[dict[str, str]], list[str]]:
    """Options of the choice of a starting point, and French messages about files that cannot be read."""
    registre = list_propositions(TypeOrganisme(type_note), ANNEE)
    options = [{"value": "", "label": "Barème publié"}]
    options += [{"value": p.identifiant, "label": format_proposition(p)} for p in registre.propositions]
    messages = [
        f"La proposition «\u00a0{nom}\u00a0» est illisible\u00a0: son fichier est gardé, faites-le vérifier."
        for nom in registre.illisibles
    ]
    return options, messages


def build_base(bareme: Bareme) -> dict[str, Any]:
    """The barème the rows started from, as the browser keeps it."""
    return build_donnees(bareme)


def read_base(donnees: Mapping[str, Any] | None, type_note: str) -> Bareme:
    """The barème the rows started from; the published one if the browser holds anything else."""
    publie = get_bareme_publie(type_note)
    if donnees == _build_base_publiee(type_note):  # as most often: nothing to check again
        return publie
    return check_bareme(donnees, load_catalogue(), publie).bareme or publie


@memorise
def _build_base_publiee(type_note: str) -> dict[str, Any]:
    return build_base(get_bareme_publie(type_note))


def list_depart(type_note: str, proposition: Proposition | None) -> tuple[Bareme, list[dict[str, str]]]:
    """A starting point and its rows."""
    bareme = proposition.bareme if proposition is not None else get_bareme_publie(type_note)
    return bareme, build_donnees_grille(bareme, type_note)


def build_vue(type_note: str, essai: Essai) -> Vue:
    """What a trial gives: its effect, or why there is none."""
    publie = get_bareme_publie(type_note)
    bareme, signalements, apercu = essai.bareme, essai.signalements, None
    if bareme is not None and bareme != publie:
        try:
            apercu = compute_apercu(type_note, bareme)
        except ValueError as erreur:
            signalements = (Signalement("Cible combinée aux seuils en vigueur", _name_codes(str(erreur), bareme)),)
            bareme = None
    vide = textes.VIDE_FAUTES if signalements else textes.VIDE
    return Vue(
        bareme=bareme,
        signalements=signalements,
        total=essai.total,
        chiffres=tuple(list_chiffres(apercu)),
        contenus=tuple(list_contenus(type_note, apercu, vide)),
    )


def _name_codes(message: str, bareme: Bareme) -> str:
    """The message of the engine with titles in place of codes."""
    for code in sorted(bareme.list_codes(), key=len, reverse=True):
        message = message.replace(f"indicateur {code}", load_catalogue().get_indicateur(code).titre_court)
    return message


def build_vue_grille(type_note: str, lignes: Sequence[Mapping[str, object]], base: Bareme) -> Vue:
    """The same, from the rows of the grid."""
    return build_vue(type_note, check_lignes(lignes, base, get_bareme_publie(type_note)))


def build_fichier(bareme: Bareme, extension: str) -> tuple[bytes, str]:
    """A barème as a file and its name; ``extension``: « yaml » or « xlsx »."""
    nom = f"{bareme.code}.{extension}"
    if extension == "yaml":
        return export_bareme_yaml(bareme, textes.MENTIONS_FICHIER), nom
    choix = CHOIX | {"forme": list(LIBELLES_FORME.values())}
    return export_bareme_xlsx(bareme, CHAMPS, list_lignes(bareme), choix, textes.MENTIONS_FICHIER), nom
