"""Délais IJ in sentences: the headline figures and what each chart says, all read from the facts."""

from __future__ import annotations

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_liste,
    format_nombre,
    format_pluriel,
)
from components.textes.delais_ij import (
    CANAL,
    COG_2014,
    COG_2018,
    D1_D3,
    D9,
    DEROGATOIRES,
    ISERE,
    MONTANT,
    MOTS,
    NOMS_CIBLES,
    REGLEMENT,
    SEGMENTS,
    TI_MALADIE,
    TI_MATERNITE,
    Ligne,
    format_delai,
    format_imprime,
    format_periode_imprimee,
)


def _get(delais: pl.DataFrame, code: str, segment: str = "ensemble", rang: int = 0, entite: str = "france") -> Ligne:
    """One fact by code, segment and rank in time.

    Raises:
        LookupError: there is no such fact.
    """
    lignes = delais.filter(code_indicateur=code, segment=segment, code_entite=entite)
    if lignes.is_empty():
        raise LookupError(f"{code} : aucun délai publié pour « {segment} », {entite}")
    return lignes.row(rang, named=True)


def _format_jours(ligne: Ligne) -> str:
    """``43,71 jours``, ``de 30,04 à 31,2 jours``."""
    return f"{format_delai(ligne)}{INSECABLE}jours"


def _est_dernier(delais: pl.DataFrame, ligne: Ligne) -> bool:
    """Whether no national figure is later than this one."""
    return bool((delais.filter(maille="reseau")["periode_fin"] <= ligne["periode_fin"]).all())


