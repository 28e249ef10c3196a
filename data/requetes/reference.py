"""Published files kept as printed (schema ``brut``)."""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version


@par_version
def list_glossaire(lecture: Lecture) -> pl.DataFrame:
    """The glossary of the COG: sigle, developpement, attention, ligne."""
    return lecture.query(
        """
        SELECT sigle, developpement, attention, ligne
        FROM brut.glossaire_cog ORDER BY lower(strip_accents(sigle)), rang
        """
    )


@par_version
def list_regles_interessement(lecture: Lecture) -> pl.DataFrame:
    """Rules of the intéressement in the words of the note: libelle, texte, note, ligne."""
    return lecture.query("SELECT libelle, texte, note, ligne FROM brut.interessement_2023_regles ORDER BY rang")
