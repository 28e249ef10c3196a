"""Named controls run before publishing. An « erreur » blocks; an « avertissement » publishes and says so.

Each control is a pure function of the tables; all run, all verdicts are reported at once.
The expected figures are those printed by the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from data.calculs.convergence import simulate_resserrement
from data.catalogue import load_catalogue
from data.modele import Granularite, Maille, Nature, TypeOrganisme
from data.schemas import CONTROLE, build_frame
from etl.simulation import marges_reseau
from etl.simulation.contexte import ANNEES_PRODUCTIVITE, ARRETS_2019, BENEFICIAIRES_C2S_2023, ETP_2023
from etl.simulation.faits import FICHIER as FICHIER_RESEAU
from etl.simulation.marges_ij import list_ecarts
from etl.simulation.parametres import ANNEES
from etl.simulation.productivite import NB_CONTRIBUTRICES, NB_PLAFONNEES, POSTES
from etl.simulation.services import FICHIER as FICHIER_SERVICES
from etl.simulation.services import load_services
from etl.simulation.territoires import CPTS_2023, CPTS_MARS_2022, CPTS_REGIONS_2022, ZONAGE
from etl.socle.interessement import ANNEE, MAXIMUM, MINIMUM, MOYENNE, SEGMENT_LISTE, TYPES_NOTE
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT

Tables = Mapping[str, pl.DataFrame]

# Network of 2023: document 000 section V; the two CCSS counted apart (document 003 l. 394 and 2034).
EFFECTIFS: dict[TypeOrganisme, int] = {
    TypeOrganisme.CPAM: 100,
    TypeOrganisme.CCSS: 2,
    TypeOrganisme.CGSS: 4,
    TypeOrganisme.CSS: 1,
    TypeOrganisme.DRSM: 16,
    TypeOrganisme.CARSAT: 16,
    TypeOrganisme.UGECAM: 13,
    TypeOrganisme.CTI: 9,
    TypeOrganisme.CEIR: 3,
    TypeOrganisme.CNAM: 1,
}
PRIME_LOCALE_MAXIMALE = 607.17  # € per ETP, document 000 l. 99
_ECART_TAUX = 0.005  # points: half of the last printed decimal of a rate
PRIME_NATIONALE_MAXIMALE = 496.78  # € per ETP, document 000 l. 97


class Gravite(StrEnum):
    """What a failed control does."""

    ERREUR = "erreur"
    AVERTISSEMENT = "avertissement"


class ControleEchoueError(RuntimeError):
    """At least one blocking control failed; nothing is published."""


@dataclass(frozen=True)
class Verdict:
    """Result of one control on one object."""

    objet: str
    reussi: bool
    attendu: str
    obtenu: str
    message: str = ""
    gravite: Gravite = Gravite.ERREUR


Controle = Callable[[Tables], Iterator[Verdict]]


def _scores(tables: Tables) -> pl.DataFrame:
    """code_entite, type (of the note: CCSS with CPAM), taux, prime locale."""
    valeurs = tables["mart_valeur"].filter(
        pl.col("maille") == "organisme",
        pl.col("mesure") == "resultat",
        pl.col("granularite") == "annee",
        pl.col("periode_debut").dt.year() == ANNEE,
    )
    par_code = {
        code: valeurs.filter(pl.col("code_indicateur") == code).select("code_entite", pl.col("valeur").alias(code))
        for code in ("taux_reussite_local", "prime_locale", "prime_nationale", "prime_totale")
    }
    frame = tables["mart_organisme"].select(
        pl.col("code_organisme").alias("code_entite"),
        "nom",
        pl.col("type_organisme"),
        pl.col("type_organisme").replace({"CCSS": "CPAM"}).alias("type_note"),
    )
    for colonne in par_code.values():
        frame = frame.join(colonne, on="code_entite", how="left")
    return frame


def _get_imprime(
    tables: Tables, code: str, entite: str, statistique: str, *, segment: str = ENSEMBLE, annee: int = 2023
) -> float | None:
    trouve = tables["mart_valeur"].filter(
        pl.col("code_indicateur") == code,
        pl.col("code_entite") == entite,
        pl.col("statistique") == statistique,
        pl.col("segment") == segment,
        pl.col("periode_debut").dt.year() == annee,
    )["valeur"]
    return None if trouve.is_empty() else float(trouve[0])


def check_effectifs(tables: Tables) -> Iterator[Verdict]:
    """165 organismes, by type."""
    comptes = dict(tables["mart_organisme"].group_by("type_organisme").len().iter_rows())
    for type_organisme, attendu in EFFECTIFS.items():
        obtenu = comptes.get(type_organisme.value, 0)
        yield Verdict(type_organisme.value, obtenu == attendu, str(attendu), str(obtenu))
    total = tables["mart_organisme"].height
    yield Verdict("ensemble", total == sum(EFFECTIFS.values()), str(sum(EFFECTIFS.values())), str(total))


def check_scores_complets(tables: Tables) -> Iterator[Verdict]:
    """Every organisme has its 2023 local rate and its primes."""
    scores = _scores(tables)
    for code in ("taux_reussite_local", "prime_locale", "prime_nationale", "prime_totale"):
        manquants = scores.filter(pl.col(code).is_null())["nom"].to_list()
        yield Verdict(code, not manquants, "aucun manquant", f"{len(manquants)} manquants", ", ".join(manquants))


def check_moyennes(tables: Tables) -> Iterator[Verdict]:
    """Each printed type mean is the mean of its rows: to 0,01 under the lists, to 0,1 in the syntheses."""
    scores = _scores(tables)
    for type_note in TYPES_NOTE:
        lignes = scores.filter(pl.col("type_note") == type_note)
        if lignes.is_empty():
            continue
        for code in ("taux_reussite_local", "prime_locale"):
            imprimee = _get_imprime(tables, code, type_note, MOYENNE, segment=SEGMENT_LISTE)
            if imprimee is not None:
                moyenne = float(lignes[code].mean())  # type: ignore[arg-type]
                yield Verdict(
                    f"{code}, liste {type_note}",
                    abs(moyenne - imprimee) <= 0.0101,
                    f"{imprimee:.2f}",
                    f"{moyenne:.4f}",
                    "moyenne simple des organismes du type, à 0,01 près",
                )
        synthese = _get_imprime(tables, "taux_reussite_local", type_note, MOYENNE)
        if synthese is not None:
            moyenne = float(lignes["taux_reussite_local"].mean())  # type: ignore[arg-type]
            ecart = abs(moyenne - synthese)
            yield Verdict(
                f"synthèse {type_note}",
                ecart <= 0.1001,
                f"{synthese:.1f}",
                f"{moyenne:.2f}",
                "à 0,1 point près : la note arrondit ou tronque",
                Gravite.AVERTISSEMENT if type_note == "CGSS" else Gravite.ERREUR,
            )


def check_extremes(tables: Tables) -> Iterator[Verdict]:
    """Printed minimum and maximum of each type are those of its rows, to 0,1 point (rounded or truncated)."""
    scores = _scores(tables)
    for type_note in TYPES_NOTE:
        lignes = scores.filter(pl.col("type_note") == type_note)["taux_reussite_local"]
        for statistique, obtenu in ((MINIMUM, lignes.min()), (MAXIMUM, lignes.max())):
            imprimee = _get_imprime(tables, "taux_reussite_local", type_note, statistique)
            if imprimee is not None and obtenu is not None:
                valeur = float(obtenu)  # type: ignore[arg-type]
                yield Verdict(
                    f"{statistique} {type_note}", abs(valeur - imprimee) < 0.1, f"{imprimee:.1f}", f"{valeur:.2f}"
                )


def check_moyenne_reseau(tables: Tables) -> Iterator[Verdict]:
    """Network mean of the local rate, 93,91 % printed (document 000 l. 286)."""
    moyenne = float(_scores(tables)["taux_reussite_local"].mean())  # type: ignore[arg-type]
    yield Verdict(
        "réseau", abs(moyenne - 93.91) <= 0.01, "93,91", f"{moyenne:.4f}", "moyenne simple des 165 organismes"
    )


def check_tranches(tables: Tables) -> Iterator[Verdict]:
    """Counts per class of score, recomputed from the rows, equal the printed ones."""
    scores = _scores(tables)
    bornes = [0.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, float("inf")]
    for ligne in tables["mart_tranche"].to_dicts():
        choix = scores if ligne["type_organisme"] == "TOTAL" else scores.filter(type_organisme=ligne["type_organisme"])
        bas, haut = bornes[ligne["ordre"]], bornes[ligne["ordre"] + 1]
        taux = choix["taux_reussite_local"]
        obtenu = int(((taux >= bas) & (taux < haut)).sum())
        yield Verdict(
            f"{ligne['tranche']} {ligne['type_organisme']}",
            obtenu == ligne["nombre"],
            str(ligne["nombre"]),
            str(obtenu),
        )


def check_primes(tables: Tables) -> Iterator[Verdict]:
    """Prime locale = taux × 607,17 € to 0,05 €; prime totale = locale + nationale."""
    scores = _scores(tables).with_columns(
        ecart=(pl.col("taux_reussite_local") / 100 * PRIME_LOCALE_MAXIMALE - pl.col("prime_locale")).abs(),
        somme=(pl.col("prime_locale") + pl.col("prime_nationale") - pl.col("prime_totale")).abs(),
    )
    for colonne, tolerance, objet in (("ecart", 0.05, "prime locale"), ("somme", 0.005, "prime totale")):
        fautifs = scores.filter(pl.col(colonne) > tolerance + 1e-9)
        pire = float(scores[colonne].max())  # type: ignore[arg-type]
        yield Verdict(
            objet,
            fautifs.is_empty(),
            f"écart ≤ {tolerance} €",
            f"écart maximal {pire:.3f} €",
            ", ".join(fautifs["nom"].to_list()),
        )


def check_poids(tables: Tables) -> Iterator[Verdict]:
    """Weights sum to 100 per type and for the part nationale (composites counted once).

    « 3,3 % » printed three times for a third of ten points leaves 0,1 point: tolerance 0,15.
    """
    composantes = set(tables["mart_indicateur"].filter(pl.col("est_composante"))["code_indicateur"])
    cibles = tables["mart_cible"].filter(pl.col("referentiel") == "interessement", pl.col("poids").is_not_null())
    for (type_organisme,), lignes in cibles.group_by("type_organisme", maintain_order=True):
        parents = lignes.filter(~pl.col("code_indicateur").is_in(composantes))
        # The part nationale prints the weights of the components of its composite, not the parent's.
        retenues = lignes if type_organisme == "reseau" else parents
        if type_organisme == "CTI":  # weights printed by domaine only
            continue
        total = float(retenues["poids"].sum())
        yield Verdict(str(type_organisme), abs(total - 100) <= 0.15, "100", f"{total:.1f}")
    domaines = tables["mart_domaine"].filter(
        pl.col("poids").is_not_null(), ~pl.col("domaine").str.contains("(?i)score|taux de réussite")
    )
    for (type_organisme,), lignes in domaines.group_by("type_organisme", maintain_order=True):
        total = float(lignes["poids"].sum())
        yield Verdict(f"domaines {type_organisme}", abs(total - 100) <= 0.01, "100", f"{total:.1f}")


def check_repartitions(tables: Tables) -> Iterator[Verdict]:
    """100 % + below + nil + neutralised = number of organismes of the type."""
    comptes = dict(
        tables["mart_organisme"].group_by(pl.col("type_organisme").replace({"CCSS": "CPAM"})).len().iter_rows()
    )
    for ligne in tables["mart_repartition"].to_dicts():
        nombres = [ligne[c] for c in ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise")]
        if all(n is None for n in nombres):
            continue
        total, attendu = sum(n or 0 for n in nombres), comptes[ligne["type_organisme"]]
        hors_guyane = "hors Guyane" in f"{ligne['libelle']} {ligne['note']}"
        yield Verdict(
            f"{ligne['type_organisme']} {ligne['code_indicateur']}",
            total == attendu - (1 if hors_guyane else 0),
            f"{attendu - 1} (hors Guyane)" if hors_guyane else str(attendu),
            str(total),
        )


def check_part_nationale(tables: Tables) -> Iterator[Verdict]:
    """The linear formula gives the printed rates to 0,1 point; their weighted sum 95,4 %; the prime 473,94 €."""
    valeurs = tables["mart_valeur"].filter(
        pl.col("maille") == "reseau", pl.col("code_indicateur").str.starts_with("nat_")
    )
    cibles = tables["mart_cible"].filter(pl.col("type_organisme") == "reseau", pl.col("referentiel") == "interessement")
    domaine_de = dict(tables["mart_indicateur"].select("code_indicateur", "domaine").iter_rows())
    points: dict[str, list[tuple[float, float | None]]] = {}
    for cible in cibles.to_dicts():
        code = cible["code_indicateur"]
        mesures = {v["mesure"]: v for v in valeurs.filter(pl.col("code_indicateur") == code).to_dicts()}
        imprime = mesures["taux_reussite"]["valeur"]
        points.setdefault(domaine_de[code], []).append((cible["poids"], imprime))
        resultat = mesures["resultat"]
        if imprime is None:
            yield Verdict(code, resultat["statut"] == "neutralise", "neutralise", resultat["statut"])
            continue
        # The result is printed rounded (91,4 for 91,42): the rate may lie anywhere in that rounding.
        arrondi = _compute_demi_unite(resultat)
        bas, haut = sorted(_compute_taux(cible, resultat, sens * arrondi) for sens in (-1, 1))
        yield Verdict(
            code,
            bas - 0.1 <= imprime <= haut + 0.1,
            f"{imprime:.1f}",
            f"{_compute_taux(cible, resultat):.2f}",
            "à 0,1 point près, arrondi du résultat imprimé compris",
        )
    total = 0.0
    for lignes in points.values():
        mesures_ = [(p, t) for p, t in lignes if t is not None]
        total += sum(p * t for p, t in mesures_) / sum(p for p, _ in mesures_) * sum(p for p, _ in lignes)
    total /= 100
    yield Verdict("taux national", abs(total - 95.4) <= 0.05, "95,4", f"{total:.3f}")
    prime = PRIME_NATIONALE_MAXIMALE * total / 100
    yield Verdict("prime nationale", abs(prime - 473.94) <= 0.01, "473,94 €", f"{prime:.2f} €")


def _compute_demi_unite(resultat: dict[str, Any]) -> float:
    """Half a unit of the last printed decimal of a result; 0 for a date."""
    if resultat["valeur_date"] is not None:
        return 0.0
    decimales = len(str(resultat["valeur_imprimee"]).partition(".")[2])
    return 0.5 * 10.0**-decimales


def _compute_taux(cible: dict[str, Any], resultat: dict[str, Any], ecart: float = 0.0) -> float:
    """Linear rate of a national indicateur (%), from numbers or dates, the result being moved by ``ecart``."""
    if resultat["valeur_date"] is not None:
        valeur, socle, objectif = (
            d.toordinal() for d in (resultat["valeur_date"], cible["date_socle"], cible["date_objectif"])
        )
    else:
        valeur, socle, objectif = resultat["valeur"], cible["socle"], cible["objectif"]
    return float(100 * min(1.0, max(0.0, (valeur + ecart - socle) / (objectif - socle))))


def check_simulation(tables: Tables) -> Iterator[Verdict]:
    """The simulated theme hits the published margins, and says it is simulated."""
    simulees = tables["mart_valeur"].filter(pl.col("referentiel") == "territoire")
    yield Verdict(
        "nature",
        set(simulees["nature"]) == {Nature.SIMULEE.value},
        "simulee",
        ", ".join(sorted(set(simulees["nature"]))),
    )
    attendus = [
        ("couverture_population_cpts", "france", 2022, CPTS_MARS_2022),
        ("couverture_population_cpts", "france", 2023, CPTS_2023),
        *[("couverture_population_cpts", region, 2022, taux) for region, taux in CPTS_REGIONS_2022.items()],
    ]
    for annee, (part_zip, part_zac) in ZONAGE.items():
        attendus += [
            ("part_population_zip", "france", annee, part_zip),
            ("part_population_zac", "france", annee, part_zac),
        ]
    for code, entite, annee, attendu in attendus:
        maille = "reseau" if entite == "france" else "region"
        lignes = simulees.filter(
            pl.col("code_indicateur") == code,
            pl.col("maille") == maille,
            pl.col("code_entite") == entite,
            pl.col("periode_debut").dt.year() == annee,
        )
        obtenu = float(lignes["valeur"][0]) if lignes.height == 1 else float("nan")
        yield Verdict(
            f"{code} {entite} {annee}", abs(obtenu - 100 * attendu) <= 0.005, f"{100 * attendu:.2f}", f"{obtenu:.4f}"
        )


def check_simulation_ij(tables: Tables) -> Iterator[Verdict]:
    """The simulated files of IJ give the published délais; where the documents disagree, the gap is said."""
    for ecart in list_ecarts(tables):
        yield Verdict(
            ecart.objet,
            ecart.respecte,
            ecart.attendu,
            f"{ecart.obtenu:.3f}",
            f"{ecart.source}{f' : {ecart.connu}' if ecart.connu else ''}",
            Gravite.AVERTISSEMENT if ecart.connu else Gravite.ERREUR,
        )


def check_simulation_reseau(tables: Tables) -> Iterator[Verdict]:
    """The simulated network meets the published scores, counts and means; what the note contradicts is said."""
    for ecart in marges_reseau.list_ecarts(tables, load_catalogue()):
        yield Verdict(
            f"{ecart.marge} {ecart.type_note} : {ecart.objet}",
            ecart.respecte,
            ecart.attendu,
            ecart.obtenu,
            ecart.connu or "",
            Gravite.AVERTISSEMENT if ecart.connu else Gravite.ERREUR,
        )


def check_contexte(tables: Tables) -> Iterator[Verdict]:
    """The context of the organismes gives the printed staff, C2S, arrêts and « resserrement des écarts »."""
    contexte = tables["mart_valeur"].filter(pl.col("referentiel") == "contexte")
    types = dict(tables["mart_organisme"].select("code_organisme", "type_organisme").iter_rows())

    def select(code: str, annee: int) -> pl.DataFrame:
        return contexte.filter(pl.col("code_indicateur") == code, pl.col("periode_debut").dt.year() == annee)

    etp = select("ctx_etp", max(ANNEES)).with_columns(type=pl.col("code_entite").replace_strict(types, default=None))
    for groupe, attendu in ETP_2023.items():
        obtenu = float(etp.filter(pl.col("type").is_in([t.value for t in groupe]))["valeur"].sum())
        objet = "ETP " + " et ".join(t.value for t in groupe)
        yield Verdict(objet, abs(obtenu - attendu) < 0.01, f"{attendu:g}", f"{obtenu:.2f}")
    c2s = float(select("ctx_part_c2s", max(ANNEES))["numerateur"].sum())
    yield Verdict(
        "bénéficiaires de la C2S 2023", c2s == BENEFICIAIRES_C2S_2023, f"{BENEFICIAIRES_C2S_2023}", f"{c2s:.0f}"
    )
    arrets = float(select("ctx_dossiers_ij", min(ANNEES))["valeur"].sum())
    yield Verdict("arrêts indemnisés 2019", arrets == ARRETS_2019, f"{ARRETS_2019}", f"{arrets:.0f}")
    caisses = pl.concat(select(code, max(ANNEES_PRODUCTIVITE)) for code in ("ctx_bcp", "ctx_etpr")).pivot(
        on="code_indicateur", on_columns=["ctx_bcp", "ctx_etpr"], index="code_entite", values="valeur"
    )
    simulation = simulate_resserrement(
        caisses.rename({"code_entite": "code_organisme", "ctx_bcp": "bcp", "ctx_etpr": "etpr"})
    )
    postes = f"{POSTES:.0f} postes, {NB_CONTRIBUTRICES} caisses, {NB_PLAFONNEES} plafonnées"
    calcule = f"{simulation.postes:.0f} postes, {simulation.contributrices} caisses, {simulation.plafonnees} plafonnées"
    yield Verdict("resserrement des écarts (document 003, l. 3324)", postes == calcule, postes, calcule)


def check_mois_simules(tables: Tables) -> Iterator[Verdict]:
    """Numerators and denominators of the twelve simulated months add up to those of the simulated year."""
    cle = ["referentiel", "code_indicateur", "code_entite", pl.col("periode_debut").dt.year().alias("annee")]
    simules = tables["mart_valeur"].filter(
        pl.col("nature") == Nature.SIMULEE.value,
        pl.col("source_fichier") == FICHIER_RESEAU,
        pl.col("mesure") == MESURE_RESULTAT,
    )
    mois, annees = (
        simules.filter(pl.col("granularite") == granularite)
        .group_by(cle)
        .agg(pl.col("numerateur", "denominateur").sum(), pl.len())
        for granularite in (Granularite.MOIS.value, Granularite.ANNEE.value)
    )
    compares = annees.join(mois, on=["referentiel", "code_indicateur", "code_entite", "annee"], suffix="_mois")
    complets = compares.filter(pl.col("len_mois") == 12)
    for colonne in ("numerateur", "denominateur"):
        # A ninth decile has a number of files and no numerator: both sums are then 0.
        faux = complets.filter((pl.col(colonne) - pl.col(f"{colonne}_mois")).abs() > 1e-6)
        exemples = ", ".join(f"{f['code_indicateur']} {f['code_entite']} {f['annee']}" for f in faux.head(5).to_dicts())
        yield Verdict(colonne, faux.is_empty(), "somme des mois = année", f"{faux.height} écarts", exemples)


def check_services(tables: Tables) -> Iterator[Verdict]:
    """The simulated months of all the caisses give the published yearly rate of the network."""
    valeurs = tables["mart_valeur"].filter(pl.col("mesure") == MESURE_RESULTAT, pl.col("segment") == ENSEMBLE)
    for code, service in load_services().services.items():
        if service.mois is None or service.mois.publie is None:
            continue
        publies = valeurs.filter(
            pl.col("code_indicateur") == service.mois.publie,
            pl.col("maille") == Maille.RESEAU.value,
            pl.col("granularite") == Granularite.ANNEE.value,
            pl.col("nature") == Nature.PUBLIEE.value,
        )
        mois = valeurs.filter(
            pl.col("code_indicateur") == code,
            pl.col("granularite") == Granularite.MOIS.value,
            pl.col("source_fichier") == FICHIER_SERVICES,
        )
        for debut, attendu in publies.select("periode_debut", "valeur").iter_rows():
            somme = mois.filter(pl.col("periode_debut").dt.year() == debut.year)
            numerateur, denominateur = (float(somme[c].sum()) for c in ("numerateur", "denominateur"))
            obtenu = 100 * numerateur / max(denominateur, 1.0)
            yield Verdict(
                f"{code} {debut.year}", abs(obtenu - attendu) < _ECART_TAUX, f"{attendu:.2f}", f"{obtenu:.3f}"
            )


def check_bornes(tables: Tables) -> Iterator[Verdict]:
    """A figure is in its bounds: rates of success between 0 and 100 %."""
    taux = tables["mart_valeur"].filter(
        (pl.col("mesure") == "taux_reussite") | pl.col("code_indicateur").str.starts_with("taux_reussite")
    )
    hors = taux.filter((pl.col("valeur") < 0) | (pl.col("valeur") > 100))
    yield Verdict("taux de réussite", hors.is_empty(), "entre 0 et 100 %", f"{hors.height} hors bornes")


def check_rejets(tables: Tables) -> Iterator[Verdict]:
    """No row of ``data/publie`` is refused for an unknown organisme or indicateur (loaded files have their report)."""
    rejets = tables["mart_rejet"].filter(pl.col("chargement").is_null())
    for regle in ("organisme_inconnu", "indicateur_inconnu", "valeur_indecidable"):
        lignes = rejets.filter(pl.col("regle") == regle)
        exemples = ", ".join(f"{r['fichier']}:{r['rang']} « {r['valeur']} »" for r in lignes.head(5).to_dicts())
        yield Verdict(regle, lignes.is_empty(), "aucun rejet", f"{lignes.height} rejets", exemples)


CONTROLES: tuple[Controle, ...] = (
    check_effectifs,
    check_scores_complets,
    check_moyennes,
    check_extremes,
    check_moyenne_reseau,
    check_tranches,
    check_primes,
    check_poids,
    check_repartitions,
    check_part_nationale,
    check_simulation,
    check_simulation_ij,
    check_simulation_reseau,
    check_mois_simules,
    check_services,
    check_contexte,
    check_bornes,
    check_rejets,
)


def list_verdicts(tables: Tables) -> pl.DataFrame:
    """Run every control; a frame of ``mart_controle``."""
    return build_frame(
        CONTROLE,
        [
            {
                "controle": controle.__name__.removeprefix("check_"),
                "objet": verdict.objet,
                "gravite": verdict.gravite.value,
                "reussi": verdict.reussi,
                "attendu": verdict.attendu,
                "obtenu": verdict.obtenu,
                "message": verdict.message,
            }
            for controle in CONTROLES
            for verdict in controle(tables)
        ],
    )


def check_publiable(verdicts: pl.DataFrame) -> None:
    """Refuse to publish when a blocking control failed.

    Raises:
        ControleEchoueError: names every failed control, what was expected and what was found.
    """
    echecs = verdicts.filter(~pl.col("reussi"), pl.col("gravite") == Gravite.ERREUR.value)
    if not echecs.is_empty():
        details = "\n".join(
            f"  - {e['controle']} / {e['objet']} : attendu {e['attendu']}, obtenu {e['obtenu']}. {e['message']}"
            for e in echecs.to_dicts()
        )
        raise ControleEchoueError(f"{echecs.height} contrôle(s) en échec, rien n'est publié :\n{details}")
