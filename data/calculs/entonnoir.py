"""Funnel plot: limits that respect size, over-dispersion, outliers and expected false alarms.

Main source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24,
2005, p. 1185. Limits at 95 % (z = 1.96) and 99,8 % (z = 3.09).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.calculs.entrees import Nombres, Serie, check_niveau, check_nombre, check_paires, check_serie
from data.calculs.intervalles import compute_z, poisson_exact

NIVEAUX = (0.95, 0.998)
WINSOR = 0.1  # share of the z-scores brought back at each end before over-dispersion is measured


def limites_entonnoir_proportion(p0: float, n: float, z: float) -> tuple[float, float]:
    """Control limits of a proportion around ``p0`` for a group of ``n``.

    (2E + z² ± z√(z² + 4E(1 − E/n))) / (2(n + z²)), E = n·p0.
    Source: PHE technical guide on control limits for proportions, after Spiegelhalter 2005; same family as Wilson.

    Args:
        p0: reference proportion, in [0, 1].
        n: size of the group, above 0.
        z: 1.96 for 95 %, 3.0902 for 99,8 %.

    Returns:
        Lower and upper limits, in [0, 1].

    Raises:
        ValueError: p0 outside [0, 1], n or z not above 0.
    """
    reference = check_nombre(p0, "proportion de référence", minimum=0, maximum=1)
    taille = check_nombre(n, "effectif")
    ecart = check_nombre(z, "z")
    if taille <= 0 or ecart <= 0:
        raise ValueError(f"l'effectif et z doivent être positifs, pas {taille:g} et {ecart:g}")
    bas, haut = _list_limites_proportion(reference, np.array([taille]), ecart)
    return float(bas[0]), float(haut[0])


def _list_limites_proportion(reference: float, tailles: Nombres, z: float) -> tuple[Nombres, Nombres]:
    """Lower and upper limits of :func:`limites_entonnoir_proportion`, one per size."""
    attendus = tailles * reference
    demis = z * np.sqrt(z**2 + 4 * attendus * (1 - reference))
    diviseurs = 2 * (tailles + z**2)
    centres = 2 * attendus + z**2
    return np.maximum(0.0, (centres - demis) / diviseurs), np.minimum(1.0, (centres + demis) / diviseurs)


def limites_entonnoir_poisson(attendu: float, niveau: float) -> tuple[float, float]:
    """Control limits of a ratio observed / expected around 1, exact Poisson.

    χ²(α/2 ; 2E) / 2E and χ²(1 − α/2 ; 2E + 2) / 2E. Source: Spiegelhalter 2005, as computed by the package FunnelPlotR.

    Args:
        attendu: expected events, above 0.
        niveau: level, 0.95 or 0.998.

    Returns:
        Lower and upper limits of the ratio (1 = as expected).

    Raises:
        ValueError: expected events not above 0, or a level outside ]0, 1[.
    """
    evenements = check_nombre(attendu, "nombre attendu")
    if evenements <= 0:
        raise ValueError(f"le nombre attendu doit être positif, pas {evenements:g}")
    bas, haut = poisson_exact(evenements, niveau)
    return bas / evenements, haut / evenements


def surdispersion(z: Serie, s: Serie, winsor: float | None = None) -> tuple[float, float]:
    """Over-dispersion of z-scores: factor φ and between-group variance τ² (additive random effects).

    φ = Σz² / n on winsorised z-scores; τ² = (nφ − (n − 1)) / (Σw − Σw²/Σw), w = 1/s², and 0 unless nφ > n − 1.
    Source: Spiegelhalter, Quality and Safety in Health Care 14, 2005, p. 347; Spiegelhalter et al., JRSS-A 175, 2012,
    p. 1. Winsorising: z-scores beyond the quantiles ``winsor`` and 1 − ``winsor`` (linear interpolation) are brought
    back to them, so that the outliers one looks for do not widen the limits.

    Args:
        z: z-scores of the groups; holes are left out.
        s: their standard errors on the same scale as τ, above 0.
        winsor: share at each end, in [0, 0.5[; None to keep every z-score as it is.

    Returns:
        φ (1 = no more variation than chance) and τ² (in the squared unit of ``s``).

    Raises:
        ValueError: lengths that differ, no value, an error that is not above 0, a share outside [0, 0.5[.
    """
    scores, erreurs = check_serie(z, "z"), check_serie(s, "erreurs types")
    if len(scores) != len(erreurs):
        raise ValueError(f"{len(scores)} z pour {len(erreurs)} erreurs types : il en faut autant")
    presents = ~(np.isnan(scores) | np.isnan(erreurs))
    scores, erreurs = scores[presents], erreurs[presents]
    if not len(scores):
        raise ValueError("aucun z accompagné de son erreur type : pas de surdispersion à mesurer")
    if (erreurs <= 0).any():
        raise ValueError("une erreur type est nulle ou négative : la surdispersion n'est pas définie")
    if winsor is not None:
        part = check_nombre(winsor, "part winsorisée", minimum=0)
        if part >= 0.5:
            raise ValueError(f"la part winsorisée à chaque bout doit être inférieure à 0,5, pas {part:g}")
        bas, haut = np.quantile(scores, [part, 1 - part])
        scores = np.clip(scores, bas, haut)
    effectif = len(scores)
    somme = float(np.sum(np.square(np.sort(scores))))
    poids = 1 / np.square(np.sort(erreurs))
    diviseur = float(poids.sum() - np.square(poids).sum() / poids.sum())
    tau2 = (somme - (effectif - 1)) / diviseur if somme > effectif - 1 and diviseur > 0 else 0.0
    return somme / effectif, max(0.0, tau2)


@dataclass(frozen=True)
class PointEntonnoir:
    """One group of a funnel.

    rang: its place in the sequences given. valeur: proportion, or ratio observed / expected. taille: denominator.
    z: raw z-score. limites, limites_ajustees: (low, high) at 95 % then 99,8 %, without and with over-dispersion.
    depassement, depassement_ajuste: the widest level left (0.95, 0.998) or None when inside.
    """

    rang: int
    valeur: float
    taille: float
    z: float
    limites: tuple[tuple[float, float], ...]
    limites_ajustees: tuple[tuple[float, float], ...]
    depassement: float | None
    depassement_ajuste: float | None


@dataclass(frozen=True)
class Cadre:
    """What the groups of a funnel share: centre line, factor φ and between-group variance τ²."""

    reference: float
    phi: float
    tau2: float


@dataclass(frozen=True)
class Entonnoir:
    """A funnel: reference, over-dispersion, and a point per complete pair, in the order given.

    ``proportion`` is False for a ratio observed / expected, whose reference is ``reference`` (1 on the scale of SMR).
    """

    proportion: bool
    reference: float
    phi: float
    tau2: float
    points: tuple[PointEntonnoir, ...]

    def list_hors_limites(self, *, ajuste: bool = True, niveau: float = 0.998) -> list[PointEntonnoir]:
        """Points beyond the limits of a level, the farthest first (ties in the order given)."""
        dehors = [p for p in self.points if (p.depassement_ajuste if ajuste else p.depassement) is not None]
        gardes = [p for p in dehors if ((p.depassement_ajuste if ajuste else p.depassement) or 0) >= niveau]
        return sorted(gardes, key=lambda p: -abs(p.z))


def build_entonnoir(
    numerateurs: Serie,
    denominateurs: Serie,
    *,
    proportion: bool = True,
    reference: float | None = None,
    winsor: float | None = WINSOR,
) -> Entonnoir:
    """Funnel of groups around their common rate, raw and adjusted for over-dispersion.

    z-scores and τ² are on the variance-stabilised scale of Spiegelhalter 2005: arcsine √p, s = 1/(2√n), for a
    proportion; √(O/E), s = 1/(2√E), for a ratio of counts. Adjusted limits come back from that scale.

    Args:
        numerateurs: cases (or observed events).
        denominateurs: sizes (or expected events for a ratio).
        proportion: False for counts against expected counts.
        reference: centre line; None for Σ numerators / Σ denominators.
        winsor: see :func:`surdispersion`.

    Returns:
        Points of the complete pairs; a pair with a hole has none.

    Raises:
        ValueError: impossible pairs (see :func:`data.calculs.entrees.check_paires`), no complete pair.
    """
    cadre, rangs, valeurs, tailles, scores = _place_groupes(numerateurs, denominateurs, proportion, reference, winsor)
    centre, tau2 = cadre.reference, cadre.tau2
    brutes = [list_limites(centre, tailles, niveau, proportion=proportion) for niveau in NIVEAUX]
    ajustees = [list_limites(centre, tailles, niveau, proportion=proportion, tau2=tau2) for niveau in NIVEAUX]
    points = []
    for place, (rang, valeur, taille, score) in enumerate(
        zip(rangs.tolist(), valeurs.tolist(), tailles.tolist(), scores.tolist(), strict=True)
    ):
        limites, larges = tuple(lim[place] for lim in brutes), tuple(lim[place] for lim in ajustees)
        points.append(
            PointEntonnoir(
                rang, valeur, taille, score, limites, larges,
                _find_depassement(valeur, limites), _find_depassement(valeur, larges),
            )
        )  # fmt: skip
    return Entonnoir(proportion, centre, cadre.phi, tau2, tuple(points))


def compute_cadre(
    numerateurs: Serie,
    denominateurs: Serie,
    *,
    proportion: bool = True,
    reference: float | None = None,
    winsor: float | None = WINSOR,
) -> Cadre:
    """Centre line and over-dispersion of a funnel, without its points: enough for the limits at any size.

    Args and errors: see :func:`build_entonnoir`.
    """
    return _place_groupes(numerateurs, denominateurs, proportion, reference, winsor)[0]


def _place_groupes(
    numerateurs: Serie, denominateurs: Serie, proportion: bool, reference: float | None, winsor: float | None
) -> tuple[Cadre, NDArray[np.intp], Nombres, Nombres, Nombres]:
    """What the groups share, then places, values, sizes and z-scores of those that have both numbers."""
    hauts, bas = check_paires(numerateurs, denominateurs, plafond=proportion)
    rangs = np.flatnonzero(~np.isnan(bas))
    cas, tailles = hauts[rangs], bas[rangs]
    centre = (
        math.fsum(cas) / math.fsum(tailles) if reference is None else check_nombre(reference, "référence", minimum=0)
    )
    valeurs = cas / tailles
    erreurs = 1 / (2 * np.sqrt(tailles if proportion else tailles * max(centre, np.finfo(float).tiny)))
    echelle = _stabilise(valeurs, proportion=proportion, reference=centre)
    scores = (echelle - _stabilise(np.array([centre]), proportion=proportion, reference=centre)[0]) / erreurs
    phi, tau2 = surdispersion(scores.tolist(), erreurs.tolist(), winsor)
    return Cadre(centre, phi, tau2), rangs, valeurs, tailles, scores


def compute_limites(
    reference: float, taille: float, niveau: float, *, proportion: bool = True, tau2: float = 0.0
) -> tuple[float, float]:
    """Limits of a funnel at one size: see :func:`list_limites`.

    Raises:
        ValueError: a size that is not above 0, a reference or a level out of bounds.
    """
    return list_limites(reference, [taille], niveau, proportion=proportion, tau2=tau2)[0]


def list_limites(
    reference: float, tailles: Serie | Nombres, niveau: float, *, proportion: bool = True, tau2: float = 0.0
) -> list[tuple[float, float]]:
    """Limits of a funnel at each size, to draw its curves: exact without ``tau2``, θ0 ± z√(s² + τ²) with it.

    Adjusted limits never lie inside the raw ones.

    Args:
        reference: centre line, proportion or ratio.
        tailles: denominators (expected events for a ratio of counts).
        niveau: level, in ]0, 1[.
        proportion: False for a ratio.
        tau2: between-group variance of :func:`surdispersion`; 0 for raw limits.

    Raises:
        ValueError: a size that is not above 0, a reference or a level out of bounds.
    """
    z = compute_z(niveau)
    nombres = check_serie(tailles, "effectifs") if not isinstance(tailles, np.ndarray) else tailles
    if not (nombres > 0).all():
        raise ValueError(f"l'effectif doit être positif, pas {nombres[~(nombres > 0)][0]:g}")
    if proportion:
        centre = check_nombre(reference, "proportion de référence", minimum=0, maximum=1)
        bas, haut = _list_limites_proportion(centre, nombres, z)
    elif reference == 0:
        return [(0.0, 0.0)] * len(nombres)
    else:
        couples = [limites_entonnoir_poisson(n * reference, niveau) for n in nombres.tolist()]
        bas, haut = (reference * np.array(cote) for cote in zip(*couples, strict=True))
    if tau2 > 0:
        if proportion:
            angle = math.asin(math.sqrt(reference))
            demis = z * np.sqrt(1 / (4 * nombres) + tau2)
            bas = np.minimum(bas, np.sin(np.maximum(0.0, angle - demis)) ** 2)
            haut = np.maximum(haut, np.sin(np.minimum(math.pi / 2, angle + demis)) ** 2)
        else:
            demis = z * np.sqrt(1 / (4 * nombres * reference) + tau2)
            bas = np.minimum(bas, reference * np.maximum(0.0, 1 - demis) ** 2)
            haut = np.maximum(haut, reference * (1 + demis) ** 2)
    return list(zip(bas.tolist(), haut.tolist(), strict=True))


def compute_fausses_alertes(nb_indicateurs: int, nb_organismes: int, niveau: float = 0.95) -> float:
    """Signals expected by chance alone: number of tests × (1 − level).

    Raises:
        ValueError: a negative number, or a level outside ]0, 1[.
    """
    if nb_indicateurs < 0 or nb_organismes < 0:
        raise ValueError("les nombres d'indicateurs et d'organismes ne peuvent pas être négatifs")
    return nb_indicateurs * nb_organismes * (1 - check_niveau(niveau))


def _stabilise(valeurs: Nombres, *, proportion: bool, reference: float) -> Nombres:
    """Variance-stabilised scale of proportions (arcsine √p) or of ratios to the reference (√)."""
    if proportion:
        return np.asarray(np.arcsin(np.sqrt(valeurs)))
    return np.asarray(np.sqrt(valeurs / reference)) if reference > 0 else np.ones_like(valeurs)


def _find_depassement(valeur: float, limites: Sequence[tuple[float, float]]) -> float | None:
    dehors = [niveau for niveau, (bas, haut) in zip(NIVEAUX, limites, strict=True) if not bas <= valeur <= haut]
    return max(dehors) if dehors else None
