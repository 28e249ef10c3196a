"""Months and years of the six « services de base » that no other simulation makes.

The documents name the services (003, note 77) and print one figure of the network a year at most. Every row is
``nature = simulee``. The yearly rate of all the caisses together is met exactly: the one the documents publish where
there is one, else the hypothesis of ``data/definitions/simulation/services.yaml``. The level runs straight from the
middle of a year to the middle of the next, so that no month of January steps.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Self

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from scipy.special import expit, logit

from data.catalogue import DEFINITIONS, Catalogue, DefinitionInvalideError
from data.modele import (
    CodeIndicateur,
    Granularite,
    Indicateur,
    Maille,
    Nature,
    Organisme,
    Referentiel,
    Statut,
    TypeOrganisme,
)
from data.schemas import VALEUR
from etl.simulation.fractions import compute_figure, round_somme
from etl.simulation.parametres import MOIS, Genre, Parametres
from etl.simulation.tableaux import Matrice, Vecteur
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT, Periode, build_mois

GRAINE: Final = 20230859
SOURCE: Final = "simulation"
FICHIER: Final = "etl/simulation/services.py"
JOURS: Final = 7
GENRES: Final = (Genre.TAUX, Genre.MOYENNE, Genre.D9)
NOTE_MOIS: Final = "simulé : aucun chiffre publié par caisse ni par mois"
NOTE_CALE: Final = "simulé : l'année de toutes les caisses ensemble est le taux publié du réseau"
NOTE_ANNEE: Final = "simulé : somme des douze mois"
NOTE_ANNEE_D9: Final = "simulé : moyenne des 9es déciles des mois, pondérée par leurs dossiers, faute de mieux"
NOTE_VIDE: Final = "simulé : aucun dossier sur la période"
_TOURS = 60  # corrections of the yearly levels; each divides what is left by three at least
_PERSISTANCE = 0.6  # of the noise of a caisse from one month to the next
PART_COMMUNE: Final = 0.5  # of the variance of the noise: what touches all the caisses at once
_PRECISION = 3


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ParametresMois(_Fige):
    """How the months of a service are made (see the file for the units)."""

    types: Annotated[tuple[TypeOrganisme, ...], Field(min_length=1)]
    volume: Annotated[float, Field(gt=0)]
    saison: str
    choc: str
    effet: float
    niveaux: Annotated[dict[int, float], Field(min_length=2)]
    publie: CodeIndicateur | None = None
    ecart: Annotated[float, Field(ge=0)]
    bruit: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _check_annees(self) -> Self:
        annees = sorted(self.niveaux)
        if annees != list(range(annees[0], annees[-1] + 1)):
            raise ValueError(f"niveaux : des années se suivent, sans trou ; reçu {annees}")
        return self


class ParametresService(_Fige):
    """One indicateur that has weeks: its genre, the profile of its week, its noise, its months if made here."""

    genre: Genre
    jours: str
    bruit: Annotated[float, Field(ge=0)]
    mois: ParametresMois | None = None

    @model_validator(mode="after")
    def _check_genre(self) -> Self:
        if self.genre not in GENRES:
            raise ValueError(f"genre « {self.genre} » : attendu {', '.join(GENRES)}")
        if self.mois is not None and self.genre is Genre.MOYENNE:
            raise ValueError("les mois d'une moyenne ne se simulent pas ici")
        return self


class ParametresServices(_Fige):
    """Everything the simulator of the six services assumes."""

    semaines: Annotated[tuple[int, ...], Field(min_length=1)]
    jours: dict[str, Annotated[tuple[float, ...], Field(min_length=JOURS, max_length=JOURS)]]
    services: Mapping[CodeIndicateur, ParametresService]

    @model_validator(mode="after")
    def _check_noms(self) -> Self:
        for code, service in self.services.items():
            if service.jours not in self.jours:
                raise ValueError(f"{code} : profil de semaine inconnu « {service.jours} »")
        if list(self.semaines) != list(range(self.semaines[0], self.semaines[-1] + 1)):
            raise ValueError(f"semaines : des années se suivent, sans trou ; reçu {self.semaines}")
        return self


def load_services(chemin: Path = DEFINITIONS / "simulation" / "services.yaml") -> ParametresServices:
    """Read the hypotheses.

    Raises:
        DefinitionInvalideError: the file is malformed.
    """
    try:
        return ParametresServices.model_validate(yaml.safe_load(chemin.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as erreur:
        raise DefinitionInvalideError(f"{chemin.name} : hypothèses de simulation invalides ({erreur})") from erreur


def get_hasard(code: str, *suite: int) -> np.random.Generator:
    """The random draws of one indicateur: those of the others never change them."""
    return np.random.default_rng([GRAINE, zlib.crc32(code.encode()), *suite])


def build_mois_services(
    catalogue: Catalogue,
    services: ParametresServices,
    reseau: Parametres,
    valeurs: pl.DataFrame,
    tailles: Mapping[str, float],
) -> pl.DataFrame:
    """Monthly rows of the services whose hypotheses have months, in the columns of ``mart_valeur``.

    Args:
        catalogue: definitions.
        services: hypotheses of the services.
        reseau: hypotheses of the network, for its seasons and shocks.
        valeurs: rows of ``mart_valeur``, for the published yearly figures of the network.
        tailles: inhabitants each organisme works for (see :func:`etl.simulation.groupes.compute_tailles`).

    Raises:
        DefinitionInvalideError: an unknown season or shock.
    """
    blocs = [
        _build_service(catalogue.get_indicateur(code), service.genre, service.mois, catalogue, reseau, valeurs, tailles)
        for code, service in services.services.items()
        if service.mois is not None
    ]
    return number_rangs(pl.concat(blocs))


def _build_service(
    indicateur: Indicateur,
    genre: Genre,
    mois: ParametresMois,
    catalogue: Catalogue,
    reseau: Parametres,
    valeurs: pl.DataFrame,
    tailles: Mapping[str, float],
) -> pl.DataFrame:
    if mois.saison not in reseau.saisons or mois.choc not in reseau.chocs:
        raise DefinitionInvalideError(f"{indicateur.code} : saison « {mois.saison} » ou choc « {mois.choc} » inconnus")
    organismes = [o for o in catalogue.organismes if o.type in mois.types]
    annees = sorted(mois.niveaux)
    publies = {} if mois.publie is None else _read_publies(valeurs, mois.publie)
    niveaux = np.array([publies.get(annee, mois.niveaux[annee]) for annee in annees])
    rng = get_hasard(indicateur.code)
    choc = reseau.chocs[mois.choc]
    cles = [f"{annee}-{m + 1:02d}" for annee in annees for m in range(MOIS)]
    saison = np.tile(np.array(reseau.saisons[mois.saison]) / np.sum(reseau.saisons[mois.saison]), len(annees))
    activite = saison * np.array([choc.activite.get(cle, 1.0) for cle in cles])
    n = len(organismes)
    volumes = np.array([tailles[o.code] for o in organismes]) / 1000 * mois.volume * rng.lognormal(0, 0.12, n)
    dossiers = np.rint(volumes[:, None] * activite * rng.lognormal(0, 0.04, (n, len(cles))))
    ecarts = mois.ecart * rng.normal(0, 1, (n, 1)) + mois.effet * np.array([choc.effet.get(cle, 0.0) for cle in cles])
    ecarts = ecarts + mois.bruit * mix_bruits(
        _draw_suite(rng, 1, len(cles), _PERSISTANCE), _draw_suite(rng, n, len(cles), _PERSISTANCE)
    )
    periodes = [build_mois(annee, m + 1) for annee in annees for m in range(MOIS)]
    if genre is Genre.D9:
        niveau = _interpolate(np.log(niveaux), len(cles))
        d9 = np.where(dossiers > 0, np.round(np.exp(niveau + ecarts), _PRECISION), np.nan)
        return build_bloc(indicateur, organismes, periodes, d9, denominateur=dossiers, note=NOTE_MOIS, fichier=FICHIER)
    numerateur = _fit_taux(ecarts, dossiers, niveaux / 100)
    return build_bloc(
        indicateur,
        organismes,
        periodes,
        compute_figure(genre, numerateur, dossiers),
        numerateur=numerateur,
        denominateur=dossiers,
        note=NOTE_CALE if publies else NOTE_MOIS,
        fichier=FICHIER,
    )


def _read_publies(valeurs: pl.DataFrame, code: str) -> dict[int, float]:
    """Published yearly figures of the network, by year."""
    lignes = valeurs.filter(
        pl.col("code_indicateur") == code,
        pl.col("maille") == Maille.RESEAU.value,
        pl.col("granularite") == "annee",
        pl.col("mesure") == MESURE_RESULTAT,
        pl.col("nature") == Nature.PUBLIEE.value,
        pl.col("valeur").is_not_null(),
    )
    return {debut.year: float(valeur) for debut, valeur in lignes.select("periode_debut", "valeur").iter_rows()}


def mix_bruits(commun: Matrice, propre: Matrice) -> Matrice:
    """Noise of unit variance of each caisse (n × periods), a share of which (1 × periods) is that of all."""
    return np.asarray(np.sqrt(PART_COMMUNE) * commun + np.sqrt(1 - PART_COMMUNE) * propre)


def _draw_suite(rng: np.random.Generator, n: int, longueur: int, persistance: float) -> Matrice:
    """First-order autoregressions of unit variance (n × longueur)."""
    bruit = rng.normal(0, 1, (n, longueur))
    for rang in range(1, longueur):
        bruit[:, rang] = persistance * bruit[:, rang - 1] + np.sqrt(1 - persistance**2) * bruit[:, rang]
    return bruit


def _interpolate(noeuds: Vecteur, mois: int) -> Vecteur:
    """Level of each month: straight between the middles of the years, flat before the first and after the last."""
    milieux = MOIS * np.arange(len(noeuds)) + MOIS / 2
    return np.asarray(np.interp(np.arange(mois) + 0.5, milieux, noeuds))


def _fit_taux(ecarts: Matrice, dossiers: Matrice, parts: Vecteur) -> Matrice:
    """Whole numerators (n × months) whose sum over all the caisses gives the share of each year.

    The levels in the middle of the years are corrected by what each year misses (a fixed point), then the files left by
    rounding go where the remainders are largest.
    """
    annees, mois = len(parts), dossiers.shape[1]
    noeuds = logit(parts)
    for _ in range(_TOURS):
        attendus = expit(_interpolate(noeuds, mois) + ecarts) * dossiers
        obtenues = attendus.reshape(-1, annees, MOIS).sum(axis=(0, 2)) / dossiers.reshape(-1, annees, MOIS).sum(
            axis=(0, 2)
        )
        noeuds = noeuds + logit(parts) - logit(obtenues)
    numerateurs = np.empty_like(attendus)
    for rang in range(annees):
        colonnes = slice(rang * MOIS, (rang + 1) * MOIS)
        bloc = attendus[:, colonnes]
        total = np.rint(parts[rang] * dossiers[:, colonnes].sum())
        ligne = bloc.reshape(1, -1)
        numerateurs[:, colonnes] = round_somme(ligne * (total / ligne.sum()), np.array([total])).reshape(bloc.shape)
    return np.asarray(np.minimum(numerateurs, dossiers))


def build_annees(catalogue: Catalogue, services: ParametresServices, mois: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Yearly rows of the services that no other simulation has: the twelve months added up.

    A rate or a mean is the ratio of the sums. A ninth decile has none: the mean of those of the months, weighted by
    their files, stands for it.

    Args:
        catalogue: definitions.
        services: hypotheses.
        mois: by indicateur, its months (code_entite, mois, valeur, numerateur, denominateur).
    """
    blocs = []
    for code, service in services.services.items():
        indicateur = catalogue.get_indicateur(code)
        if indicateur.referentiel is not Referentiel.SUIVI:
            continue
        decile = service.genre is Genre.D9
        somme = pl.col("valeur") * pl.col("denominateur") if decile else pl.col("numerateur")
        annees = (
            mois[code]
            .filter(pl.col("mois").dt.year().is_in(indicateur.periodes))
            .group_by("code_entite", annee=pl.col("mois").dt.year(), maintain_order=True)
            .agg(pl.len(), numerateur=somme.sum(), denominateur=pl.col("denominateur").sum())
            .filter(pl.col("len") == MOIS, pl.col("denominateur") > 0)
        )
        echelle = 100 if service.genre is Genre.TAUX else 1
        faits = annees.select(
            "code_entite",
            periode_debut=pl.date("annee", 1, 1),
            periode_fin=pl.date("annee", 12, 31),
            valeur=echelle * pl.col("numerateur") / pl.col("denominateur"),
            numerateur=pl.lit(None, pl.Float64) if decile else pl.col("numerateur"),
            denominateur=pl.col("denominateur"),
            statut=pl.lit(Statut.PUBLIE.value),
        )
        if decile:
            faits = faits.with_columns(pl.col("valeur").round(_PRECISION))
        note = NOTE_ANNEE_D9 if decile else NOTE_ANNEE
        blocs.append(_complete(faits, indicateur, Granularite.ANNEE, note, FICHIER))
    return number_rangs(pl.concat(blocs))


