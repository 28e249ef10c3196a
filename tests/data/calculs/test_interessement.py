"""From scores to euros: the printed amounts of 2023, to the cent, and the trigger."""

from __future__ import annotations

import csv
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs import (
    compute_distribution,
    compute_enveloppe,
    compute_interessement,
    compute_prime_ponderee,
    compute_taux_pondere,
    compute_utilisation,
)
from data.calculs.interessement import compute_cents
from data.catalogue import load_catalogue
from data.chemins import PUBLIE

REGLE = load_catalogue().get_regle_interessement(2023)
MASSE_SALARIALE, ETP = 3_297_097_094, 74_666  # document 000, page « Prime d'intéressement 2023 »
ENVELOPPE = compute_enveloppe(MASSE_SALARIALE, ETP, REGLE)
TAUX_NATIONAL = 95.4017843137255  # test_score proves it from the printed rates


def _lire(nom: str) -> list[dict[str, str]]:
    with (PUBLIE / f"interessement_2023_{nom}.csv").open(encoding="utf-8") as fichier:
        return list(csv.DictReader(fichier))


def test_enveloppe_imprimee() -> None:
    imprimes = {r["grandeur"]: float(r["v2023"]) for r in _lire("masse")}
    assert ENVELOPPE.masse == pytest.approx(82_427_427, abs=0.5)
    assert round(ENVELOPPE.masse / 1e6, 2) == imprimes["masse_interessement_max"]
    assert round(ENVELOPPE.part_nationale / 1e6, 2) == imprimes["part_nationale_45pct"]
    # 45,335 M€ prints 45,34, halves up.
    assert compute_cents(ENVELOPPE.part_locale / 1e6) == imprimes["part_locale_55pct"]
    assert imprimes["montant_max_par_etp"] == ENVELOPPE.montant_max
    assert imprimes["part_nationale_max_par_etp"] == ENVELOPPE.montant_max_national
    assert imprimes["part_locale_max_par_etp"] == ENVELOPPE.montant_max_local
    assert imprimes["etp_eligibles"] == ENVELOPPE.etp == float(_lire("etp")[-1]["etp"])


def test_prime_nationale_au_centime() -> None:
    assert compute_interessement(TAUX_NATIONAL, 90, ENVELOPPE, REGLE).prime_nationale == 473.94


def test_les_165_primes() -> None:
    lignes = _lire("organismes")
    assert len(lignes) == 165
    for r in lignes:
        obtenu = compute_interessement(TAUX_NATIONAL, float(r["taux_reussite_local_pct"]), ENVELOPPE, REGLE)
        # Rates are printed to 0,01 point: half of that is 0,03 €.
        assert obtenu.prime_locale == pytest.approx(float(r["prime_locale_eur"]), abs=0.05), r["nom_note"]
        assert obtenu.prime_nationale == float(r["prime_nationale_eur"])
        assert obtenu.prime_totale == pytest.approx(float(r["prime_totale_eur"]), abs=0.05), r["nom_note"]


def test_taux_globaux_par_type() -> None:
    # Table of l. 1985-2003: 45 % national + 55 % local.
    for r in _lire("syntheses"):
        obtenu = compute_interessement(TAUX_NATIONAL, float(r["score_moyen_2023"]), ENVELOPPE, REGLE)
        assert obtenu.taux_global == pytest.approx(float(r["taux_global_2023"]), abs=0.1)


def test_part_nationale_distribuee() -> None:
    assert round(compute_distribution(ENVELOPPE, TAUX_NATIONAL, 93.91, REGLE).part_nationale / 1e6, 2) == 35.39


