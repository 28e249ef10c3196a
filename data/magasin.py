"""Read the published database: the only door of the application to DuckDB.

A publication is a folder behind the symbolic link ``var/courante``. DuckDB keeps
serving a replaced file to a connection opened by path, so each version gets its own
in-memory connection with the file attached read-only; a request takes a fresh
cursor. When the link moves, the next request reads the new version: no restart.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb
import polars as pl

from data.chemins import NOM_BASE, get_lien_courant, get_var
from data.schemas import TABLES

# DuckDB imports pandas at its first query. Done in a thread of the server, Plotly finds it half imported while it
# writes the answer of another thread, and fails: it must be there before any thread is.
import_module("pandas")

P = ParamSpec("P")
R = TypeVar("R")

Parametres = Mapping[str, object] | Sequence[object]


class BaseIndisponibleError(RuntimeError):
    """No published database can be read; the message (French) says what to run."""


class Lecture:
    """One published version, opened read-only. Hashable by version, so that caches follow it."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.version = dossier.name
        base = dossier / NOM_BASE
        if not base.is_file():
            raise BaseIndisponibleError(f"La base publiée « {self.version} » est absente. Lancez « make etl ».")
        self._connexion = duckdb.connect(":memory:", config={"threads": 2})
        try:
            chemin = str(base).replace("'", "''")
            self._connexion.execute(f"ATTACH '{chemin}' AS publication (READ_ONLY)")
            self._connexion.execute("SET enable_external_access = false")
        except duckdb.Error as erreur:
            self._connexion.close()
            raise BaseIndisponibleError(
                f"La base publiée « {self.version} » est illisible ou incomplète. Reconstruisez-la avec « make etl »."
            ) from erreur
        self._check_colonnes()

    def _check_colonnes(self) -> None:
        """Refuse a publication built for other tables than ours, rather than fail at the first request."""
        lues = self.query("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'publication'")
        presentes = set(lues.iter_rows())
        manque = [f"{t.nom}.{c}" for t in TABLES for c in t.colonnes if (t.nom, c) not in presentes]
        if manque:
            self._connexion.close()
            raise BaseIndisponibleError(
                f"La base publiée « {self.version} » a été construite par une autre version de Parangon : il y manque "
                f"« {manque[0]} ». Reconstruisez-la avec « make etl »."
            )

    def query(self, sql: str, parametres: Parametres | None = None) -> pl.DataFrame:
        """Run one SELECT on the publication and return all its rows."""
        curseur = self._connexion.cursor()
        try:
            curseur.execute("USE publication")
            # Not ``curseur.sql``: with parameters it copies the whole result once more (25 times slower on lists).
            return curseur.execute(sql, parametres).pl()
        finally:
            curseur.close()

    def __eq__(self, autre: object) -> bool:
        return isinstance(autre, Lecture) and autre.dossier == self.dossier

    def __hash__(self) -> int:
        return hash(self.dossier)


class Magasin:
    """Gives the current :class:`Lecture`, following the link of the publication."""

    def __init__(self, var: Path) -> None:
        self._lien = get_lien_courant(var)
        self._verrou = threading.Lock()
        self._lecture: Lecture | None = None

    def get_lecture(self) -> Lecture:
        """Return the version being served now.

        Raises:
            BaseIndisponibleError: nothing is published, or the file cannot be read.
        """
        try:
            dossier = self._lien.resolve(strict=True)
        except OSError:
            raise BaseIndisponibleError(
                "Aucune donnée n'est publiée. Lancez « make etl », puis rechargez la page."
            ) from None
        lecture = self._lecture
        if lecture is not None and lecture.dossier == dossier:
            return lecture
        with self._verrou:
            if self._lecture is None or self._lecture.dossier != dossier:
                self._lecture = Lecture(dossier)
            return self._lecture


@lru_cache(maxsize=1)
def get_magasin() -> Magasin:
    """The store of this process, on ``PARANGON_VAR``."""
    return Magasin(get_var())


def par_version(fonction: Callable[Concatenate[Lecture, P], R]) -> Callable[P, R]:
    """Cache a named request by data version and arguments; the caller never sees the version.

    The decorated function takes a :class:`Lecture` first; the result is called without it.
    Arguments must be hashable; the frames returned are shared: never change them in place.
    """
    cache = lru_cache(maxsize=256)(fonction)

    @wraps(fonction)
    def appel(*args: P.args, **kwargs: P.kwargs) -> R:
        lecture: Any = get_magasin().get_lecture()
        return cache(lecture, *args, **kwargs)  # type: ignore[arg-type]  # hashable by contract

    return appel


def sans_memoire(fonction: Callable[Concatenate[Lecture, P], R]) -> Callable[P, R]:
    """Give a named request the version being served, keeping nothing of its result.

    For pages of facts, asked for once with arguments of endless variety: :func:`par_version` would keep hundreds of
    large frames.
    """

    @wraps(fonction)
    def appel(*args: P.args, **kwargs: P.kwargs) -> R:
        return fonction(get_magasin().get_lecture(), *args, **kwargs)

    return appel


def memorise(fonction: Callable[P, R]) -> Callable[P, R]:
    """Cache what a function builds from the publication, by data version and arguments.

    For contents that cost more to build than to send (a figure is validated property by property). Arguments must be
    hashable; the result is shared between requests: never change it in place.
    """

    @lru_cache(maxsize=512)
    def cache(_version: str, *args: Any, **kwargs: Any) -> R:
        return fonction(*args, **kwargs)

    @wraps(fonction)
    def appel(*args: P.args, **kwargs: P.kwargs) -> R:
        version = get_magasin().get_lecture().version
        return cache(version, *args, **kwargs)  # type: ignore[arg-type]  # hashable by contract

    return appel


def main() -> int:
    """Say whether a publication can be served (exit code 0), or why not (1); ``make run`` builds one in that case."""
    try:
        get_magasin().get_lecture()
    except BaseIndisponibleError as erreur:
        print(erreur, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
