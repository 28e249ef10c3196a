"""Everything of a publication but its loads: documents, geographies and simulations, built once per input."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from data.catalogue import load_catalogue
from data.chemins import PUBLIE, RACINE, get_geo, get_ij, get_reseau
from data.schemas import DELAI_IJ_ORIGINE, build_frame
from etl.controles import check_publiable, list_verdicts
from etl.etapes import Base, read_etape, write_etape
from etl.mart.delais_cube import build_delais_cube
from etl.mart.geometries import build_geometries, read_communes, read_territoires
from etl.mart.reseau import add_reseau, load_reseau
from etl.mart.services import add_services
from etl.mart.tables import build_brut, build_fichiers, build_socle, build_tables
from etl.simulation.contexte import build_simulation_contexte
from etl.simulation.territoires import build_simulation
from etl.socle.contexte import build_contexte, read_geographie
from etl.sources.publie import read_publie

SUFFIXES = {".csv", ".yaml", ".py"}


def compute_empreinte(*chemins: Path) -> str:
    """SHA-256 of every data, definition and code file of folders (or single files), by relative name and content."""
    condensat = sha256()
    for racine in chemins:
        fichiers = [racine] if racine.is_file() else [p for p in racine.rglob("*") if p.suffix in SUFFIXES]
        for chemin in sorted(fichiers):
            condensat.update(f"{racine.name}/{chemin.relative_to(racine)}".encode())
            condensat.update(chemin.read_bytes())
    return condensat.hexdigest()


def build_base(var: Path) -> Base:
    """Build everything but the loads, or take it back from the kept step when no input has changed.

    Raises:
        ControleEchoueError: a blocking control failed.
    """
    empreinte = compute_empreinte(PUBLIE, RACINE / "data", RACINE / "etl")
    gardee = read_etape(var, empreinte)
    if gardee is not None:
        return gardee
    catalogue = load_catalogue()
    manifeste = build_geometries(get_geo(var), catalogue)
    territoires = read_territoires(get_geo(var) / manifeste.empreinte)
    fichiers = read_publie(PUBLIE)
    socle = build_socle(catalogue, fichiers)
    geographie = read_geographie(get_geo(var) / manifeste.empreinte, catalogue)
    simulation = [
        *build_simulation(catalogue, territoires),
        *build_contexte(catalogue, geographie),
        *build_simulation_contexte(catalogue, geographie),
    ]
    table_fichiers = build_fichiers(fichiers.values(), socle, manifeste.list_fichiers_lus())
    tables = build_tables(catalogue, socle, simulation, territoires, table_fichiers)
    tables["mart_commune"] = read_communes(get_geo(var) / manifeste.empreinte)
    tables |= add_reseau(tables, load_reseau(get_reseau(var), catalogue, tables, territoires))
    tables |= build_delais_cube(get_ij(var), catalogue, territoires, tables["mart_valeur"])
    tables[DELAI_IJ_ORIGINE.nom] = build_frame(DELAI_IJ_ORIGINE, [])
    tables |= add_services(tables, catalogue, territoires)
    tables["mart_controle"] = list_verdicts(tables)
    check_publiable(tables["mart_controle"])
    base = Base(empreinte, manifeste.empreinte, tables, build_brut(fichiers))
    write_etape(var, base)
    return base
