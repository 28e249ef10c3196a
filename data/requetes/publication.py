"""What is published: version, date, freshness, files and controls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from data.magasin import Lecture, par_version


@dataclass(frozen=True)
class Publication:
    """The publication being served."""

    version: str
    publie_le: dt.datetime
    empreinte_geo: str
    organismes: int
    valeurs_publiees: int
    valeurs_simulees: int
    periode_min: dt.date
    periode_max: dt.date


@par_version
def get_publication(lecture: Lecture) -> Publication:
    """The one row of ``mart_publication``."""
    ligne = lecture.query(
        """
        SELECT version, publie_le, empreinte_geo, organismes, valeurs_publiees, valeurs_simulees,
               periode_min, periode_max
        FROM mart_publication
        """
    ).row(0, named=True)
    return Publication(**ligne)


@par_version
def list_fichiers(lecture: Lecture) -> pl.DataFrame:
    """Files read: fichier, sha256, octets, source, lignes_lues, lignes_gardees, lignes_rejetees, usage."""
    return lecture.query("SELECT * FROM mart_fichier ORDER BY usage, fichier")


@par_version
def list_controles(lecture: Lecture) -> pl.DataFrame:
    """Controls and verdicts: controle, objet, gravite, reussi, attendu, obtenu, message."""
    return lecture.query("SELECT * FROM mart_controle ORDER BY reussi, controle, objet")
