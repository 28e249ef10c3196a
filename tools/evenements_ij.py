"""Individual files of IJ at scale: ``python -m tools.evenements_ij MILLIONS FOLDER`` writes them as Parquet.

One row is one first payment: code_organisme, date_paiement, regime, risque, subrogation, canal, delai (days). Volumes
by month and population are those of the simulated network. The same arguments always write the same rows; files are
drawn one after the other from independent streams, so memory does not depend on their number. A known share of the
rows is wrong, in every way the loader must see. Demonstration data: nobody's file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.catalogue import load_catalogue
from data.modele import TypeOrganisme
from etl.simulation.ij import CANAUX, MOIS, POPULATIONS, compute_volumes

GRAINE = 20231130
LIGNES_PAR_FICHIER = 5_000_000
LIGNES_PAR_GROUPE = 250_000
PART_FAUTIVE = 0.001
JOURS_FORME = 1.02
MEDIANES = {"TS": 18.0, "TI": 12.0}


def write_evenements(dossier: Path, lignes: int, par_fichier: int = LIGNES_PAR_FICHIER) -> list[Path]:
    """Write ``lignes`` rows in files of at most ``par_fichier``, and return the files in order."""
    dossier.mkdir(parents=True, exist_ok=True)
    codes = [o.code for o in load_catalogue().list_organismes(TypeOrganisme.CPAM, TypeOrganisme.CCSS)]
    chemins = []
    for rang, debut in enumerate(range(0, lignes, par_fichier)):
        chemin = dossier / f"evenements-{rang:03d}.parquet"
        with pq.ParquetWriter(chemin, _build_schema(), compression="zstd") as sortie:
            reste = min(par_fichier, lignes - debut)
            for morceau, depart in enumerate(range(0, reste, LIGNES_PAR_GROUPE)):
                rng = np.random.default_rng([GRAINE, rang, morceau])
                sortie.write_table(_simulate(rng, codes, min(LIGNES_PAR_GROUPE, reste - depart)))
        chemins.append(chemin)
    return chemins


def _build_schema() -> pa.Schema:
    texte = pa.dictionary(pa.int16(), pa.string())
    noms = ("regime", "risque", "subrogation", "canal")
    return pa.schema(
        [
            ("code_organisme", texte),
            ("date_paiement", pa.date32()),
            *((nom, texte) for nom in noms),
            ("delai", pa.int32()),
        ]
    )


def _simulate(rng: np.random.Generator, codes: list[str], lignes: int) -> pa.Table:
    volumes = compute_volumes()
    poids_caisses = 1.0 / (1.0 + np.arange(len(codes)) % 17)  # some caisses are much larger than others
    caisse = _draw(rng, poids_caisses, lignes)
    cellule = _draw(rng, volumes.ravel(), lignes)
    population, mois = np.divmod(cellule, len(MOIS))
    regime = np.array([p.regime == "TI" for p in POPULATIONS])[population]
    canal = np.where(regime, len(CANAUX) - 1, _draw(rng, np.array([0.5, 0.4, 0.1]), lignes))
    medianes = np.log([MEDIANES[p.regime] for p in POPULATIONS])[population]
    delai = np.exp(rng.normal(medianes, JOURS_FORME)).clip(0, 365).astype(np.int32)
    jours = np.array(MOIS, dtype="datetime64[D]")[mois] + rng.integers(0, 28, lignes).astype("timedelta64[D]")
    colonnes: dict[str, Any] = {
        "code_organisme": (caisse, [*codes, "999"]),
        "regime": (_rank(population, "regime"), [*_list_valeurs("regime"), "XX"]),
        "risque": (_rank(population, "risque"), [*_list_valeurs("risque"), "inconnu"]),
        "subrogation": (_rank(population, "subrogation"), _list_valeurs("subrogation")),
        "canal": (canal, list(CANAUX)),
    }
    _spoil(rng, colonnes, delai, jours)
    return pa.table(
        {
            "code_organisme": _encode(*colonnes["code_organisme"]),
            "date_paiement": pa.array(jours.astype("datetime64[D]")),
            **{nom: _encode(*colonnes[nom]) for nom in ("regime", "risque", "subrogation", "canal")},
            "delai": pa.array(delai),
        },
        schema=_build_schema(),
    )


def _draw(rng: np.random.Generator, poids: NDArray[np.float64], lignes: int) -> NDArray[np.int64]:
    cumul = np.cumsum(poids)
    return np.searchsorted(cumul, rng.random(lignes) * cumul[-1], side="right")


def _list_valeurs(champ: str) -> list[str]:
    return sorted({getattr(p, champ) for p in POPULATIONS})


def _rank(population: NDArray[np.int64], champ: str) -> NDArray[np.int64]:
    valeurs = _list_valeurs(champ)
    return np.array([valeurs.index(getattr(p, champ)) for p in POPULATIONS])[population]


def _encode(rangs: NDArray[np.int64], valeurs: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(rangs.astype(np.int16)), pa.array(valeurs))


def _spoil(
    rng: np.random.Generator, colonnes: dict[str, Any], delai: NDArray[np.int32], jours: NDArray[np.datetime64]
) -> None:
    """Make a share of the rows wrong: caisse, month, code, negative and endless délais, evenly."""
    fautives = np.flatnonzero(rng.random(len(delai)) < PART_FAUTIVE)
    sorte = rng.integers(0, 6, len(fautives))
    colonnes["code_organisme"][0][fautives[sorte == 0]] = len(colonnes["code_organisme"][1]) - 1
    colonnes["regime"][0][fautives[sorte == 1]] = len(colonnes["regime"][1]) - 1
    colonnes["risque"][0][fautives[sorte == 2]] = len(colonnes["risque"][1]) - 1
    jours[fautives[sorte == 3]] = np.datetime64("1999-12-31")
    delai[fautives[sorte == 4]] = -3
    delai[fautives[sorte == 5]] = 4000


def main() -> None:
    """Write the files asked on the command line."""
    millions, dossier = float(sys.argv[1]), Path(sys.argv[2])
    chemins = write_evenements(dossier, int(millions * 1_000_000))
    octets = sum(chemin.stat().st_size for chemin in chemins)
    print(f"{len(chemins)} fichiers, {octets / 1e6:.0f} Mo : {dossier}")


if __name__ == "__main__":
    main()
