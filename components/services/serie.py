"""The series of a service at one pace, for the network or one organisme, on a calendar without gaps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from components.figures.formats import INSECABLE, format_nombre
from components.services.definitions import RYTHMES, SERVICES, Rythme, Service
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Granularite, Nature, Statistique
from data.requetes.services import list_ij_caisse, list_ij_reseau, list_resultats

_ADDITIVES = (Statistique.TAUX, Statistique.MOYENNE)  # a ratio of sums; a décile of the network is not theirs


@dataclass(frozen=True)
class Serie:
    """A series ready for its chart: ``debuts`` (first days) without gaps, None where there is no value.

    ``statistique`` and ``effectif`` are the words of the mention.
    """

    code: str
    rythme: Rythme
    debuts: tuple[dt.date, ...]
    valeurs: tuple[float | None, ...]
    numerateurs: tuple[float | None, ...]
    denominateurs: tuple[float | None, ...]
    statistique: str
    effectif: str
    simulee: bool
    sources: tuple[str, ...]

    def get_fin(self, rang: int) -> dt.date:
        """Last day of a period."""
        debut = self.debuts[rang]
        if self.rythme.granularite is Granularite.SEMAINE:
            return debut + dt.timedelta(days=6)
        return (debut + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)

    def find_annee(self, annee: int) -> tuple[int, int]:
        """Places of a year (start included, end excluded), ISO year for weeks; empty when the series has none of it."""
        rangs = [rang for rang, debut in enumerate(self.debuts) if _get_annee(debut, self.rythme) == annee]
        return (rangs[0], rangs[-1] + 1) if rangs else (0, 0)


def _get_annee(debut: dt.date, rythme: Rythme) -> int:
    return debut.isocalendar().year if rythme.granularite is Granularite.SEMAINE else debut.year


@dataclass(frozen=True)
class _Brute:
    """Values of a series (columns debut, valeur, numerateur, denominateur, nature, source) and its words."""

    code: str
    frame: pl.DataFrame
    statistique: str
    effectif: str


@memorise
def _load_brute(service: Service, organisme: str | None, pas: str) -> _Brute | None:
    """Every period of a series that has a value, None without any."""
    rythme = RYTHMES[pas]
    if service.comptage and rythme.granularite is Granularite.MOIS:
        brute = _load_comptage(service, organisme)
    elif organisme is None:
        brute = _load_reseau(service, rythme)
    else:
        brute = _load_organisme(service, organisme, rythme)
    return None if brute is None or brute.frame["valeur"].count() == 0 else brute


def _load_comptage(service: Service, organisme: str | None) -> _Brute | None:
    frame = (list_ij_reseau() if organisme is None else list_ij_caisse(organisme)).with_columns(
        source=pl.lit("simulation")
    )
    if frame.is_empty():
        return None
    effectif = f"{format_nombre(frame['denominateur'][-1], 0)}{INSECABLE}dossiers le dernier mois"
    return _Brute(service.codes[0], frame, service.statistique, effectif)


def _get_statistique(code: str) -> Statistique:
    return load_catalogue().indicateur_par_code[code].statistique


def _load_organisme(service: Service, organisme: str, rythme: Rythme) -> _Brute | None:
    """The series of the first indicateur of the service that the organisme has."""
    frame = list_resultats(service.codes, rythme.granularite.value).filter(maille="organisme", code_entite=organisme)
    for code in service.codes:
        retenue = frame.filter(pl.col("code_indicateur") == code)
        if retenue["valeur"].count():
            precisee = _get_statistique(code) is not Statistique.NON_PRECISEE
            mots = service.statistique if precisee else "délai, statistique non précisée par la note"
            return _Brute(code, retenue, mots, f"1{INSECABLE}organisme")
    return None


def _load_reseau(service: Service, rythme: Rythme) -> _Brute | None:
    """The series of the network: its own, else what its organismes make of it.

    Each organisme counts once, by its first indicateur; one measured by another statistic is left out.
    """
    frame = list_resultats(service.codes, rythme.granularite.value).filter(pl.col("valeur").is_not_null())
    for code in service.codes:
        propre = frame.filter(pl.col("maille") == "reseau", pl.col("code_indicateur") == code)
        if not propre.is_empty():
            return _Brute(code, propre, service.statistique, "le réseau")
    statistique = _get_statistique(service.codes[0])
    preferences = {c: rang for rang, c in enumerate(service.codes) if _get_statistique(c) is statistique}
    organismes = frame.filter(
        pl.col("maille") == "organisme", pl.col("code_indicateur").is_in(list(preferences))
    ).with_columns(preference=pl.col("code_indicateur").replace_strict(preferences, return_dtype=pl.Int64))
    organismes = organismes.filter(pl.col("preference") == pl.col("preference").min().over("code_entite"))
    if organismes.is_empty():
        return None
    complets = not organismes.select(pl.any_horizontal("numerateur", "denominateur").is_null().any()).item()
    additive = complets and statistique in _ADDITIVES
    echelle = 100 if statistique is Statistique.TAUX else 1
    mots = (
        f"{service.statistique}, numérateurs et dénominateurs additionnés"
        if additive
        else f"médiane des organismes\u00a0: {service.statistique} (celui du réseau ne s'en déduit pas)"
    )
    groupes = (
        organismes.group_by("debut", maintain_order=True)
        .agg(
            mediane=pl.col("valeur").median(),
            numerateur=pl.col("numerateur").sum() if additive else pl.lit(None, pl.Float64),
            denominateur=pl.col("denominateur").sum() if additive else pl.lit(None, pl.Float64),
            nature=pl.col("nature").max(),
            source=pl.col("source").max(),
        )
        .with_columns(valeur=echelle * pl.col("numerateur") / pl.col("denominateur") if additive else pl.col("mediane"))
    )
    effectif = f"{organismes['code_entite'].n_unique()}{INSECABLE}organismes"
    return _Brute(service.codes[0], groupes, mots, effectif)


def load_serie(service: Service, organisme: str | None, pas: str, annee: int | None) -> Serie | None:
    """The last periods of a series (see ``RYTHMES``), back to the start of the year of reference when it is earlier.

    Args:
        service: one of the six.
        organisme: code, None for the network.
        pas: « mois » or « semaine ».
        annee: year of reference, None for the first periods shown.
    """
    brute = _load_brute(service, organisme, pas)
    if brute is None:
        return None
    rythme = RYTHMES[pas]
    presents = brute.frame.filter(pl.col("valeur").is_not_null())
    dernier = presents["debut"].max()
    assert isinstance(dernier, dt.date)  # noqa: S101 - a column of dates
    unite = "w" if rythme.granularite is Granularite.SEMAINE else "mo"
    premier = pl.Series([dernier]).dt.offset_by(f"-{rythme.fenetre - 1}{unite}").item()
    debuts_annee = [d for d in presents["debut"] if annee is not None and _get_annee(d, rythme) == annee]
    debut = min([premier, *debuts_annee])
    calendrier = pl.DataFrame({"debut": pl.date_range(debut, dernier, f"1{unite}", eager=True)})
    fenetre = calendrier.join(brute.frame, on="debut", how="left", maintain_order="left")
    fenetre = fenetre.slice(fenetre["valeur"].is_not_null().arg_max() or 0)
    montres = fenetre.filter(pl.col("valeur").is_not_null())
    return Serie(
        code=brute.code,
        rythme=rythme,
        debuts=tuple(fenetre["debut"]),
        valeurs=tuple(fenetre["valeur"]),
        numerateurs=tuple(fenetre["numerateur"]),
        denominateurs=tuple(fenetre["denominateur"]),
        statistique=brute.statistique,
        effectif=brute.effectif,
        simulee=Nature.SIMULEE.value in montres["nature"].to_list(),
        sources=tuple(montres["source"].unique().sort()),
    )


@memorise
def list_annees_reference(organisme: str | None, pas: str) -> tuple[int, ...]:
    """Years that may serve as reference: some service has at least as many values in it as the default reference."""
    rythme = RYTHMES[pas]
    annees = set()
    for service in SERVICES:
        brute = _load_brute(service, organisme, pas)
        if brute is None:
            continue
        presents = brute.frame.filter(pl.col("valeur").is_not_null())["debut"]
        comptes = pl.Series([_get_annee(d, rythme) for d in presents], dtype=pl.Int64).value_counts(name="nombre")
        annees |= set(comptes.filter(pl.col("nombre") >= rythme.reference).to_series(0).to_list())
    return tuple(sorted(annees))