def build_bloc(
    indicateur: Indicateur,
    organismes: Sequence[Organisme],
    periodes: Sequence[Periode],
    valeur: Matrice,
    *,
    denominateur: Matrice,
    note: str,
    fichier: str,
    numerateur: Matrice | None = None,
    statuts: NDArray[np.str_] | None = None,
) -> pl.DataFrame:
    """Facts of one indicateur (n organismes × periods) in the columns of ``mart_valeur``, ``source_rang`` still at 0.

    A period without any file (NaN, statut « publie ») becomes « sans_objet ».
    """
    n, fois = valeur.shape
    faits = pl.DataFrame(
        {
            "code_entite": np.repeat(np.array([o.code for o in organismes]), fois),
            "periode_debut": [p.debut for p in periodes] * n,
            "periode_fin": [p.fin for p in periodes] * n,
            "valeur": valeur.ravel(),
            "numerateur": np.full(n * fois, np.nan) if numerateur is None else numerateur.ravel(),
            "denominateur": denominateur.ravel(),
            "statut": np.full(n * fois, Statut.PUBLIE.value) if statuts is None else statuts.ravel(),
        }
    ).with_columns(pl.col("valeur", "numerateur", "denominateur").fill_nan(None))
    return _complete(faits, indicateur, periodes[0].granularite, note, fichier)


