"""Blocks of simulated facts, and what each says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from data.modele import Indicateur, Maille, Nature, Organisme, Statistique, Statut
from data.schemas import VALEUR
from etl.simulation.parametres import MOIS
from etl.simulation.tableaux import Matrice, Vecteur
from etl.socle.socle import ENSEMBLE, MESURE_TAUX, build_annee, build_mois

SOURCE = "simulation"
FICHIER = "etl/simulation/reseau.py"
NOTE_2023 = "simulé : calé sur le taux publié de l'organisme, la ventilation et la moyenne publiées de l'indicateur"
NOTE_2022 = "simulé : calé sur la moyenne 2022 publiée de l'indicateur"
NOTE_LIBRE = "simulé : aucun chiffre publié pour cette année, suite plausible des années publiées"
NOTE_SCORE_2022 = "simulé : calé sur la moyenne, le minimum et le maximum publiés du type"
NOTE_MOIS = "simulé : les numérateurs et dénominateurs des douze mois s'additionnent à ceux de l'année"
NOTE_COMPTE = "simulé : les douze mois s'additionnent au nombre de l'année"
NOTE_D9 = "simulé : mois plausibles autour de l'année, dont le 9e décile n'est pas la moyenne de ceux des mois"
NOTE_AVANCEMENT = "simulé : avancement cumulé depuis janvier, sur une échelle de 0 à 100 supposée"
NOTE_ECHELLE = " ; échelle de 0 à 100 supposée, l'indicateur n'a pas d'unité publiée"
NOTE_NEUTRALISE = "simulé : organisme tiré au sort parmi le nombre publié de neutralisés"
NOTE_SANS_OBJET = "« hors Guyane » dans la note : l'indicateur ne porte pas sur cet organisme"
NOTE_VIDE = "simulé : aucun dossier ce mois-ci"
NOTE_CIBLE = "simulé : la note n'imprime ni socle ni objectif des indicateurs locaux"
NOTE_COMPOSITE = "simulé : parts déclarées des composantes, sur une échelle de 0 à 100"


@dataclass
class Faits:
    """Accumulates blocks of facts: one block = one indicateur, one measure, one granularity."""

    blocs: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        indicateur: Indicateur,
        mesure: str,
        annee: int,
        organismes: tuple[Organisme, ...],
        valeur: Vecteur | Matrice,
        notes: str | list[str],
        *,
        numerateur: Vecteur | Matrice | None = None,
        denominateur: Vecteur | Matrice | None = None,
        statuts: list[str] | None = None,
    ) -> None:
        """Add a year (n values) or its twelve months (n × 12); NaN means no figure."""
        mensuel = valeur.ndim == 2
        periodes = [build_mois(annee, m + 1) for m in range(MOIS)] if mensuel else [build_annee(annee)]
        fois, n = len(periodes), len(organismes)
        bloc = pl.DataFrame(
            {
                "code_entite": np.repeat(np.array([o.code for o in organismes]), fois),
                "periode_debut": [p.debut for p in periodes] * n,
                "periode_fin": [p.fin for p in periodes] * n,
                "valeur": valeur.ravel(),
                "numerateur": np.full(n * fois, np.nan) if numerateur is None else numerateur.ravel(),
                "denominateur": np.full(n * fois, np.nan) if denominateur is None else denominateur.ravel(),
                "statut": np.repeat(np.array(statuts or [Statut.PUBLIE.value] * n), fois),
                "note": np.repeat(np.array([notes] * n if isinstance(notes, str) else notes), fois),
            }
        ).with_columns(
            referentiel=pl.lit(indicateur.referentiel.value),
            code_indicateur=pl.lit(indicateur.code),
            mesure=pl.lit(mesure),
            granularite=pl.lit(periodes[0].granularite.value),
            statistique=pl.lit(Statistique.TAUX.value if mesure == MESURE_TAUX else indicateur.statistique.value),
        )
        self.blocs.append(bloc)

    def build_frame(self) -> pl.DataFrame:
        """All the facts, in the columns of ``mart_valeur``."""
        vide = pl.col("valeur").is_null() & (pl.col("statut") == Statut.PUBLIE.value)
        constantes = {
            "maille": Maille.ORGANISME.value,
            "segment": ENSEMBLE,
            "source": SOURCE,
            "source_fichier": FICHIER,
            "nature": Nature.SIMULEE.value,
        }
        faits = pl.concat(self.blocs)
        absentes = set(VALEUR.colonnes) - set(faits.columns) - set(constantes) - {"source_rang"}
        return (
            faits.with_columns(pl.col("valeur", "numerateur", "denominateur").fill_nan(None))
            .with_columns(
                statut=pl.when(vide).then(pl.lit(Statut.SANS_OBJET.value)).otherwise("statut"),
                note=pl.when(vide).then(pl.lit(NOTE_VIDE)).otherwise("note"),
                **{c: pl.lit(v) for c, v in constantes.items()},
                **{c: pl.lit(None, VALEUR.colonnes[c]) for c in absentes},
            )
            .with_row_index("source_rang", offset=1)
            .select(pl.col(c).cast(t) for c, t in VALEUR.colonnes.items())
        )
