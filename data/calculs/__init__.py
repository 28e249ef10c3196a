"""Statistics and scoring: pure functions on values and frames."""

from data.calculs.dispersion import compute_dispersion
from data.calculs.entonnoir import (
    build_entonnoir,
    limites_entonnoir_poisson,
    limites_entonnoir_proportion,
    surdispersion,
)
from data.calculs.groupes import groupes_quantiles
from data.calculs.interessement import (
    compute_distribution,
    compute_enveloppe,
    compute_interessement,
    compute_prime_ponderee,
    compute_taux_pondere,
    compute_utilisation,
)
from data.calculs.intervalles import (
    byar,
    intervalle_effectif,
    intervalle_moyenne,
    intervalle_quantile,
    poisson_exact,
    wilson,
)
from data.calculs.leviers import compute_leviers
from data.calculs.rangs import distribution_rangs
from data.calculs.retrecissement import retrecissement_eb
from data.calculs.score import ScoreOrganisme, compute_decomposition, compute_score
from data.calculs.score_vectorise import compute_scores
from data.calculs.series import laney_p, xmr
from data.calculs.taux import compute_taux_reussite
from data.calculs.taux_vectorise import compute_taux_frame
from data.calculs.tendances import mann_kendall, tendance_recente

__all__ = [
    "ScoreOrganisme",
    "build_entonnoir",
    "byar",
    "compute_decomposition",
    "compute_dispersion",
    "compute_distribution",
    "compute_enveloppe",
    "compute_interessement",
    "compute_leviers",
    "compute_prime_ponderee",
    "compute_score",
    "compute_scores",
    "compute_taux_frame",
    "compute_taux_pondere",
    "compute_taux_reussite",
    "compute_utilisation",
    "distribution_rangs",
    "groupes_quantiles",
    "intervalle_effectif",
    "intervalle_moyenne",
    "intervalle_quantile",
    "laney_p",
    "limites_entonnoir_poisson",
    "limites_entonnoir_proportion",
    "mann_kendall",
    "poisson_exact",
    "retrecissement_eb",
    "surdispersion",
    "tendance_recente",
    "wilson",
    "xmr",
]
