"""The list of organismes: who they are, their published score, their rank in their type, their primes."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.provenance import format_donnees_du, format_source
from components.recherche import build_cle, find_codes
from components.textes.comparer import format_recherche
from components.textes.organisme import build_phrase_annuaire
from components.textes.scores import NOTE_BAREMES
from data.calculs.position import compute_rangs
from data.catalogue import format_cle, load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes.resultats import ANNEE, list_primes


@memorise
def load_annuaire() -> pl.DataFrame:
    """Every organisme with its rank in its type (CPAM and CCSS together) and what the search reads.

    Columns of ``list_primes``, then rang (null when alone in its type or without score), effectif (of the type with a
    score), recherche (folded text).
    """
    frames = []
    for groupe in list_primes().partition_by("type_note", maintain_order=True):
        scores = groupe["score"].drop_nulls().to_list()
        rangs = iter(compute_rangs(scores, Sens.HAUT)) if len(scores) > 1 else iter(())
        frames.append(
            groupe.with_columns(
                pl.Series("rang", [None if s is None else next(rangs, None) for s in groupe["score"]], dtype=pl.Int64),
                pl.lit(len(scores)).alias("effectif"),
            )
        )
    frame = pl.concat(frames)
    textes = [_build_recherche(ligne["code_organisme"], ligne) for ligne in frame.iter_rows(named=True)]
    return frame.with_columns(pl.Series("recherche", textes))


def _build_recherche(code: str, ligne: dict[str, object]) -> str:
    """Name, type, code, départements, régions and other names, as :func:`find_codes` reads them."""
    organisme = load_catalogue().organisme_par_code[code]
    morceaux = [
        organisme.nom,
        organisme.nom_court,
        code,
        *organisme.departements,
        *(nom for cle in ("noms_departement", "noms_region") for nom in _list_textes(ligne[cle])),
        format_recherche(organisme),
    ]
    return build_cle(*morceaux)


def _list_textes(valeur: object) -> list[str]:
    return [str(v) for v in valeur] if isinstance(valeur, list) else []


@lru_cache(maxsize=1)
def list_regions() -> tuple[str, ...]:
    """Names of the régions, in alphabetical order."""
    return tuple(sorted((r.nom for r in load_catalogue().regions), key=format_cle))


def filter_annuaire(recherche: str, type_organisme: str, region: str) -> pl.DataFrame:
    """Rows answering every criterion; an empty one asks for nothing.

    Args:
        recherche: every word must begin a word of the name, the seat, the département, the région, another name or the
            code; accents and case aside.
        type_organisme: printed type (« CCSS » apart from « CPAM »).
        region: name of a région.
    """
    frame = load_annuaire()
    cles = dict(frame.select("code_organisme", "recherche").iter_rows())
    frame = frame.filter(pl.col("code_organisme").is_in(find_codes(recherche, cles)))
    if type_organisme:
        frame = frame.filter(type_organisme=type_organisme)
    if region:
        frame = frame.filter(pl.col("noms_region").list.contains(region))
    return frame


def build_contenu_annuaire(frame: pl.DataFrame) -> Contenu:
    """The list as a bloc, in definition order (type, then territory)."""
    total = load_annuaire().height
    return Contenu(
        titre=f"Organismes, score local et intéressement {ANNEE}",
        phrase=build_phrase_annuaire(frame, total),
        mention=Mention(
            statistique="taux de réussite local et primes par ETP, publiés\u00a0; rang dans le type",
            unite="% et €",
            sens=Sens.HAUT,
            periode=str(ANNEE),
            source=format_source(*load_annuaire()["source"].drop_nulls().unique().sort()),
            donnees_du=format_donnees_du(),
            effectif=f"{frame.height} organismes",
            notes=(NOTE_BAREMES, "Un tiret au rang\u00a0: seul de son type."),
        ),
        tableau=Tableau(
            (
                Colonne("nom", "Organisme", lien="adresse"),
                Colonne("score", "Score local", "nombre", 2, "%"),
                Colonne("rang", "Rang dans le type", "nombre", 0),
                Colonne("effectif", "Organismes du type", "nombre", 0),
                Colonne("prime_totale", "Prime totale", "nombre", 2, "€"),
                Colonne("type", "Type"),
                Colonne("region", "Région"),
                Colonne("prime_locale", "Prime locale", "nombre", 2, "€"),
                Colonne("prime_nationale", "Prime nationale", "nombre", 2, "€"),
            ),
            [
                {
                    "nom": ligne["nom"],
                    "adresse": f"/organismes/{ligne['code_organisme']}",
                    "type": ligne["type_organisme"],
                    "region": ", ".join(ligne["noms_region"]),
                    "score": ligne["score"],
                    "rang": ligne["rang"],
                    "effectif": ligne["effectif"],
                    "prime_locale": ligne["prime_locale"],
                    "prime_nationale": ligne["prime_nationale"],
                    "prime_totale": ligne["prime_totale"],
                }
                for ligne in frame.iter_rows(named=True)
            ],
            legende="Le nom mène à la fiche. Un titre de colonne trie.",
        ),
        fichier=f"parangon-organismes-{ANNEE}",
    )
