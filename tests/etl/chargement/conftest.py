"""A small base (definitions and territoires, no fact) on which files are loaded in a fraction of a second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest

from data.catalogue import Catalogue, load_catalogue
from data.chemins import RACINE, get_geo
from data.schemas import TABLES, VALEUR
from data.source import SourceFichier
from etl.chargement.analyse import Contexte
from etl.chargement.examen import Examen, build_contexte_examen, examine
from etl.commandes import construction
from etl.etapes import Base
from etl.mart.geometries import build_geometries, read_communes, read_territoires
from etl.mart.tables import build_indicateurs, build_organismes

Examiner = Callable[..., Examen]
INDICATEUR = "loc_aat_dematerialises"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


def build_petite_base() -> Base:
    """Tables without fact, with the real organismes, indicateurs and territoires."""
    catalogue = load_catalogue()
    geo = get_geo(RACINE / "var")
    dossier = geo / build_geometries(geo, catalogue).empreinte
    territoires = read_territoires(dossier)
    tables = {t.nom: pl.DataFrame(schema=dict(t.colonnes)) for t in TABLES}
    tables["mart_territoire"] = territoires
    tables["mart_commune"] = read_communes(dossier)
    tables["mart_organisme"] = build_organismes(catalogue, territoires)
    tables["mart_indicateur"] = build_indicateurs(catalogue)
    simulee = {
        "referentiel": "interessement",
        "code_indicateur": INDICATEUR,
        "mesure": "resultat",
        "maille": "organisme",
        "code_entite": "011",
        "periode_debut": dt.date(2023, 1, 1),
        "periode_fin": dt.date(2023, 1, 31),
        "granularite": "mois",
        "segment": "ensemble",
        "statistique": "taux",
        "valeur": 50.0,
        "statut": "publie",
        "source": "simulation",
        "source_fichier": "essai",
        "source_rang": 1,
        "nature": "simulee",
    }
    tables["mart_valeur"] = pl.DataFrame({c: [simulee.get(c)] for c in VALEUR.colonnes}, schema=dict(VALEUR.colonnes))
    return Base("essai", "essai", tables, {"essai": pl.DataFrame({"rang": [1]})})


@pytest.fixture(scope="session")
def petite_base(seul: Callable[[], AbstractContextManager[None]]) -> Base:
    with seul():  # the geometries may have to be built
        return build_petite_base()


@pytest.fixture
def atelier(petite_base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private ``var`` where the commands run on the small base."""
    var = tmp_path / "var"
    monkeypatch.setattr(construction, "build_base", lambda _var: petite_base)
    monkeypatch.setenv("PARANGON_VAR", str(var))
    return var


@pytest.fixture(scope="session")
def contexte(petite_base: Base, catalogue: Catalogue) -> Contexte:
    vide = pl.DataFrame(schema=dict(VALEUR.colonnes))
    return build_contexte_examen(catalogue, dict(petite_base.tables), vide, aujourdhui=dt.date(2024, 6, 30))


def build_source(**changements: object) -> SourceFichier:
    """A mapping for long files, to vary."""
    description: dict[str, object] = {
        "code": "essai",
        "titre": "Essai",
        "titre_court": "Essai",
        "producteur": "Essai",
        "description": "Fichier d'essai.",
        "referentiel": "interessement",
        "colonnes": {
            "organisme": "Caisse",
            "indicateur": "Indicateur",
            "periode": "Période",
            "valeur": "Résultat",
        },
    }
    return SourceFichier.model_validate(description | changements)


@pytest.fixture
def examiner(contexte: Contexte, tmp_path: Path) -> Examiner:
    """Examine a text written as a CSV file, with the mapping of long files unless told otherwise."""

    def executer(texte: str, source: SourceFichier | None = None, nom: str = "essai.csv", **options: object) -> Examen:
        chemin = tmp_path / nom
        chemin.write_text(texte, encoding="utf-8")
        return examine(chemin, options.pop("contexte", contexte), source=source or build_source(), **options)  # type: ignore[arg-type]

    return executer


def write_long(*lignes: str) -> str:
    """A long CSV: header, then « caisse;période;résultat » rows of one indicateur."""
    corps = [f"{c};{INDICATEUR};{p};{v}" for c, p, v in (ligne.split(";", 2) for ligne in lignes)]
    return "\n".join(["Caisse;Indicateur;Période;Résultat", *corps]) + "\n"


def list_regles(examen: Examen, gravite: str | None = None) -> list[str]:
    """Names of the rules found, in order."""
    return [r["regle"] for r in examen.rapport["par_regle"] if gravite in {None, r["gravite"]}]
