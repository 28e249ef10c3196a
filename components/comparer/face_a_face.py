"""View « Face à face » of the page « Comparer »: two organismes of one type, sorted by gap in points."""

from __future__ import annotations

from typing import Any

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.face_a_face import build_face_a_face_figure
from components.organisme.fiche import get_bareme, list_feuilles
from components.provenance import format_donnees_du, format_source
from components.textes import comparer as textes
from data.calculs.resultats import Etat
from data.calculs.score import ScoreIndicateur, compute_score
from data.catalogue import load_catalogue
from data.modele import Sens
from data.requetes.comparaison import list_organismes
from data.requetes.resultats import ANNEE

_COLONNES = (
    Colonne("indicateur", "Indicateur", epinglee=True),
    Colonne("ecart", "Écart", "nombre", 2, "points"),
    Colonne("points", "Points du premier", "nombre", 2),
    Colonne("points_autre", "Points du second", "nombre", 2),
    Colonne("taux", "Taux du premier", "nombre", 1, "%"),
    Colonne("taux_autre", "Taux du second", "nombre", 1, "%"),
    Colonne("remarque", "Remarque"),
)
_REMARQUES = {Etat.NEUTRALISE: "neutralisé", Etat.MANQUANT: "non fourni"}


def build_contenu_face_a_face(organisme: str | None, autre: str | None) -> Contenu:
    """Both organismes on every indicateur of their barème, widest loss of the first at the top."""
    lignes = {ligne["code_organisme"]: ligne for ligne in list_organismes().to_dicts()}
    moi, pair = lignes.get(organisme or ""), lignes.get(autre or "")
    vide = textes.build_vide_face_a_face(moi, pair)
    titre = "Face à face" if moi is None or pair is None else f"{moi['nom']} et {pair['nom']}, {ANNEE}"
    if vide or moi is None or pair is None:
        return Contenu(
            titre=titre,
            phrase="Pas de face à face pour ce choix.",
            vide=vide,
            mention=_build_mention(pl.DataFrame({"source": [], "simulee": []}), ""),
            tableau=Tableau(_COLONNES, []),
            fichier="parangon-face-a-face",
        )
    feuilles = list_feuilles(moi["type_note"])
    bareme = get_bareme(moi["type_note"])
    retenues = feuilles.filter(pl.col("code_organisme").is_in([moi["code_organisme"], pair["code_organisme"]]))
    scores = [compute_score(retenues.filter(code_organisme=o["code_organisme"]), bareme) for o in (moi, pair)]
    autres = {s.code_indicateur: s for s in scores[1].indicateurs}
    rangees = [_build_rangee(s, autres[s.code_indicateur]) for s in scores[0].indicateurs]
    mesurees = sorted((r for r in rangees if r["ecart"] is not None), key=lambda r: (r["ecart"], r["indicateur"]))
    restantes = [r for r in rangees if r["ecart"] is None]
    figure = None
    if mesurees:
        figure = build_face_a_face_figure(
            pl.DataFrame(mesurees, infer_schema_length=None).rename({"indicateur": "nom"}),
            mien=moi["nom"],
            autre=pair["nom"],
        )
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_face_a_face(moi["nom"], pair["nom"], mesurees),
        figure=figure,
        vide=None if mesurees else "Aucun indicateur n'est mesuré des deux côtés. Choisissez un autre organisme.",
        mention=_build_mention(retenues, f"{len(mesurees)} indicateurs mesurés des deux côtés sur {len(rangees)}"),
        tableau=Tableau(
            _COLONNES,
            [*mesurees, *restantes],
            legende=f"Premier\u00a0: {moi['nom']}\u00a0; second\u00a0: {pair['nom']}. Écart\u00a0: premier moins "
            "second.",
        ),
        fichier=f"parangon-face-a-face-{moi['code_organisme']}-{pair['code_organisme']}",
    )


def _build_rangee(mien: ScoreIndicateur, autre: ScoreIndicateur) -> dict[str, Any]:
    """One indicateur: rates, points and gap; no gap unless both are measured."""
    mesures = mien.etat is Etat.MESURE and autre.etat is Etat.MESURE
    remarques = [
        f"{_REMARQUES[score.etat]} pour le {qui}"
        for qui, score in (("premier", mien), ("second", autre))
        if score.etat in _REMARQUES
    ]
    return {
        "indicateur": load_catalogue().get_indicateur(mien.code_indicateur).titre_court,
        "taux": mien.taux,
        "taux_autre": autre.taux,
        "points": mien.points if mien.etat is Etat.MESURE else None,
        "points_autre": autre.points if autre.etat is Etat.MESURE else None,
        "ecart": mien.points - autre.points if mesures else None,
        "remarque": ", ".join(remarques),
    }


def _build_mention(frame: pl.DataFrame, effectif: str) -> Mention:
    sources = [code for code in frame["source"].unique().sort() if code]
    return Mention(
        statistique="taux de réussite par indicateur",
        unite="%, et points du score pour l'écart",
        sens=Sens.HAUT,
        periode=str(ANNEE),
        source=format_source(*sources) if sources else "aucune valeur",
        donnees_du=format_donnees_du(),
        effectif=effectif,
        simulee=bool(frame["simulee"].any()) if frame.height else False,
        notes=(textes.NOTE_FACE_A_FACE,) if frame.height else (),
    )
