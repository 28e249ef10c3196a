"""The published figures against the numbers printed in the documents (written here as literals)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from data.catalogue import DEFINITIONS
from data.modele import Contradiction, Document, Evenement, Nature

PUBLIE = DEFINITIONS.parent / "publie"
FICHIERS = sorted(PUBLIE.glob("*.csv"))
LIGNE = re.compile(r"\d+(-\d+)?(\+\d+(-\d+)?)*")
# Number of lines of each document's text: no provenance can point past its end.
LONGUEURS = {"000": 2870, "001": 7594, "002": 10154, "003": 4663, "004": 2625}

Row = dict[str, str]


def read_rows(nom: str) -> list[Row]:
    with (PUBLIE / f"{nom}.csv").open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier, strict=True))


def read_definitions(nom: str) -> list[dict[str, object]]:
    definitions: list[dict[str, object]] = yaml.safe_load((DEFINITIONS / f"{nom}.yaml").read_text(encoding="utf-8"))
    return definitions


def get_row(rows: Iterable[Row], **cles: str) -> Row:
    trouvees = [r for r in rows if all(r[c] == v for c, v in cles.items())]
    assert len(trouvees) == 1, (cles, len(trouvees))
    return trouvees[0]


def compute_moyenne(valeurs: list[float]) -> float:
    return sum(valeurs) / len(valeurs)


@pytest.fixture(scope="module")
def organismes() -> list[Row]:
    return read_rows("interessement_2023_organismes")


@pytest.fixture(scope="module")
def domaines() -> list[Row]:
    return read_rows("interessement_2023_domaines")


# --- every file


@pytest.mark.parametrize("chemin", FICHIERS, ids=lambda c: c.stem)
def test_every_file_is_normalised_and_has_provenance(chemin: Path) -> None:
    brut = chemin.read_bytes()
    assert not brut.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in brut
    assert brut.endswith(b"\n")
    lignes = list(csv.reader(brut.decode("utf-8").splitlines(), strict=True))
    entete = lignes[0]
    assert entete[-2:] == ["document", "ligne"]
    assert len(set(entete)) == len(entete)
    tranches = chemin.stem == "interessement_2023_tranches"
    motif = r"[A-Za-z]+" if tranches else r"[a-z][a-z0-9_]*"
    assert all(re.fullmatch(motif, colonne) for colonne in entete), entete
    assert len(lignes) > 1
    for ligne in lignes[1:]:
        assert len(ligne) == len(entete), ligne
        document, provenance = ligne[-2:]
        assert document in LONGUEURS, ligne
        assert LIGNE.fullmatch(provenance), ligne
        for debut, fin in re.findall(r"(\d+)(?:-(\d+))?", provenance):
            assert 1 <= int(debut) <= int(fin or debut) <= LONGUEURS[document], ligne
        assert all(cellule == cellule.strip() for cellule in ligne), ligne


def test_no_row_is_twice_in_a_file() -> None:
    for chemin in FICHIERS:
        rows = [tuple(r.values()) for r in read_rows(chemin.stem)]
        assert [r for r, n in Counter(rows).items() if n > 1] == [], chemin.name


def test_readme_lists_every_file() -> None:
    cites = set(re.findall(r"^\| `(\w+\.csv)`", (PUBLIE / "README.md").read_text(encoding="utf-8"), re.M))
    assert cites == {c.name for c in FICHIERS}


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("interessement_2023_organismes", 165),
        ("interessement_2023_part_nationale", 19),
        ("interessement_2023_part_locale_indicateurs", 75),
        ("cog_2023_2027_indicateurs", 61),
        ("cog_2023_2027_cibles_typees", 61),
        ("cog_vs_interessement_2023", 15),
        ("cog_2014_2017_indicateurs", 52),
        ("glossaire_cog", 205),
        ("etp_par_processus_2016", 41),
        ("igas_2018_2022_valeurs_indicateurs", 174),
        ("igas_delais_ij_par_montant", 14),
    ],
)
def test_row_counts(nom: str, attendu: int) -> None:
    assert len(read_rows(nom)) == attendu


# --- definitions written with the figures


def test_documents_name_the_five_texts_and_the_other_sources() -> None:
    documents = [Document.model_validate(d) for d in read_definitions("documents")]
    assert [d.code for d in documents] == [*LONGUEURS, "simulation", "evenements_ij", "insee_ign"]
    assert [d.code for d in documents if d.nature is Nature.SIMULEE] == ["simulation"]


def test_contradictions_and_events_point_inside_the_documents() -> None:
    contradictions = [Contradiction.model_validate(c) for c in read_definitions("contradictions")]
    evenements = [Evenement.model_validate(e) for e in read_definitions("evenements")]
    assert len({c.code for c in contradictions}) == len(contradictions)
    assert len({e.code for e in evenements}) == len(evenements)
    sources = [s for c in contradictions for s in c.sources] + [e.source for e in evenements]
    for source in sources:
        assert all(1 <= ligne <= LONGUEURS[source.document] for ligne in source.lignes), source
        assert list(source.lignes) == sorted(set(source.lignes)), source


def test_events_are_in_order_and_arpege_ti_breaks_the_series() -> None:
    evenements = [Evenement.model_validate(e) for e in read_definitions("evenements")]
    assert all(avant.du <= apres.du for avant, apres in pairwise(evenements))
    assert all(e.au is None or e.au >= e.du for e in evenements)
    arpege = next(e for e in evenements if e.code == "arpege_ti")
    assert arpege.du.isoformat() == "2020-01-01"
    assert arpege.rupture


# --- the 165 organismes


def test_organismes_by_printed_type(organismes: list[Row]) -> None:
    assert Counter(r["type_organisme"] for r in organismes) == {
        "CPAM": 102,
        "CARSAT": 16,
        "DRSM": 16,
        "UGECAM": 13,
        "CTI": 9,
        "CGSS": 4,
        "CEIR": 3,
        "CSS": 1,
        "CNAM": 1,
    }


@pytest.mark.parametrize(
    ("nom", "taux", "locale", "totale", "ligne"),
    [
        ("Bourg en Bresse", "89.51", "543.49", "1017.43", "2180"),
        ("Loire-Atlantique", "78.83", "478.62", "952.56", "2268"),
        ("Mende", "87.47", "531.07", "1005.01", "2276"),
        ("Niort", "99.65", "605.02", "1078.96", "2368"),
        ("Nanterre", "78.46", "476.42", "950.36", "2394"),
        ("NPP (Roubaix)", "97.40", "591.38", "1065.32", "2739"),
        ("Mayotte", "75.91", "460.92", "934.86", "2833"),
        ("CNAM", "85.84", "521.18", "995.12", "2852"),
    ],
)
def test_printed_rows(organismes: list[Row], nom: str, taux: str, locale: str, totale: str, ligne: str) -> None:
    row = get_row(organismes, nom_note=nom)
    assert row["taux_reussite_local_pct"] == taux
    assert row["prime_locale_eur"] == locale
    assert row["prime_totale_eur"] == totale
    assert (row["document"], row["ligne"]) == ("000", ligne)


def test_prime_locale_is_taux_times_607_17(organismes: list[Row]) -> None:
    for r in organismes:
        ecart = float(r["prime_locale_eur"]) - float(r["taux_reussite_local_pct"]) / 100 * 607.17
        assert abs(ecart) <= 0.05, r


def test_primes_add_up_and_the_national_part_is_the_same_for_all(organismes: list[Row]) -> None:
    for r in organismes:
        assert r["taux_reussite_national_pct"] == "95.40"
        assert r["prime_nationale_eur"] == "473.94"
        somme = float(r["prime_locale_eur"]) + float(r["prime_nationale_eur"])
        assert round(somme, 2) == float(r["prime_totale_eur"]), r


@pytest.mark.parametrize(
    ("type_organisme", "taux", "prime"),
    [
        ("CPAM", 93.56, 568.06),
        ("CARSAT", 98.29, 596.77),
        ("DRSM", 96.16, 583.88),
        ("CGSS", 79.04, 479.94),
        ("CTI", 99.35, 603.21),
        ("CEIR", 99.13, 601.91),
        ("UGECAM", 90.12, 547.16),
    ],
)
def test_mean_of_rows_is_the_printed_moyenne(
    organismes: list[Row], type_organisme: str, taux: float, prime: float
) -> None:
    rows = [r for r in organismes if r["type_organisme"] == type_organisme]
    assert compute_moyenne([float(r["taux_reussite_local_pct"]) for r in rows]) == pytest.approx(taux, abs=0.01)
    assert compute_moyenne([float(r["prime_locale_eur"]) for r in rows]) == pytest.approx(prime, abs=0.01)
    moyenne = get_row(read_rows("interessement_2023_moyennes"), type_organisme=type_organisme)
    assert float(moyenne["taux_reussite_local_pct"]) == taux
    assert float(moyenne["prime_locale_eur"]) == float(moyenne["montant_local_moyen_eur"]) == prime


def test_the_odd_ceir_mean_is_kept_as_printed() -> None:
    ceir = get_row(read_rows("interessement_2023_moyennes"), type_organisme="CEIR")
    assert (ceir["prime_nationale_eur"], ceir["prime_totale_eur"]) == ("421.28", "1023.19")
    assert "473,94" in ceir["note"]


def test_mean_of_all_organismes(organismes: list[Row]) -> None:
    assert compute_moyenne([float(r["taux_reussite_local_pct"]) for r in organismes]) == pytest.approx(93.91, abs=0.005)
    assert compute_moyenne([float(r["prime_locale_eur"]) for r in organismes]) == pytest.approx(570.19, abs=0.005)
    assert min(float(r["taux_reussite_local_pct"]) for r in organismes) == 68.28
    assert max(float(r["taux_reussite_local_pct"]) for r in organismes) == 100.00


def test_lowest_and_highest_are_those_of_the_rows(organismes: list[Row]) -> None:
    syntheses = read_rows("interessement_2023_syntheses")
    for moyenne in read_rows("interessement_2023_moyennes"):
        if not moyenne["montant_local_min_eur"]:
            continue
        rows = [r for r in organismes if r["type_organisme"] == moyenne["type_organisme"]]
        primes = [float(r["prime_locale_eur"]) for r in rows]
        assert min(primes) == float(moyenne["montant_local_min_eur"]), moyenne
        assert max(primes) == float(moyenne["montant_local_max_eur"]), moyenne
        synthese = get_row(syntheses, type_organisme=moyenne["type_organisme"])
        taux = [float(r["taux_reussite_local_pct"]) for r in rows]
        assert min(taux) == pytest.approx(float(synthese["min_2023"]), abs=0.0501)
        assert max(taux) == pytest.approx(float(synthese["max_2023"]), abs=0.0501)


def test_brackets_count_the_rows(organismes: list[Row]) -> None:
    # CPAM and CCSS share the printed type « CPAM »: Gap and Mende are the two CCSS.
    imprimees = {
        "[60,70[": {"CGSS": 1},
        "[70,80[": {"CPAM": 2, "CGSS": 1, "CSS": 1},
        "[80,90[": {"CPAM": 12, "CCSS": 1, "CGSS": 2, "DRSM": 1, "CARSAT": 1, "UGECAM": 7, "CNAM": 1},
        "[90,100[": {"CPAM": 86, "CCSS": 1, "DRSM": 15, "CARSAT": 11, "UGECAM": 6, "CTI": 9, "CEIR": 1},
        "100": {"CARSAT": 4, "CEIR": 2},
    }
    compte: dict[str, Counter[str]] = {}
    for r in organismes:
        taux = float(r["taux_reussite_local_pct"])
        bas = int(taux // 10) * 10
        tranche = "100" if taux == 100 else f"[{bas},{bas + 10}["
        type_organisme = "CCSS" if r["nom_note"] in {"Gap", "Mende"} else r["type_organisme"]
        compte.setdefault(tranche, Counter())[type_organisme] += 1
    assert compte == imprimees
    rows = read_rows("interessement_2023_tranches")
    for r in rows:
        lues = {c: int(v) for c, v in r.items() if c.isupper() and c != "TOTAL" and int(v)}
        assert lues == imprimees.get(r["tranche"], {}), r
        assert sum(lues.values()) == int(r["TOTAL"])
    assert sum(int(r["TOTAL"]) for r in rows) == 165


# --- masse


def test_masse_and_amounts_per_etp() -> None:
    masse = {r["grandeur"]: r for r in read_rows("interessement_2023_masse")}
    v = {g: float(r["v2023"]) for g, r in masse.items()}
    assert v["masse_salariale_hors_charges"] == 3297.10
    assert v["masse_salariale_hors_charges"] * 0.025 == pytest.approx(82.43, abs=0.005)
    assert v["masse_interessement_max"] * 0.45 == pytest.approx(v["part_nationale_45pct"], abs=0.005)
    assert v["masse_interessement_max"] * 0.55 == pytest.approx(v["part_locale_55pct"], abs=0.005)
    assert v["part_nationale_max_par_etp"] + v["part_locale_max_par_etp"] == pytest.approx(1103.95)
    assert v["part_nationale_distribuee"] + v["part_locale_distribuee"] == pytest.approx(77.27)
    assert v["masse_distribuee"] / v["masse_interessement_max"] * 100 == pytest.approx(93.74, abs=0.01)
    assert v["part_nationale_max_par_etp"] * 0.95402 == pytest.approx(473.94, abs=0.01)
    assert float(masse["part_locale_max_par_etp"]["v2022"]) == 644.17


def test_etp_add_up() -> None:
    etp = {r["type_organisme"]: int(r["etp"]) for r in read_rows("interessement_2023_etp")}
    assert etp.pop("TOTAL") == 74666 == sum(etp.values())


# --- part nationale


def test_part_nationale_weights_by_domain() -> None:
    poids: Counter[str] = Counter()
    for r in read_rows("interessement_2023_part_nationale"):
        poids[r["domaine"]] += int(float(r["poids_pct"]) * 10)
    assert poids == {
        "Qualité de service": 530,
        "Gestion du risque": 230,
        "Performance économique et sociale": 240,
    }


def test_part_nationale_rates_follow_the_formula() -> None:
    verifies = 0
    for r in read_rows("interessement_2023_part_nationale"):
        if r["unite"] == "date" or not r["resultat_2023"]:
            continue
        objectif, socle, resultat = (float(r[c].split()[0]) for c in ("objectif_2023", "socle_2023", "resultat_2023"))
        decimales = len(r["resultat_2023"].partition(".")[2])
        arrondi = 0.5 * 10**-decimales / abs(objectif - socle) * 100
        taux = min(max((resultat - socle) / (objectif - socle) * 100, 0), 100)
        tolerance = 0.051 if taux in {0, 100} else 0.051 + arrondi
        assert taux == pytest.approx(float(r["taux_reussite_pct"]), abs=tolerance), r
        verifies += 1
    assert verifies == 16


def test_part_nationale_dates() -> None:
    dates = [r for r in read_rows("interessement_2023_part_nationale") if r["unite"] == "date"]
    assert len(dates) == 2
    for r in dates:
        assert r["resultat_2023"] <= r["objectif_2023"] < r["socle_2023"]
        assert r["taux_reussite_pct"] == "100.0"


def test_neutralised_weight_is_shared_inside_its_domain(domaines: list[Row]) -> None:
    rows = read_rows("interessement_2023_part_nationale")
    neutralise = [r for r in rows if not r["taux_reussite_pct"]]
    assert [(r["indicateur"], r["poids_pct"], r["note"]) for r in neutralise] == [
        ("Taux de satisfaction global employeurs", "2.0", "Neutralisé")
    ]
    contributions = {}
    for domaine, poids in (
        ("Qualité de service", 53.0),
        ("Gestion du risque", 23.0),
        ("Performance économique et sociale", 24.0),
    ):
        actifs = [r for r in rows if r["domaine"] == domaine and r["taux_reussite_pct"]]
        acquis = sum(float(r["poids_pct"]) * float(r["taux_reussite_pct"]) / 100 for r in actifs)
        contributions[domaine] = acquis / sum(float(r["poids_pct"]) for r in actifs) * poids
        imprimee = get_row(domaines, portee="nationale", domaine=domaine)
        assert float(imprimee["poids_pct"]) == poids
        assert contributions[domaine] == pytest.approx(float(imprimee["contribution_2023_pct"]), abs=0.05)
    assert [round(c, 1) for c in contributions.values()] == [50.1, 22.5, 22.8]
    assert sum(contributions.values()) == pytest.approx(95.4, abs=0.05)
    total = get_row(domaines, portee="nationale", domaine="Taux de réussite global de la Part Nationale")
    assert (total["taux_moyen_2023_pct"], total["taux_moyen_2022_pct"]) == ("95.4", "91.2")


# --- part locale


@pytest.mark.parametrize("type_organisme", ["CPAM", "DRSM", "CARSAT", "CGSS", "UGECAM", "CSS", "CTI", "CEIR"])
def test_local_weights_sum_to_100(type_organisme: str, domaines: list[Row]) -> None:
    rows = read_rows("interessement_2023_part_locale_indicateurs")
    poids = [float(r["poids_pct"]) for r in rows if r["type_organisme"] == type_organisme]
    # 0.15: three CPAM indicators are printed 3,3 %.
    assert sum(poids) == pytest.approx(100, abs=0.15)
    lus = [r for r in domaines if r["type_organisme"] == type_organisme]
    assert sum(float(r["poids_pct"]) for r in lus if r["domaine"] != "SCORE INTERESSEMENT") == 100


@pytest.mark.parametrize(
    ("type_organisme", "attendu"),
    [("CPAM", 16), ("DRSM", 8), ("CARSAT", 10), ("CGSS", 16), ("UGECAM", 9), ("CSS", 10)],
)
def test_number_of_local_indicators_is_the_announced_one(type_organisme: str, attendu: int) -> None:
    rows = read_rows("interessement_2023_part_locale_indicateurs")
    assert sum(r["type_organisme"] == type_organisme for r in rows) == attendu


@pytest.mark.parametrize(
    ("type_organisme", "domaine", "attendu"),
    [
        ("CPAM", "Qualité de service", 93.7),
        ("CPAM", "Performance économique et sociale", 91.2),
        ("DRSM", "Qualité de service", 95.3),
        ("DRSM", "Gestion du risque", 100.0),
        ("DRSM", "Performance économique et sociale", 85.2),
        ("CARSAT", "Qualité de service", 97.9),
        ("CARSAT", "Gestion du risque", 98.5),
        ("CARSAT", "Performance économique et sociale", 99.2),
        ("CGSS", "Performance économique et sociale", 83.5),
        ("UGECAM", "Gestion du risque", 99.2),
        ("UGECAM", "Performance économique et sociale", 79.1),
        ("CSS", "Qualité de service", 75.7),
        ("CSS", "Performance économique et sociale", 77.1),
    ],
)
def test_weighted_indicators_give_the_printed_domain(
    domaines: list[Row], type_organisme: str, domaine: str, attendu: float
) -> None:
    """Where no indicator is neutralised nor bonified, the mean of the domain is the weighted mean."""
    rows = [
        r
        for r in read_rows("interessement_2023_part_locale_indicateurs")
        if r["type_organisme"] == type_organisme and r["domaine"] == domaine
    ]
    poids = sum(float(r["poids_pct"]) for r in rows)
    acquis = sum(float(r["poids_pct"]) * float(r["taux_moyen_2023_pct"]) for r in rows)
    assert acquis / poids == pytest.approx(attendu, abs=0.1)
    imprimee = get_row(domaines, type_organisme=type_organisme, domaine=domaine)
    assert float(imprimee["taux_moyen_2023_pct"]) == attendu


@pytest.mark.parametrize(
    ("type_organisme", "score"),
    [
        ("DRSM", 96.2),
        ("CARSAT", 98.3),
        ("CGSS", 78.9),
        ("CTI", 99.3),
        ("CEIR", 99.1),
        ("UGECAM", 90.1),
        ("CSS", 75.9),
    ],
)
def test_weighted_domains_give_the_printed_score(domaines: list[Row], type_organisme: str, score: float) -> None:
    rows = [r for r in domaines if r["type_organisme"] == type_organisme]
    acquis = sum(
        float(r["poids_pct"]) / 100 * float(r["taux_moyen_2023_pct"])
        for r in rows
        if r["domaine"] != "SCORE INTERESSEMENT"
    )
    assert acquis == pytest.approx(score, abs=0.1)
    assert float(get_row(rows, domaine="SCORE INTERESSEMENT")["taux_moyen_2023_pct"]) == score


def test_the_cpam_score_is_not_the_sum_of_its_domains(domaines: list[Row]) -> None:
    """A contradiction of the note, kept (cpam_score_domaines_2023): 93,2 worked out, 93,6 printed."""
    *detail, score = [r for r in domaines if r["type_organisme"] == "CPAM"]
    assert [r["taux_moyen_2023_pct"] for r in detail] == ["93.7", "93.3", "91.2"]
    acquis = sum(float(r["poids_pct"]) / 100 * float(r["taux_moyen_2023_pct"]) for r in detail)
    assert acquis == pytest.approx(93.2, abs=0.01)
    assert (score["domaine"], score["taux_moyen_2023_pct"]) == ("SCORE INTERESSEMENT", "93.6")
    assert "cpam_score_domaines_2023" in {c["code"] for c in read_definitions("contradictions")}


def test_bonification_is_printed_for_three_types(domaines: list[Row]) -> None:
    bonifies = [
        r["type_organisme"] for r in domaines if r["avec_bonification"] == "oui" and r["domaine"] == "Gestion du risque"
    ]
    assert bonifies == ["CPAM", "DRSM", "CGSS"]


def test_counts_cover_every_organisme_and_agree_with_the_mean() -> None:
    effectifs = {"CPAM": 102, "DRSM": 16, "CARSAT": 16, "CGSS": 4, "UGECAM": 13}
    incoherents = []
    for r in read_rows("interessement_2023_part_locale_indicateurs"):
        if not r["nb_100"]:
            continue
        plein, moins, nul, neutralise = (int(r[c]) for c in ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise"))
        hors = 1 if "(hors Guyane)" in r["indicateur"] else 0
        assert plein + moins + nul + neutralise == effectifs[r["type_organisme"]] - hors, r
        actifs = plein + moins + nul
        moyenne = float(r["taux_moyen_2023_pct"])
        if not plein / actifs * 100 - 0.06 <= moyenne <= (plein + moins) / actifs * 100 + 0.06:
            incoherents.append((r["type_organisme"], moyenne, nul))
    # The one contradiction printed: a mean of 71,3 % with four « Nul ».
    assert incoherents == [("CGSS", 71.3, 4)]


def test_cti_and_ceir_counts() -> None:
    rows = read_rows("interessement_2023_repartition_composantes")
    effectifs = {"CTI": 9, "CEIR": 3}
    for r in rows:
        if r["nb_100"]:
            assert int(r["nb_100"]) + int(r["nb_inferieur_100"] or 0) == effectifs[r["type_organisme"]], r
    sommet = Counter(r["type_organisme"] for r in rows if not r["composante_de"])
    assert sommet == {"CTI": 9, "CEIR": 17}
    parents = {r["indicateur"] for r in rows if not r["composante_de"]}
    composantes = [r for r in rows if r["composante_de"]]
    assert len(composantes) == 11
    assert {r["composante_de"] for r in composantes} <= parents
    poids: Counter[str] = Counter()
    for r in rows:
        if r["type_organisme"] == "CEIR":
            poids[r["domaine"]] += int(float(r["poids_pct"]))
    assert poids == {"Qualité de service": 66, "Gestion du risque": 13, "Performance économique et sociale": 21}


# --- CNAM


def test_cnam_has_fifteen_indicators_weighing_100() -> None:
    rows = read_rows("interessement_2023_cnam_indicateurs")
    sommet = [r for r in rows if not r["composante"]]
    assert len(sommet) == 15
    assert sum(float(r["poids_pct"]) for r in sommet) == 100
    assert len([r for r in sommet if r["parts"]]) == 5
    assert all(bool(r["taux_reussite_pct"]) != bool(r["parts"]) for r in sommet)


def test_cnam_components_share_the_weight_of_their_parent() -> None:
    parent: Row | None = None
    reste = 0.0
    for r in read_rows("interessement_2023_cnam_indicateurs"):
        if not r["composante"]:
            assert reste == pytest.approx(0), parent
            parent, reste = r, float(r["poids_pct"]) if r["parts"] else 0.0
        else:
            assert parent is not None
            part = {"1/2": 1 / 2, "1/3": 1 / 3}[r["parts"]]
            assert float(r["poids_pct"]) == pytest.approx(float(parent["poids_pct"]) * part)
            reste -= float(r["poids_pct"])
    assert reste == pytest.approx(0)


@pytest.mark.parametrize(
    ("domaine", "poids", "contribution"),
    [
        ("Qualité de service", 41, 35.0),
        ("Gestion du risque", 42, 36.2),
        ("Performance économique et sociale", 17, 14.6),
    ],
)
def test_cnam_contributions(domaine: str, poids: int, contribution: float) -> None:
    feuilles = [
        r
        for r in read_rows("interessement_2023_cnam_indicateurs")
        if r["domaine"] == domaine and r["taux_reussite_pct"]
    ]
    assert sum(float(r["poids_pct"]) for r in feuilles) == poids
    acquis = sum(float(r["poids_pct"]) * float(r["taux_reussite_pct"]) / 100 for r in feuilles)
    assert acquis == pytest.approx(contribution, abs=0.05)
    imprimee = get_row(read_rows("interessement_2023_cnam_domaines"), domaine=domaine)
    assert (float(imprimee["poids_pct"]), float(imprimee["contribution_pct"])) == (poids, contribution)


def test_cnam_total() -> None:
    feuilles = [r for r in read_rows("interessement_2023_cnam_indicateurs") if r["taux_reussite_pct"]]
    acquis = sum(float(r["poids_pct"]) * float(r["taux_reussite_pct"]) / 100 for r in feuilles)
    assert acquis == pytest.approx(85.84, abs=0.005)


# --- CCSS of Mende


def test_mende_arithmetic() -> None:
    valeurs = {(r["branche"], r["grandeur"]): float(r["valeur"]) for r in read_rows("interessement_2023_ccss_mende")}
    assert len(valeurs) == 33
    effectifs = {"Maladie": 150.08, "Famille": 41.69, "Recouvrement": 16.68}
    assert sum(effectifs.values()) == pytest.approx(208.45)
    for branche, effectif in effectifs.items():
        part = valeurs[branche, "part_effectif"]
        assert valeurs[branche, "effectif"] == effectif
        assert effectif / 208.45 * 100 == pytest.approx(part, abs=0.01)
        locale, nationale = valeurs[branche, "prime_locale"], valeurs[branche, "prime_nationale"]
        assert locale + nationale == pytest.approx(valeurs[branche, "prime_totale"])
        for grandeur in ("prime_locale", "prime_nationale", "prime_totale"):
            ponderee = valeurs[branche, f"{grandeur}_ponderee"]
            assert valeurs[branche, grandeur] * part / 100 == pytest.approx(ponderee, abs=0.01)
    for grandeur, total in (
        ("prime_nationale_ponderee", 464.83),
        ("prime_locale_ponderee", 542.86),
        ("prime_totale_ponderee", 1007.68),
    ):
        assert sum(valeurs[b, grandeur] for b in effectifs) == pytest.approx(total, abs=0.011)
        assert valeurs["TOTAL", grandeur] == total
    assert sum(valeurs[b, "notification"] for b in effectifs) == 210300 == valeurs["TOTAL", "notification"]


def test_mende_maladie_is_its_row_among_the_cpam(organismes: list[Row]) -> None:
    maladie = get_row(read_rows("interessement_2023_ccss_mende"), branche="Maladie", grandeur="prime_totale")
    mende = get_row(organismes, nom_note="Mende")
    assert float(maladie["valeur"]) == float(mende["prime_totale_eur"]) == 1005.01


# --- rules


def test_rules_of_the_note() -> None:
    regles = {r["code"]: r for r in read_rows("interessement_2023_regles")}
    assert all(r["texte"] for r in regles.values())
    attendu = {
        "masse_globale": ("2.5", "%"),
        "part_nationale": ("45", "%"),
        "part_locale": ("55", "%"),
        "protocole_date": ("2023-06-21", "date"),
        "part_nationale_indicateurs": ("18", "indicateurs"),
        "bonification_gdr_cpam": ("100", "%"),
        "prime_locale_ars": ("570.19", "€"),
    }
    assert {c: (regles[c]["valeur"], regles[c]["unite"]) for c in attendu} == attendu
    assert regles["neutralisation"]["valeur"] == ""


# --- COG 2023-2027


def test_typed_targets_are_the_printed_cells() -> None:
    typees = {r["n"]: r for r in read_rows("cog_2023_2027_cibles_typees")}
    compares = 0
    for r in read_rows("cog_2023_2027_indicateurs"):
        typee = typees[r["n"]]
        assert typee["ligne"] == r["ligne"]
        if not typee["type"].startswith(("niveau", "evolution")):
            continue
        for annee in range(2023, 2028):
            cellule, valeur = r[f"c{annee}"], typee[f"v{annee}"]
            if not valeur:
                assert cellule in {"", "ND"}, r
                continue
            imprime = re.match(r"[>+]?(-?[\d ]+(?:,\d+)?)", cellule)
            assert imprime is not None, cellule
            assert float(imprime[1].replace(" ", "").replace(",", ".")) == float(valeur), (r["n"], annee)
            compares += 1
    assert compares == 293
