"""Typing of printed cells: every writing met in the documents, and no silent change of any number."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.modele import Statut
from etl.chargement.cellules import (
    Decimale,
    ValeurIndecidableError,
    ValeurTypee,
    parse_cellule,
    parse_nombre,
)
from etl.chargement.colonnes import TYPEES, type_colonne, type_effectifs

P = Statut.PUBLIE
# (cell, reading), with the line of the document it is printed at.
NOMBRES: list[tuple[str, ValeurTypee]] = [
    ("1 638", ValeurTypee(P, 1638)),  # 001
    ("1\u00a0638", ValeurTypee(P, 1638)),
    ("1\u202f638", ValeurTypee(P, 1638)),
    ("1\u2009638", ValeurTypee(P, 1638)),
    ("29 213 558,00", ValeurTypee(P, 29213558)),
    ("3 297,10", ValeurTypee(P, 3297.1)),
    ("1277,3", ValeurTypee(P, 1277.3)),  # 004:1211, beside « 1 250,8 »
    ("+1 061,1", ValeurTypee(P, 1061.1)),
    ("1 100 000 000", ValeurTypee(P, 1_100_000_000)),  # 002:9243
    ("84,6\u00a0%", ValeurTypee(P, 84.6, unite="%")),
    ("85%", ValeurTypee(P, 85, unite="%")),
    ("96 ,2 %", ValeurTypee(P, 96.2, unite="%")),
    ("41, 861 M€", ValeurTypee(P, 41.861, unite="M€")),  # 003:575
    ("41, 3M€", ValeurTypee(P, 41.3, unite="M€")),  # 003:597
    ("58,7% %", ValeurTypee(P, 58.7, unite="%")),  # 003:1159
    ("– 1,40 %", ValeurTypee(P, -1.4, unite="%")),  # 004:645, en dash
    ("-6,82 %", ValeurTypee(P, -6.82, unite="%")),  # 004:645, hyphen
    ("– 3 000", ValeurTypee(P, -3000)),  # 003:183
    ("−2,5", ValeurTypee(P, -2.5)),
    ("6.13 jours", ValeurTypee(P, 6.13, unite="jours")),  # 001:2230
    ("7.4%", ValeurTypee(P, 7.4, unite="%")),  # 002:8159
    ("20,90 j", ValeurTypee(P, 20.9, unite="j")),
    ("20 min", ValeurTypee(P, 20, unite="min")),
    ("18,81 €", ValeurTypee(P, 18.81, unite="€")),
    ("13/agent", ValeurTypee(P, 13, unite="/agent")),  # 001:3526
    ("165 millions", ValeurTypee(P, 165, unite="millions")),
    ("1.400.000", ValeurTypee(P, 1_400_000)),  # 003:1409
    ("90,6 %(8)", ValeurTypee(P, 90.6, unite="%", renvoi="(8)")),  # 004
    ("59,1 %*", ValeurTypee(P, 59.1, unite="%", renvoi="*")),
    ("- 21,71% <sup>301</sup>", ValeurTypee(P, -21.71, unite="%", renvoi="301")),  # 003
    ("12,2²", ValeurTypee(P, 12.2, renvoi="²")),
    ("12 m²", ValeurTypee(P, 12, unite="m²")),
    ("≤ 16,57 €", ValeurTypee(P, borne_haute=16.57, unite="€")),  # 003, tableau 17
    ("> 47,02 €", ValeurTypee(P, borne_basse=47.02, unite="€")),
    ("<3.5", ValeurTypee(P, borne_haute=3.5)),  # 002:3578
    ("90 % ou plus", ValeurTypee(P, borne_basse=90, unite="%")),
    ("17,5 à 28%", ValeurTypee(P, borne_basse=17.5, borne_haute=28, unite="%")),
    ("30,04-31,2", ValeurTypee(P, borne_basse=30.04, borne_haute=31.2)),
    ("entre 12 et 15 jours", ValeurTypee(P, borne_basse=12, borne_haute=15, unite="jours")),
    ("~10", ValeurTypee(P, 10, approchee=True)),
    ("de l’ordre de 10 %", ValeurTypee(P, 10, approchee=True, unite="%")),
    ("30/09/2016", ValeurTypee(P, date=dt.date(2016, 9, 30))),
    ("2023-09-28", ValeurTypee(P, date=dt.date(2023, 9, 28))),
    ("1er août 2023", ValeurTypee(P, date=dt.date(2023, 8, 1))),
    ("0", ValeurTypee(P, 0)),
    ("Oui", ValeurTypee(P, 1, unite="oui_non")),
]
SANS_VALEUR: list[tuple[str, Statut]] = [
    ("n.d.", Statut.NON_DISPONIBLE),
    ("N.S.", Statut.NON_SIGNIFICATIF),
    ("", Statut.NON_FOURNI),
    ("non fourni", Statut.NON_FOURNI),
    ("NA", Statut.NON_FOURNI),
    ("/", Statut.NON_RENSEIGNE),
    ("–", Statut.NON_RENSEIGNE),
    ("ND", Statut.NON_DISPONIBLE),
    ("ND(5)", Statut.NON_DISPONIBLE),  # 004:677
    ("Non disponible", Statut.NON_DISPONIBLE),
    ("Non définie", Statut.NON_DEFINI),
    ("non défini", Statut.NON_DEFINI),
    ("NON DÉTERMINÉ", Statut.NON_DETERMINE),
    ("À définir", Statut.A_DEFINIR),
    ("En cours de fixation", Statut.EN_COURS_DE_FIXATION),
    ("?", Statut.INCONNU),
    ("donnée inconnue", Statut.INCONNU),
    ("inconnu en juin 2017", Statut.INCONNU),
    ("pas de standard", Statut.SANS_STANDARD),
    ("indicateur à construire", Statut.A_CONSTRUIRE),
    ("Néant", Statut.NEANT),
    ("abandon (PUMA)", Statut.ABANDONNE),  # 001:3374
    ("Neutralisé", Statut.NEUTRALISE),
    ("NS", Statut.NON_SIGNIFICATIF),
    ("secret statistique", Statut.MASQUE),
    ("sans objet", Statut.SANS_OBJET),
]
INDECIDABLES: list[tuple[str, str]] = [
    ("61.879", "décimal ou de milliers"),  # 003:3111, sixty-one thousand there
    ("12.786 ETP", "décimal ou de milliers"),  # 003:3030
    ("1000 000", "irréguliers"),  # 003:1409
    ("500 000 5 000 000  10 000 000", "irréguliers"),  # 002:9452
    ("100 000 200 000 300 000 350 000 400 000", "trop longue"),  # 002:9485
    ("12, 13", "plusieurs nombres"),
    ("1,234,567", "anglaise"),
    ("45 et 65%", "« et »"),  # 003
    ("(8) 488", "parenthèse"),  # 004:1285
    ("285285 (2017)", "propre date"),  # 001:3555
    ("100 % fin 2017", "propre date"),  # 001:3505
    ("625 fin 2009", "propre date"),  # 004
    ("93 au 15/02/2024", "propre date"),
    ("2014-2017", "période"),
    ("mi 2019", "période"),
    ("juin 2017", "un nombre et des mots"),
    ("86 % dont 23 % très satisfait", "plusieurs nombres"),
    ("Plus 4 points/2017", "plusieurs nombres"),  # 003, tableau 8
    ("314 (janvier 2020)", "plusieurs nombres"),
    ("31/02/2023", "date impossible"),
    ("#DIV/0!", "formule"),
    ("12\ufffd5", "caractère perdu"),
    ("12 parsecs", "unité"),
    ("quasiment atteint", "ni un nombre"),
    ("nan", "ni un nombre"),
    ("***", "ni un nombre"),
    ("*", "ni un nombre"),
    ("1e5", ""),
]


@pytest.mark.parametrize(("texte", "attendue"), NOMBRES)
def test_chaque_ecriture_a_sa_lecture(texte: str, attendue: ValeurTypee) -> None:
    assert parse_cellule(texte) == (attendue,)


@pytest.mark.parametrize(("texte", "statut"), SANS_VALEUR)
def test_chaque_absence_garde_son_statut(texte: str, statut: Statut) -> None:
    (typee,) = parse_cellule(texte)
    assert (typee.statut, typee.valeur) == (statut, None)


def test_les_absences_restent_distinctes_de_zero() -> None:
    assert parse_cellule("0")[0].statut is Statut.PUBLIE
    assert len({statut for _, statut in SANS_VALEUR}) == 16


@pytest.mark.parametrize(("texte", "motif"), INDECIDABLES)
def test_une_cellule_indecidable_est_refusee_avec_sa_raison(texte: str, motif: str) -> None:
    with pytest.raises(ValeurIndecidableError) as erreur:
        parse_cellule(texte)
    assert motif in erreur.value.motif


def test_plusieurs_valeurs_gardent_leur_etiquette() -> None:
    assert parse_cellule("82 % (SA) 90 %(SM)") == (  # 001:3463
        ValeurTypee(P, 82, unite="%", etiquette="SA"),
        ValeurTypee(P, 90, unite="%", etiquette="SM"),
    )
    assert parse_cellule("10 CPAM 2 DRSM") == (  # 001:5358
        ValeurTypee(P, 10, etiquette="CPAM"),
        ValeurTypee(P, 2, etiquette="DRSM"),
    )


def test_la_marque_declaree_leve_le_doute() -> None:
    assert parse_nombre("61.879", Decimale.VIRGULE) == 61_879
    assert parse_nombre("61.879", Decimale.POINT) == 61.879
    assert parse_nombre("1,234,567", Decimale.POINT) == 1_234_567
    with pytest.raises(ValeurIndecidableError, match="3,5"):
        parse_nombre("3,5", Decimale.POINT)


def test_une_ecriture_propre_a_la_source() -> None:
    assert parse_cellule("c", sans_valeur={"c": Statut.MASQUE})[0].statut is Statut.MASQUE


def format_francais(valeur: float, decimales: int, espace: str, marque: str, moins: str, suffixe: str) -> str:
    """A number as a French document prints it."""
    entier, _, fraction = f"{abs(valeur):.{decimales}f}".partition(".")
    groupes = []
    while entier:
        groupes.insert(0, entier[-3:])
        entier = entier[:-3]
    signe = moins if valeur < 0 else ""
    return signe + espace.join(groupes) + (marque + fraction if fraction else "") + suffixe


nombres_imprimes = st.builds(
    lambda entier, decimales, espace, moins, suffixe: (
        entier / 10**decimales,
        format_francais(entier / 10**decimales, decimales, espace, ",", moins, suffixe),
    ),
    entier=st.integers(-(10**10), 10**10),
    decimales=st.integers(0, 4),
    espace=st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"]),
    moins=st.sampled_from(["-", "–", "−", "- ", "– "]),
    suffixe=st.sampled_from(["", " %", "%", "\u00a0%", " jours", " j", "(8)", " %(3)", "*", " €"]),
)


@settings(max_examples=300, deadline=None)
@given(nombres_imprimes)
def test_tout_nombre_francais_se_relit(nombre: tuple[float, str]) -> None:
    """Round trip: whatever the spaces, the minus sign, the unit and the footnote, the number comes back exactly."""
    valeur, texte = nombre
    (typee,) = parse_cellule(texte)
    assert typee.valeur == pytest.approx(valeur, rel=1e-15, abs=0)
    assert typee.statut is P


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 ,.-–%()*€jNDmin\u00a0\u202f/", max_size=12))
def test_rien_ne_change_en_silence(texte: str) -> None:
    """Whatever the cell, the digits that are read are those that are printed, or the cell is refused."""
    try:
        typees = parse_cellule(texte)
    except ValeurIndecidableError:
        return
    for typee in typees:
        if typee.valeur is None or typee.unite == "oui_non":
            continue
        chiffres = "".join(c for c in texte if c.isdigit())
        lus = "".join(c for c in f"{abs(typee.valeur):.10f}".rstrip("0") if c.isdigit())
        assert lus.strip("0") in chiffres


def read_cellule(texte: str, decimale: Decimale) -> tuple[tuple[ValeurTypee, ...], str | None]:
    try:
        return parse_cellule(texte, decimale), None
    except ValeurIndecidableError as erreur:
        return (), erreur.motif


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            nombres_imprimes.map(lambda n: n[1]),
            st.text(alphabet="0123456789 ,.+-%\u00a0\u202f", max_size=10),
            st.sampled_from([t for t, _ in NOMBRES] + [t for t, _ in SANS_VALEUR] + [t for t, _ in INDECIDABLES]),
        ),
        max_size=12,
    ),
    st.sampled_from(list(Decimale)),
)
def test_la_colonne_se_lit_comme_la_cellule(textes: list[str], decimale: Decimale) -> None:
    """The vectorised path and the cell parser are one and the same reading."""
    frame = pl.DataFrame({"i": range(len(textes)), "t": textes}, schema={"i": pl.Int64, "t": pl.String})
    lues = {
        i: dict(zip(TYPEES, reste, strict=True))
        for i, *reste in type_colonne(frame, "t", decimale).select("i", *TYPEES).iter_rows()
    }
    for i, texte in enumerate(textes):
        typees, motif = read_cellule(texte, decimale)
        assert lues[i]["motif"] == motif
        if len(typees) == 1:
            (typee,) = typees
            assert (lues[i]["statut"], lues[i]["valeur"], lues[i]["unite"]) == (typee.statut, typee.valeur, typee.unite)


@pytest.mark.parametrize(("texte", "valeur"), [("\u0661\u0662", 12.0), ("\uff11\uff12,5", 12.5)])
def test_les_chiffres_d_autres_ecritures_se_lisent_en_colonne(texte: str, valeur: float) -> None:
    typees = type_colonne(pl.DataFrame({"v": [texte, "7"]}), "v")
    assert typees["valeur"].to_list() == [valeur, 7.0]


def test_les_effectifs_d_une_colonne() -> None:
    textes = pl.Series("n", ["12", "1 638", None, "NS", "8,5", "12 %", "abc", "10 CPAM 2 DRSM"])
    nombres, motifs = type_effectifs(textes, Decimale.AUTO)
    assert nombres.to_list()[:5] == [12.0, 1638.0, None, None, 8.5]
    assert [m is not None for m in motifs] == [False] * 5 + [True] * 3
    assert motifs[5] == "un effectif est un nombre sans unité"
    assert motifs[7] == "plusieurs valeurs dans la cellule"
