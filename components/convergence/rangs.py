"""Who moved in the ranking between the first and the last year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import ceil

from components.contenu import Colonne, Contenu, Tableau
from components.convergence.ecarts import list_constats_igas
from components.convergence.suivi import load_suivi
from components.figures.formats import INSECABLE
from components.figures.mobilite import Trajet, build_mobilite_figure, format_places
from components.textes import convergence as textes
from data.calculs.convergence import PLACES_MARQUEES, compute_mobilites
from data.magasin import memorise


def compute_seuil(nombre: int) -> int:
    """Places from which a move is marked: 25 as the Igas does for 102 caisses, a quarter of a smaller group."""
    return min(PLACES_MARQUEES, max(1, ceil(nombre / 4)))


def shorten_noms(noms: Mapping[str, str]) -> dict[str, str]:
    """Names without the town in brackets, where the rest is enough to tell them apart.

    « Essonne (Évry) » -> « Essonne »; two caisses of one département keep their whole names.
    """
    courts = {code: nom.partition(" (")[0] for code, nom in noms.items()}
    nombres = Counter(courts.values())
    return {code: court if nombres[court] == 1 else noms[code] for code, court in courts.items()}


@memorise
def build_contenu_rangs(type_note: str, code: str, organisme: str | None) -> Contenu:
    """Ranks at both dates; moves of 25 places or more in colour and named."""
    suivi = load_suivi(type_note, code, organisme)
    premier, dernier = suivi.bornes
    communs = suivi.valeurs[premier].keys() & suivi.valeurs[dernier].keys()
    seuil = compute_seuil(len(communs))
    mobilites = compute_mobilites(suivi.valeurs[premier], suivi.valeurs[dernier], suivi.sens, seuil=seuil)
    noms = shorten_noms(suivi.noms)
    reduit = (
        ()
        if seuil == PLACES_MARQUEES
        else (f"Le seuil de 25 places vaut pour 102 caisses\u00a0; ici, un quart du groupe, soit {seuil}.",)
    )
    return Contenu(
        titre=f"{suivi.titre}{INSECABLE}: qui a changé de rang, {premier}-{dernier}",
        phrase=textes.build_phrase_mobilites(mobilites, suivi.noms, seuil, suivi.bornes, suivi.organisme),
        figure=build_mobilite_figure(
            [Trajet(noms[m.code], m.rang_avant, m.rang_apres, m.marquee, m.code == suivi.organisme) for m in mobilites],
            annees=suivi.bornes,
        ),
        mention=suivi.build_mention(
            "rang aux deux dates, le meilleur en haut\u00a0; trait plein\u00a0: places gagnées, tirets\u00a0: places "
            "perdues",
            textes.NOTE_RANGS,
            *reduit,
            *((textes.build_reference_mobilites(list_constats_igas()),) if suivi.productivite else ()),
            effectif=f"{len(mobilites)}\u00a0{suivi.groupe}",
        ),
        tableau=Tableau(
            (
                Colonne("organisme", "Organisme", epinglee=True, lien="lien"),
                Colonne("places", "Places", "nombre", 0),
                Colonne("mouvement", "Mouvement"),
                Colonne("rang_avant", f"Rang {premier}", "nombre", 0),
                Colonne("rang_apres", f"Rang {dernier}", "nombre", 0),
                Colonne("avant", str(premier), "nombre", suivi.decimales, suivi.unite or ""),
                Colonne("apres", str(dernier), "nombre", suivi.decimales, suivi.unite or ""),
            ),
            [
                {
                    "organisme": suivi.noms[m.code],
                    "lien": f"/organismes/{m.code}",
                    "places": m.places,
                    "mouvement": f"{format_places(m.places)}, marqué" if m.marquee else format_places(m.places),
                    "rang_avant": m.rang_avant,
                    "rang_apres": m.rang_apres,
                    "avant": suivi.valeurs[premier][m.code],
                    "apres": suivi.valeurs[dernier][m.code],
                }
                for m in mobilites
            ],
            cle_surlignee=suivi.noms.get(suivi.organisme) if suivi.organisme else None,
        ),
        fichier=f"parangon-rangs-{suivi.fichier}",
    )