def test_part_locale_distribuee_les_trois_lectures() -> None:
    # 41,88 M€ is printed (l. 2066). The printed mean rate gives 42,58; means weighted by the ETP of the types, 42,1.
    # Neither gives 41,88, which supposes 92,4 %: the contradiction is declared, nothing is forced.
    moyenne = compute_distribution(ENVELOPPE, TAUX_NATIONAL, 93.91, REGLE).part_locale
    assert round(moyenne / 1e6, 2) in {42.57, 42.58}
    etp = {r["type_organisme"]: float(r["etp"]) for r in _lire("etp")}
    taux = {r["type_organisme"]: float(r["score_moyen_2023"]) for r in _lire("syntheses")}
    regroupes = {
        "CPAM": etp["CPAM"] + etp["CCSS"],
        **{t: etp[t] for t in ("UGECAM", "DRSM", "CARSAT", "CNAM", "CGSS", "CSS")},
        "CTI": etp["CTI/CEIR"],
    }
    pondere = compute_taux_pondere({t: taux[t] for t in regroupes}, regroupes)
    assert pondere == pytest.approx(92.9, abs=0.1)
    assert ENVELOPPE.part_locale * pondere / 1e8 == pytest.approx(42.14, abs=0.05)
    assert 41.88e6 / ENVELOPPE.part_locale == pytest.approx(0.924, abs=0.0005)
    contradictions = {c.code for c in load_catalogue().contradictions}
    assert {"part_locale_distribuee_2023", "cpam_score_domaines_2023", "cgss_moyenne_locale_2023"} <= contradictions


def test_taux_d_utilisation() -> None:
    imprimes = {r["grandeur"]: float(r["v2023"]) for r in _lire("masse") if r["v2023"]}
    taux = compute_utilisation(
        imprimes["part_nationale_distribuee"], imprimes["part_locale_distribuee"], imprimes["masse_interessement_max"]
    )
    assert round(taux, 2) == imprimes["taux_utilisation"] == 93.74


def test_ccss_de_mende_ligne_a_ligne() -> None:
    # Document 000, l. 2605-2658.
    valeurs = {(r["branche"], r["grandeur"]): float(r["valeur"]) for r in _lire("ccss_mende")}
    noms = ("Maladie", "Famille", "Recouvrement")
    branches = pl.DataFrame(
        {
            "branche": noms,
            "etp": [valeurs[b, "effectif"] for b in noms],
            "prime_nationale": [valeurs[b, "prime_nationale"] for b in noms],
            "prime_locale": [valeurs[b, "prime_locale"] for b in noms],
        }
    )
    assert branches["prime_locale"].to_list() == [531.07, 564.00, 596.07]
    prime = compute_prime_ponderee(branches, REGLE)
    assert prime.etp == pytest.approx(208.45)
    for ligne in prime.branches.iter_rows(named=True):
        branche = ligne["branche"]
        assert ligne["part"] == valeurs[branche, "part_effectif"]
        assert ligne["prime_totale"] == valeurs[branche, "prime_totale"]
        for part in ("nationale", "locale", "totale"):
            assert ligne[f"prime_{part}_ponderee"] == valeurs[branche, f"prime_{part}_ponderee"], (branche, part)
        assert ligne["notification"] == valeurs[branche, "notification"]
    assert (prime.prime_nationale, prime.prime_locale, prime.prime_totale) == (464.83, 542.86, 1007.68)
    assert prime.notification == 210_300


def test_prime_locale_de_mende() -> None:
    # 87,47 % of 607,17 € prints 531,07 (l. 2276 of the list, 2629 of the sheet).
    assert compute_interessement(TAUX_NATIONAL, 87.47, ENVELOPPE, REGLE).prime_locale == pytest.approx(531.07, abs=0.05)


@pytest.mark.parametrize(("taux", "retenu"), [(0, 0), (49.99, 0), (50, 0), (50.1, 50.1), (100, 100)])
def test_declenchement_strict(taux: float, retenu: float) -> None:
    obtenu = compute_interessement(100, taux, ENVELOPPE, REGLE)
    assert obtenu.taux_local_retenu == retenu
    assert obtenu.declenche_local == (retenu > 0)
    assert obtenu.prime_locale == pytest.approx(6.0717 * retenu, abs=0.006)
    assert len(obtenu.notes) == (retenu == 0)
    national = compute_interessement(taux, 100, ENVELOPPE, REGLE)
    assert national.taux_national_retenu == retenu