def _complete(
    faits: pl.DataFrame, indicateur: Indicateur, granularite: Granularite, note: str, fichier: str
) -> pl.DataFrame:
    """The columns of ``mart_valeur`` around the figures of one indicateur by organisme."""
    vide = pl.col("valeur").is_null() & (pl.col("statut") == Statut.PUBLIE.value)
    constantes = {
        "referentiel": indicateur.referentiel.value,
        "code_indicateur": indicateur.code,
        "mesure": MESURE_RESULTAT,
        "maille": Maille.ORGANISME.value,
        "granularite": granularite.value,
        "segment": ENSEMBLE,
        "statistique": indicateur.statistique.value,
        "source": SOURCE,
        "source_fichier": fichier,
        "nature": Nature.SIMULEE.value,
        "source_rang": 0,
    }
    absentes = set(VALEUR.colonnes) - set(faits.columns) - set(constantes) - {"note"}
    return faits.with_columns(
        note=pl.when(vide).then(pl.lit(NOTE_VIDE)).otherwise(pl.lit(note)),
        statut=pl.when(vide).then(pl.lit(Statut.SANS_OBJET.value)).otherwise("statut"),
        **{c: pl.lit(v) for c, v in constantes.items()},
        **{c: pl.lit(None, VALEUR.colonnes[c]) for c in absentes},
    ).select(pl.col(c).cast(t) for c, t in VALEUR.colonnes.items())


def number_rangs(faits: pl.DataFrame) -> pl.DataFrame:
    """The rows numbered from 1 in ``source_rang``."""
    return faits.with_columns(source_rang=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
