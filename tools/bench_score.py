"""Time of the score engine on a whole network, against a bare Polars group-by of the same frame.

What is measured:

* every organisme of the network on its published barème (165 organismes, about 20 indicateurs each);
* 10 000 organismes on a barème of 60 indicateurs, all measured;
* the ratio of each to the least any computation of a score needs: the weighted sum of given rates, per organisme.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import polars as pl

from data.bareme import Bareme
from data.calculs import compute_scores
from data.catalogue import load_catalogue
from data.modele import Portee, Sens
from tools.chronometre import measure

REPETITIONS = 9


def _measure_chaud(action: Callable[[], object], repetitions: int = REPETITIONS) -> float:
    action()
    return measure(action, repetitions)


def build_reseau(baremes: list[Bareme]) -> pl.DataFrame:
    """Results of every organisme on the barème of its type: values and thresholds, some missing, some neutralised."""
    tirage = random.Random(165)  # noqa: S311 - a fixed draw, no secret
    catalogue, lignes = load_catalogue(), []
    for bareme in baremes:
        for organisme in catalogue.list_organismes(*bareme.types_organisme):
            for code, cible in bareme.list_cibles():
                bas = cible.sens is Sens.BAS
                sort = tirage.random()
                lignes.append(
                    {
                        "code_organisme": organisme.code,
                        "type_organisme": organisme.type.value,
                        "code_indicateur": code,
                        "taux_reussite": tirage.random() if cible.forme not in {"lineaire", "evolution"} else None,
                        "valeur": None if cible.forme == "date" else 100 * tirage.random(),
                        "socle": 90.0 if bas else 10.0,
                        "objectif": 10.0 if bas else 90.0,
                        "statut": "neutralise" if sort < 0.05 else ("non_fourni" if sort < 0.08 else "publie"),
                    }
                )
    return pl.DataFrame(lignes, infer_schema_length=None)


def build_grand(organismes: int, indicateurs: int) -> tuple[pl.DataFrame, Bareme]:
    """As many organismes as asked on one barème of equal weights, linear targets from 0 to 100."""
    modele = next(b for b in load_catalogue().baremes if b.portee is Portee.LOCALE)
    codes = [f"essai_{rang:03}" for rang in range(indicateurs)]
    poids = 100 / indicateurs
    cibles = [{"code": c, "poids": poids, "sens": "haut", "socle": 0, "objectif": 100} for c in codes]
    domaine = {"nom": "Essai", "poids": 100, "indicateurs": cibles}
    bareme = Bareme.model_validate(modele.model_dump() | {"domaines": [domaine]})
    noms = pl.DataFrame({"code_organisme": [f"o{rang:05}" for rang in range(organismes)]})
    frame = noms.join(pl.DataFrame({"code_indicateur": codes}), how="cross").with_columns(
        (pl.int_range(pl.len()) * 37 % 120).cast(pl.Float64).alias("valeur")
    )
    return frame, bareme


def _measure_nu(frame: pl.DataFrame) -> float:
    """The bare group-by: a weighted sum per organisme."""
    pret = frame.with_columns(pl.lit(1.0).alias("poids"), pl.col("valeur").fill_null(50.0).alias("taux"))
    return _measure_chaud(lambda: pret.group_by("code_organisme").agg((pl.col("poids") * pl.col("taux")).sum()))


def measure_score() -> dict[str, float]:
    """Median times (ms) and ratios."""
    baremes = [b for b in load_catalogue().baremes if b.portee is Portee.LOCALE]
    reseau = build_reseau(baremes)
    petit, bareme_petit = build_grand(165, 20)
    grand, bareme = build_grand(10_000, 60)
    resultats = {}
    for nom, frame, lequel, repetitions in (
        ("score, 165 organismes × 20", petit, bareme_petit, 9),
        (f"score, {reseau['code_organisme'].n_unique()} organismes, {reseau.height} résultats", reseau, baremes, 9),
        ("score, 10 000 organismes × 60", grand, bareme, 5),
    ):
        complet = _measure_chaud(lambda f=frame, b=lequel: compute_scores(f, b), repetitions)  # type: ignore[misc]
        resultats[nom] = complet
        resultats[f"{nom}, rapport au group_by nu"] = complet / _measure_nu(frame)
    return resultats


if __name__ == "__main__":
    for intitule, valeur in measure_score().items():
        print(f"{intitule:<70} {valeur:>9.1f}")
