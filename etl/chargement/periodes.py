"""Date a printed period, without guessing: « 2023 », « 2023-05 », « mai 2023 », « T1 2023 », « 31/12/2023 ».

A week is an ISO week, written with two digits or the word: « 2023-S05 », « 2023-W05 », « S05 2023 », « semaine 5 2023 »
(« S1 2023 » is the first semester).
"""

from __future__ import annotations

import datetime as dt
import re

from data.modele import Granularite
from etl.chargement.cellules import format_net, format_repli
from etl.socle.socle import Periode, build_annee, build_mois, build_semaine

ANNEE_MIN, ANNEE_MAX = 1990, 2100
_MOIS = {
    nom: numero
    for numero, noms in enumerate(
        (
            ("janvier", "janv", "jan"),
            ("fevrier", "fevr", "fev"),
            ("mars", "mar"),
            ("avril", "avr"),
            ("mai",),
            ("juin",),
            ("juillet", "juil", "jul"),
            ("aout", "aou"),
            ("septembre", "sept", "sep"),
            ("octobre", "oct"),
            ("novembre", "nov"),
            ("decembre", "dec"),
        ),
        start=1,
    )
    for nom in noms
}
_ANNEE = r"(?P<annee>\d{4})"
_FORMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(motif), forme)
    for motif, forme in (
        (rf"(?:annee |exercice )?{_ANNEE}", "annee"),
        (rf"{_ANNEE}[-/](?P<mois>\d{{2}})", "mois"),
        (rf"{_ANNEE}(?P<mois>0[1-9]|1[0-2])", "mois"),
        (rf"(?P<mois>\d{{1,2}})[/-]{_ANNEE}", "mois"),
        (rf"(?P<nom>[a-z]+)\.?[ -]{_ANNEE}", "mois"),
        (rf"{_ANNEE}[ -](?P<nom>[a-z]+)\.?", "mois"),
        (rf"t(?P<trimestre>[1-4])[ -]?{_ANNEE}", "trimestre"),
        (rf"{_ANNEE}[ -]?t(?P<trimestre>[1-4])", "trimestre"),
        (rf"(?P<trimestre>[1-4])t[ -]?{_ANNEE}", "trimestre"),
        (rf"(?P<trimestre>[1-4])(?:er|e|eme)? trimestre {_ANNEE}", "trimestre"),
        (rf"s(?P<semestre>[12])[ -]?{_ANNEE}", "semestre"),
        (rf"{_ANNEE}[ -]?s(?P<semestre>[12])", "semestre"),
        (rf"(?P<semestre>[12])(?:er|e|eme)? semestre {_ANNEE}", "semestre"),
        (rf"{_ANNEE}[ -]?[sw](?P<semaine>\d{{2}})", "semaine"),
        (rf"[sw](?P<semaine>\d{{2}})[ -]?{_ANNEE}", "semaine"),
        (rf"sem(?:aine|\.)? (?P<semaine>\d{{1,2}})(?: de)?[ -]{_ANNEE}", "semaine"),
        (rf"{_ANNEE}-(?P<mois>\d{{2}})-(?P<jour>\d{{2}})(?: 00:00:00)?", "jour"),
        (rf"(?P<jour>\d{{1,2}})(?:er)? (?P<nom>[a-z]+) {_ANNEE}", "jour"),
        (rf"(?P<jour>\d{{1,2}})[/.](?P<mois>\d{{1,2}})[/.]{_ANNEE}", "jour"),
        (rf"{_ANNEE}-(?P<fin>\d{{4}})", "plage"),
        (rf"{_ANNEE} a (?P<fin>\d{{4}})", "plage"),
    )
)


class PeriodeIndecidableError(ValueError):
    """A printed period that cannot be dated without guessing."""


def parse_periode(texte: str) -> Periode:
    """Date one period.

    Raises:
        PeriodeIndecidableError: no date, an impossible one, or words that do not say it (« fin 2021 », « mi 2019 »).
    """
    repli = re.sub(r"[\u2010-\u2015\u2212]", "-", format_repli(format_net(texte)))
    repli = re.sub(r"(?<=^\d{4})[.,]0$", "", repli)  # a year stored as a decimal number
    for motif, forme in _FORMES:
        trouve = motif.fullmatch(repli)
        if trouve is None:
            continue
        groupes = trouve.groupdict()
        try:
            periode = _build(forme, groupes)
        except ValueError:
            raise PeriodeIndecidableError(texte) from None
        if periode is not None and ANNEE_MIN <= periode.debut.year <= periode.fin.year <= ANNEE_MAX:
            return periode
    raise PeriodeIndecidableError(texte)


def build_periode(debut: str, fin: str) -> Periode:
    """The span between two printed days or periods, named by its length when it is a calendar one.

    The order is not checked here: a span that ends before it starts is a finding, not a crash.

    Raises:
        PeriodeIndecidableError: one end cannot be dated.
    """
    premiere, derniere = parse_periode(debut), parse_periode(fin)
    du, au = premiere.debut, derniere.fin
    for calendaire in (build_annee(du.year), build_mois(du.year, du.month)):
        if (calendaire.debut, calendaire.fin) == (du, au):
            return calendaire
    for mois, granularite in ((3, Granularite.TRIMESTRE), (6, Granularite.SEMESTRE)):
        if (du.month - 1) % mois == 0 and du.day == 1 and build_mois(du.year, du.month + mois - 1).fin == au:
            return Periode(du, au, granularite)
    semaine = build_semaine(du)
    if du.weekday() == 0 and semaine.fin == au:
        return semaine
    return Periode(du, au, Granularite.JOUR if du == au else Granularite.PLAGE)


def _build(forme: str, groupes: dict[str, str | None]) -> Periode | None:
    annee = int(groupes["annee"] or 0)
    if forme == "annee":
        return build_annee(annee)
    if forme == "plage":
        return Periode(dt.date(annee, 1, 1), dt.date(int(groupes["fin"] or 0), 12, 31), Granularite.PLAGE)
    if forme == "semaine":
        return build_semaine(dt.date.fromisocalendar(annee, int(groupes["semaine"] or 0), 1))
    if forme in {"trimestre", "semestre"}:
        longueur = 3 if forme == "trimestre" else 6
        premier = (int(groupes[forme] or 0) - 1) * longueur + 1
        fin = build_mois(annee, premier + longueur - 1).fin
        return Periode(dt.date(annee, premier, 1), fin, Granularite(forme))
    chiffres = groupes.get("mois")
    mois = int(chiffres) if chiffres else _MOIS.get(groupes.get("nom") or "")
    if mois is None:
        return None
    if not 1 <= mois <= 12:
        raise ValueError(mois)
    if forme == "mois":
        return build_mois(annee, mois)
    jour = dt.date(annee, mois, int(groupes["jour"] or 0))
    return Periode(jour, jour, Granularite.JOUR)


def is_periode(texte: str) -> bool:
    """Whether :func:`parse_periode` reads a period in a text."""
    try:
        parse_periode(texte)
    except PeriodeIndecidableError:
        return False
    return True
