"""The effect of a proposed barème on the scores and ranks of its type: computed once, told in three blocs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.distribution import build_distribution_figure
from components.figures.effet_bareme import build_effet_figure
from components.figures.formats import format_ecart, format_nombre, format_pluriel, format_valeur
from components.figures.gabarit import build_figure_vide
from components.figures.mouvements import build_mouvements_figure, select_mouvements
from components.organisme.fiche import list_feuilles
from components.provenance import format_donnees_du, format_source
from components.textes import bareme as textes
from components.textes.comparer import format_type_note
from data.bareme import Bareme
from data.calculs.effet import compute_effet
from data.calculs.position import compute_quartiles
from data.calculs.score_vectorise import ScoresReseau, compute_scores
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens, TypeOrganisme
from data.propositions import get_publie
from data.requetes.resultats import ANNEE, list_primes, list_resultats

AVANT, APRES = "Barème publié", "Proposition"
_NOTE, _SIMULATION = "000", "simulation"
_EXTREMES = 7  # organismes shown on each side


@dataclass(frozen=True)
class Apercu:
    """``organismes``: rows of ``compute_effet`` with nom and nom_court, both scores known. ``alertes``: in French.

    ``seuil``: rate at or below which nothing is paid, in %.
    """

    type_note: str
    organismes: pl.DataFrame
    alertes: tuple[str, ...]
    simulee: bool
    seuil: float


@memorise
def _compute_publies(type_note: str) -> ScoresReseau:
    """Scores of a type under its published barème: where every proposal starts from."""
    return compute_scores(list_feuilles(type_note), get_publie(TypeOrganisme(type_note), ANNEE))


@memorise
def compute_apercu(type_note: str, bareme: Bareme) -> Apercu:
    """Scores of every organisme of a type under the published barème and under a proposal.

    Raises:
        ValueError: a target without meaning once combined with the thresholds that come with the results (French).
    """
    publie = get_publie(TypeOrganisme(type_note), ANNEE)
    # A composite is measured by its components; a row on its own code would come on top of them.
    feuilles = [code for b in (publie, bareme) for code, _ in b.list_cibles()]
    resultats = list_resultats(type_note, ANNEE).filter(pl.col("code_indicateur").is_in(feuilles))
    effet = compute_effet(resultats, publie, bareme, deja=_compute_publies(type_note))
    noms = list_primes().select("code_organisme", "nom", "nom_court")
    complets = effet.organismes.join(noms, on="code_organisme", how="left", maintain_order="left")
    catalogue = load_catalogue()
    alertes = textes.build_alertes(
        [catalogue.get_indicateur(code).titre_court for code in effet.non_recalcules],
        [catalogue.get_indicateur(code).titre_court for code in effet.sans_resultat],
        complets.filter(pl.col("manquants") > 0).height,
    )
    return Apercu(
        type_note=type_note,
        organismes=complets,
        alertes=tuple(alertes),
        simulee=bool(resultats["simulee"].any()),
        seuil=catalogue.get_regle_interessement(ANNEE).seuil,
    )


def list_chiffres(apercu: Apercu | None) -> list[Chiffre]:
    """The answer in four figures; without an effect, dashes."""
    if apercu is None:
        return [Chiffre(titre, "–", detail) for titre, detail in (
            ("Gagnent", "organismes"), ("Perdent", "organismes"),
            ("Score médian", "publié → proposition"), ("Sans prime locale", "score au plus égal au seuil"),
        )]  # fmt: skip
    frame = apercu.organismes
    gagnent, perdent, inchanges = textes.count_effet(frame)
    lus = frame.filter(pl.col("ecart").is_not_null())
    medianes = [compute_quartiles(lus[c].to_list()).mediane if lus.height else None for c in ("avant", "apres")]
    sous = [int((lus[c] <= apercu.seuil).sum()) for c in ("avant", "apres")]
    ecart = None if None in medianes else float(medianes[1] or 0) - float(medianes[0] or 0)
    return [
        Chiffre(
            "Gagnent", f"▲ {format_nombre(gagnent, 0)}", f"sur {format_pluriel(frame.height, 'organisme')}", "mieux"
        ),
        Chiffre("Perdent", f"▼ {format_nombre(perdent, 0)}", f"{format_nombre(inchanges, 0)} sans changement", "moins"),
        Chiffre(
            "Score médian",
            format_valeur(medianes[1], "%", 2),
            f"{format_ecart(ecart, 'points', 2)} (publié\u00a0: {format_valeur(medianes[0], '%', 2)})",
        ),
        Chiffre(
            "Sans prime locale",
            format_nombre(sous[1], 0),
            f"score d'au plus {format_nombre(apercu.seuil, 0)} % (publié\u00a0: {format_nombre(sous[0], 0)})",
        ),
    ]


def _build_mention(apercu: Apercu | None, type_note: str, statistique: str, *notes: str) -> Mention:
    nombre = 0 if apercu is None else apercu.organismes.height
    simulee = apercu is not None and apercu.simulee
    return Mention(
        statistique=statistique,
        unite="%, points, rang",
        sens=Sens.HAUT,
        periode=str(ANNEE),
        source=" ; ".join(
            [
                f"{format_source(_NOTE)} (barème publié)",
                *([format_source(_SIMULATION)] if simulee else []),
                "proposition de barème, non publiée",
            ]
        ),
        donnees_du=format_donnees_du(),
        effectif=f"{nombre} {format_type_note(type_note)}" if nombre else "",
        simulee=simulee,
        notes=tuple(notes) + (apercu.alertes if apercu is not None else ()),
    )


def _build_vide(titre: str, vide: str, type_note: str, fichier: str) -> Contenu:
    return Contenu(
        titre=titre,
        phrase="",
        figure=build_figure_vide(),
        vide=vide,
        mention=_build_mention(None, type_note, "score avec le barème publié et avec la proposition"),
        tableau=Tableau((Colonne("organisme", "Organisme"),), []),
        fichier=fichier,
    )


_TITRES = (
    "Effet sur les scores",
    "Les plus grands mouvements",
    "Distribution des scores, avant et après",
)


def list_contenus(type_note: str, apercu: Apercu | None, vide: str) -> list[Contenu]:
    """The three blocs: scatter, widest moves, distributions. ``vide``: why there is nothing to show."""
    libelle, base = format_type_note(type_note), f"parangon-bareme-{type_note.lower()}"
    titres = [f"{titre}\u00a0: {libelle}, {ANNEE}" for titre in _TITRES]
    fichiers = [f"{base}-{nom}" for nom in ("effet", "mouvements", "distribution")]
    if apercu is not None and apercu.organismes.filter(pl.col("ecart").fill_null(0) != 0).is_empty():
        vide, apercu = textes.VIDE_SANS_ECART, None
    if apercu is None:
        return [_build_vide(t, vide, type_note, f) for t, f in zip(titres, fichiers, strict=True)]
    lus = apercu.organismes.filter(pl.col("ecart").is_not_null())
    return [
        _build_effet(apercu, lus, titres[0], fichiers[0], libelle),
        _build_mouvements(apercu, lus, titres[1], fichiers[1]),
        _build_distribution(apercu, lus, titres[2], fichiers[2]),
    ]


_COLONNES = (
    Colonne("nom", "Organisme", epinglee=True),
    Colonne("avant", "Score publié", "nombre", 2, "%"),
    Colonne("apres", "Score proposé", "nombre", 2, "%"),
    Colonne("ecart", "Écart", "nombre", 2, "points"),
    Colonne("rang_avant", "Rang publié", "nombre", 0),
    Colonne("rang_apres", "Rang proposé", "nombre", 0),
    Colonne("places", "Places gagnées", "nombre", 0),
)
_BORNES = (Colonne("apres_min", "Minimum", "nombre", 2, "%"), Colonne("apres_max", "Maximum", "nombre", 2, "%"))


def _build_tableau(frame: pl.DataFrame) -> Tableau:
    colonnes = _COLONNES + (_BORNES if (frame["manquants"].fill_null(0) > 0).any() else ())
    return Tableau(colonnes, frame.select([c.champ for c in colonnes]).to_dicts())


def _build_effet(apercu: Apercu, lus: pl.DataFrame, titre: str, fichier: str, libelle: str) -> Contenu:
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_effet(lus, libelle),
        figure=build_effet_figure(lus),
        mention=_build_mention(
            apercu,
            apercu.type_note,
            "score recalculé avec chaque barème",
            textes.NOTE_RESULTATS,
            textes.NOTE_SEUILS,
            textes.build_note_autres(len(load_catalogue().organismes) - apercu.organismes.height),
        ),
        tableau=_build_tableau(apercu.organismes.sort("ecart", "nom", descending=[True, False], nulls_last=True)),
        fichier=fichier,
    )


def _build_mouvements(apercu: Apercu, lus: pl.DataFrame, titre: str, fichier: str) -> Contenu:
    tries = lus.with_columns(gain=pl.col("ecart")).sort("gain", "code_organisme", descending=[True, False])
    choisis = select_mouvements(tries, None, _EXTREMES)
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_rangs(lus),
        figure=build_mouvements_figure(choisis, annees=(AVANT, APRES), unite="%", decimales=2),
        mention=_build_mention(
            apercu,
            apercu.type_note,
            f"au plus {_EXTREMES} gains et {_EXTREMES} pertes de score",
            textes.NOTE_RANG,
            textes.NOTE_RESULTATS,
        ),
        tableau=_build_tableau(choisis),
        fichier=fichier,
    )


def _build_distribution(apercu: Apercu, lus: pl.DataFrame, titre: str, fichier: str) -> Contenu:
    longue = pl.concat(
        lus.select("nom", "nom_court", pl.lit(mots).alias("libelle_type"), pl.col(c).alias("valeur"))
        for mots, c in ((AVANT, "avant"), (APRES, "apres"))
    )
    quartiles = {mots: compute_quartiles(lus[c].to_list()) for mots, c in ((AVANT, "avant"), (APRES, "apres"))}
    resumes = [(round(q.mediane, 2), round(q.q3 - q.q1, 2)) for q in quartiles.values()]
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_distribution(*resumes),
        figure=build_distribution_figure(longue, quartiles),
        mention=_build_mention(
            apercu,
            apercu.type_note,
            "score recalculé\u00a0; un point par organisme, boîte du premier au troisième quartile, trait épais\u00a0: "
            "médiane",
            textes.NOTE_RESULTATS,
        ),
        tableau=Tableau(
            (
                Colonne("bareme", "Barème"),
                Colonne("minimum", "Plus bas", "nombre", 2, "%"),
                Colonne("q1", "Premier quartile", "nombre", 2, "%"),
                Colonne("mediane", "Médiane", "nombre", 2, "%"),
                Colonne("q3", "Troisième quartile", "nombre", 2, "%"),
                Colonne("maximum", "Plus haut", "nombre", 2, "%"),
            ),
            [
                {
                    "bareme": mots,
                    "minimum": lus[c].min(),
                    "q1": quartiles[mots].q1,
                    "mediane": quartiles[mots].mediane,
                    "q3": quartiles[mots].q3,
                    "maximum": lus[c].max(),
                }
                for mots, c in ((AVANT, "avant"), (APRES, "apres"))
            ],
        ),
        fichier=fichier,
    )