def build_cartes(delais: pl.DataFrame, cibles: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Headline figures (title, value, context): the range of 2018-2021, the peak, the last targets, the TI."""
    plage, pic, derogatoires = (
        _get(delais, COG_2018),
        _get(delais, REGLEMENT),
        _get(delais, REGLEMENT, "derogatoires"),
    )
    dernieres = cibles.filter(pl.col("annee") == pl.col("annee").max()).to_dicts()
    ti, ti_debut = _get(delais, TI_MALADIE, rang=-1), _get(delais, TI_MALADIE)
    return [
        (
            f"Première IJ non subrogée, {format_periode_imprimee(plage)}",
            _format_jours(plage).removeprefix("de "),
            "délai moyen de paiement ; valeurs annuelles non publiées",
        ),
        (
            f"Règlement des IJ, {format_periode_imprimee(pic)}",
            _format_jours(pic),
            f"{format_delai(derogatoires)} pour les IJ dérogatoires"
            + (" ; dernier délai national publié" if _est_dernier(delais, pic) else ""),
        ),
        (
            f"Cibles {dernieres[0]['annee']}, première IJ",
            " et ".join(format_imprime(c["texte"]) for c in dernieres) + f"{INSECABLE}jours",
            format_liste([NOMS_CIBLES[c["numero"]] for c in dernieres]),
        ),
        (
            f"Travailleurs indépendants, {format_periode_imprimee(ti)}",
            _format_jours(ti),
            f"{format_delai(ti_debut)} en {format_periode_imprimee(ti_debut)} ; première IJ maladie",
        ),
    ]


def build_phrase_premiere(delais: pl.DataFrame, cibles: pl.DataFrame) -> str:
    """The story of the first IJ: printed ends of the first series, the range, the peak, the last targets."""
    debut, fin = _get(delais, COG_2014), _get(delais, COG_2014, rang=-1)
    plage, pic = _get(delais, COG_2018), _get(delais, REGLEMENT)
    dernieres = cibles.filter(pl.col("annee") == pl.col("annee").max()).to_dicts()
    visees = format_liste([f"{format_imprime(c['texte'])} ({NOMS_CIBLES[c['numero']]})" for c in dernieres])
    suite = "Ensuite, seules les cibles sont publiées" if _est_dernier(delais, pic) else "Cibles publiées"
    return (
        f"Première IJ non subrogée{INSECABLE}: {format_delai(debut)} puis {_format_jours(fin)} de "
        f"{debut['periode_debut'].year} à {fin['periode_debut'].year}, {_format_jours(plage)} sur "
        f"{format_periode_imprimee(plage)} sans valeur annuelle publiée. Le règlement des IJ culmine à "
        f"{_format_jours(pic)}, {format_periode_imprimee(pic)}. {suite}{INSECABLE}: {visees} en "
        f"{dernieres[0]['annee']}. Les définitions diffèrent{INSECABLE}: "
        "aucune courbe ne les relie."
    )


def build_phrase_crise(delais: pl.DataFrame) -> str:
    """How far the délais of dérogatoires and others were at the peak."""
    avant, apres = _get(delais, DEROGATOIRES, "derogatoires"), _get(delais, DEROGATOIRES, "derogatoires", -1)
    sans, avec = (_get(delais, REGLEMENT, s) for s in ("non_derogatoires", "derogatoires"))
    ecart = format_nombre(avec["valeur"] - sans["valeur"])
    pic = format_periode_imprimee(avec)
    return (
        f"Le traitement des IJ dérogatoires passe de {format_delai(avant)} à {_format_jours(apres)} entre "
        f"{format_periode_imprimee(avant)} et {format_periode_imprimee(apres)}. {format_debut(pic)}, leur "
        f"règlement prend {_format_jours(avec)}, soit {ecart} de plus que celui des autres IJ ({format_delai(sans)})."
    )


def build_phrase_independants(delais: pl.DataFrame) -> str:
    """Before and after ARPEGE TI, and how long maternité was."""
    maladie = delais.filter(code_indicateur=TI_MALADIE).to_dicts()
    avant = [ligne for ligne in maladie if ligne["periode_fin"].year < 2020]
    apres = [ligne for ligne in maladie if ligne["periode_fin"].year >= 2020]
    maternite = delais.filter(code_indicateur=TI_MATERNITE).to_dicts()
    return (
        f"De {format_delai(avant[0])} à {_format_jours(avant[-1])} de {format_periode_imprimee(avant[0])} à "
        f"{format_periode_imprimee(avant[-1])}{INSECABLE}; {format_delai(apres[0])} en "
        f"{format_periode_imprimee(apres[0])}, première année d'ARPEGE TI, puis {format_delai(apres[-1])} en "
        f"{format_periode_imprimee(apres[-1])}. La maternité reste plus longue{INSECABLE}: "
        f"{format_delai(maternite[0])} puis {_format_jours(maternite[-1])}."
    )


def build_phrase_queue(delais: pl.DataFrame) -> str:
    """How late the last tenth is paid while the first three stay short."""
    annee, mois, courts = _get(delais, D9), _get(delais, D9, rang=-1), _get(delais, D1_D3)
    bas, haut = (_get(delais, D9, entite=e) for e in ("18_caisses_plus_performantes", "75_caisses"))
    return (
        f"Le 9e décile passe {_format_jours(annee)} en {format_periode_imprimee(annee)} à {_format_jours(mois)} en "
        f"{format_periode_imprimee(mois)}, quand les trois premiers déciles restent à {_format_jours(courts)}. "
        f"Même dans les 18 caisses les plus performantes, une IJ sur dix attend {_format_jours(bas)} "
        f"({format_periode_imprimee(bas)}), et {format_delai(haut)} dans 75 caisses."
    )


def build_phrase_canal(delais: pl.DataFrame) -> str:
    """The quickest and the slowest channel, and their ratio."""
    canaux = delais.filter((pl.col("code_indicateur") == CANAL) & (pl.col("segment") != "ensemble")).sort("valeur")
    court, long = canaux.row(0, named=True), canaux.row(-1, named=True)
    return (
        f"Le paiement prend {_format_jours(long)} quand l'attestation de salaire arrive par le canal "
        f"«{INSECABLE}{SEGMENTS[long['segment']]}{INSECABLE}», {format_nombre(long['valeur'] / court['valeur'])} "
        f"fois plus que par le canal «{INSECABLE}{SEGMENTS[court['segment']]}{INSECABLE}» ({format_delai(court)})."
    )


def build_phrase_montant(delais: pl.DataFrame) -> str:
    """The smallest amounts wait longest; one caisse only."""
    premier, dernier = (_get(delais, MONTANT, f"décile {rang:02d}", entite=ISERE) for rang in (1, 10))
    return (
        f"Les IJ les plus faibles attendent le plus{INSECABLE}: {_format_jours(premier)} en moyenne dans le premier "
        f"décile de montant, {format_delai(dernier)} dans le dernier. Une seule caisse, la CPAM de l'Isère{INSECABLE}: "
        "rien ne dit que le réseau entier se comporte ainsi."
    )


def build_phrase_inventaire(delais: pl.DataFrame, sans_date: pl.DataFrame) -> str:
    """What the list holds: how many figures, in how many words, how many undated."""
    mots = [f"«{INSECABLE}{m}{INSECABLE}»" for m in sorted({MOTS[c].mot for c in delais["code_indicateur"].unique()})]
    return (
        f"{format_pluriel(delais.height, 'chiffre daté', 'chiffres datés')}, sous {len(mots)} mots que les documents "
        f"emploient sans dire où le délai commence ni où il finit{INSECABLE}: {format_liste(mots)}. "
        f"{format_pluriel(sans_date.height, 'autre', 'autres')} sans date ou sans chiffre exploitable, ou simple "
        f"objectif{INSECABLE}: listés tels qu'imprimés, jamais tracés."
    )
