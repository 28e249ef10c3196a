"""Sentences of the six services: the verdict first, whose limits, why there are none."""

from __future__ import annotations

import datetime as dt

from components.textes import services as textes
from data.calculs.services import CarteService, build_carte_service
from data.modele import Granularite, Sens

STABLE = [20.0, 20.4, 19.7, 20.1, 20.3, 19.8, 20.2, 19.9, 20.0, 20.3, 19.8, 20.1]
LUNDI, DIMANCHE = dt.date(2023, 12, 25), dt.date(2023, 12, 31)
MOIS, SEMAINE = Granularite.MOIS, Granularite.SEMAINE


def _lire(texte: str) -> str:
    return texte.replace("\xa0", " ").replace("\u202f", " ")


def _build(valeurs: list[float | None], objectif: float | None = None) -> CarteService:
    carte = build_carte_service(valeurs, Sens.BAS, points=12, objectif=objectif)
    assert carte is not None
    return carte


def _phrase(
    carte: CarteService, reference: str | None, objectif: float | None = None, *, national: bool = False
) -> str:
    return _lire(
        textes.build_phrase_service(
            carte,
            "en décembre 2023",
            reference,
            granularite=MOIS,
            unite="jours",
            decimales=1,
            objectif=objectif,
            national=national,
        )
    )


def test_une_semaine_se_nomme() -> None:
    assert textes.format_moment(LUNDI, DIMANCHE, SEMAINE) == "S52 2023, du 25/12/2023"
    assert textes.format_date_moment(LUNDI, DIMANCHE, SEMAINE) == "la semaine du 25/12/2023"
    assert textes.format_moment(dt.date(2020, 12, 28), dt.date(2021, 1, 3), SEMAINE).startswith("S53 2020")
    assert textes.format_date_moment(dt.date(2023, 12, 1), DIMANCHE, MOIS) == "en décembre 2023"


def test_la_reference_se_nomme() -> None:
    assert textes.format_reference(2022, dt.date(2022, 1, 3), dt.date(2023, 1, 1), SEMAINE) == "semaines de 2022"
    assert textes.format_reference(2022, dt.date(2022, 1, 1), dt.date(2022, 12, 31), MOIS) == "2022"
    premiers = textes.format_reference(None, dt.date(2022, 3, 1), dt.date(2023, 2, 28), MOIS)
    assert premiers == "mars 2022 à février 2023"


def test_la_phrase_dit_le_verdict_la_reference_et_l_objectif() -> None:
    stable = _build([*STABLE, 20.1], 15)
    assert _phrase(stable, "2022", 15) == (
        "● stable : 20,1 jours en décembre 2023, pour 20,1 en moyenne sur la référence (2022). Variation ordinaire : "
        "aucun signal. Objectif : 15. Sans changement, l'objectif ne sera pas atteint."
    )
    degrade = _build([*STABLE, 30.0], 15)
    assert _phrase(degrade, "2022", 15, national=True) == (
        "✖ se dégrade : 30,0 jours en décembre 2023, pour 20,1 en moyenne sur la référence (2022). Signal : point hors "
        "des limites. Objectif du réseau : 15."
    )


def test_sans_limites_la_phrase_dit_pourquoi() -> None:
    courte = _build([20.0, 21.0])
    motif = "2 valeurs dans la période de référence, il en faut au moins 6"
    assert _phrase(courte, None) == f"– sans verdict : 21,0 jours en décembre 2023. Pas de limites : {motif}."
    assert _lire(textes.build_note_reference(courte, None, MOIS)) == f"Pas de limites : {motif}."


def test_des_limites_provisoires_sont_dites() -> None:
    assert "moins de 12 valeurs de référence" in _phrase(_build(STABLE[:8]), "2022")
    note = _lire(textes.build_note_reference(_build(STABLE[:8]), "semaines de 2022", SEMAINE))
    assert note.startswith("Période de référence : semaines de 2022 (8 semaines).")


def test_une_rupture_dit_ce_que_deviennent_les_limites() -> None:
    recalcul = _lire(textes.build_note_rupture("Nouvel outil", dt.date(2023, 1, 1), recalcule=True))
    assert recalcul == (
        "Rupture de série déclarée le 01/01/2023 (Nouvel outil) : la période de référence repart de cette date."
    )
    assert "à votre demande" in textes.build_note_rupture("Nouvel outil", dt.date(2023, 1, 1), recalcule=False)


def test_l_absence_dit_quoi_faire() -> None:
    drsm = {"nom": "DRSM Bretagne", "type_organisme": "DRSM"}
    assert "Choisissez un de ces organismes, ou chargez un fichier mensuel" in textes.build_vide_service("mois", drsm)
    assert textes.build_vide_service("semaine", None).endswith(
        "Chargez un fichier hebdomadaire pour suivre ce service."
    )