def test_cinquante_a_l_arrondi_d_un_flottant_pres_ne_paie_rien() -> None:
    # Fifteen times 10/3 points, one after the other: 50.000000000000014, which is 50.
    points = 0.0
    for _ in range(15):
        points += 10 / 3
    assert points > 50
    assert compute_interessement(100, points, ENVELOPPE, REGLE).prime_locale == 0


def test_montant_de_l_organisme() -> None:
    obtenu = compute_interessement(100, 100, ENVELOPPE, REGLE, etp=1000)
    assert obtenu.montant == 1_103_950
    assert obtenu.taux_utilisation == 100
    assert compute_interessement(100, 100, ENVELOPPE, REGLE).montant is None


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_monotone_et_borne(national: float, local: float, plus: float) -> None:
    bas, haut = sorted((local, plus))
    moins, mieux = (compute_interessement(national, t, ENVELOPPE, REGLE) for t in (bas, haut))
    assert moins.prime_totale <= mieux.prime_totale
    assert 0 <= mieux.prime_totale <= ENVELOPPE.montant_max
    assert mieux.prime_totale == pytest.approx(mieux.prime_nationale + mieux.prime_locale)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 1e4)), min_size=1, max_size=8))
def test_moyenne_ponderee_entre_les_extremes(couples: list[tuple[float, float]]) -> None:
    taux = {str(i): t for i, (t, _) in enumerate(couples)}
    moyenne = compute_taux_pondere(taux, {str(i): e for i, (_, e) in enumerate(couples)})
    assert min(taux.values()) - 1e-9 <= moyenne <= max(taux.values()) + 1e-9


def test_refus_en_francais() -> None:
    with pytest.raises(ValueError, match="masse salariale : un nombre positif"):
        compute_enveloppe(-1, 10, REGLE)
    with pytest.raises(ValueError, match="ETP : un nombre est attendu"):
        compute_enveloppe(1, "dix", REGLE)  # type: ignore[arg-type]
    for mauvais in (-1, 101, math.nan, 1e308):
        with pytest.raises(ValueError, match="taux local"):
            compute_interessement(50, mauvais, ENVELOPPE, REGLE)
    with pytest.raises(ValueError, match="ETP"):
        compute_interessement(50, 50, ENVELOPPE, REGLE, etp=0)
    with pytest.raises(ValueError, match=r"montant : .* pas un nombre plausible"):
        compute_enveloppe(1e15, 1e-300, REGLE)
    with pytest.raises(ValueError, match=r"taux local : .*, pas 100\.0000001"):
        compute_interessement(50, 100.0000001, ENVELOPPE, REGLE)
    with pytest.raises(ValueError, match="négative"):
        compute_utilisation(-1, 1, 1)
    with pytest.raises(ValueError, match="aucun taux"):
        compute_taux_pondere({}, {})
    with pytest.raises(ValueError, match="ETP absents pour : a"):
        compute_taux_pondere({"a": 1}, {})
    with pytest.raises(ValueError, match="« etp » absente"):
        compute_prime_ponderee(pl.DataFrame({"branche": ["Maladie"]}), REGLE)
    vide = pl.DataFrame(
        schema={"branche": pl.String, "etp": pl.Float64, "prime_nationale": pl.Float64, "prime_locale": pl.Float64}
    )
    with pytest.raises(ValueError, match="aucune branche"):
        compute_prime_ponderee(vide, REGLE)
    with pytest.raises(ValueError, match="Maladie négative"):
        compute_prime_ponderee(
            pl.DataFrame({"branche": ["Maladie"], "etp": [1.0], "prime_nationale": [-1.0], "prime_locale": [1.0]}),
            REGLE,
        )
