"""What the home page and the page « Scores » say alike: the mean score of each type, two years side by side."""

from __future__ import annotations

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.distribution import build_deux_ans_figure
from components.figures.formats import INSECABLE
from components.provenance import format_donnees_du, format_source
from components.textes import scores as textes
from components.textes.comparer import format_type_note
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes.scores import list_scores, list_syntheses

ANNEES = (2022, 2023)


def build_mention(
    frame: pl.DataFrame,
    statistique: str,
    effectif: str,
    *notes: str,
    periode: str = "2023",
    unite: str = "%",
    sens: Sens = Sens.HAUT,
) -> Mention:
    """The mention of a chart of scores; its sources are those of the rows (column source)."""
    return Mention(
        statistique=statistique,
        unite=unite,
        sens=sens,
        periode=periode,
        source=format_source(*frame["source"].unique().sort()),
        donnees_du=format_donnees_du(),
        effectif=effectif,
        notes=notes,
    )


def _load_evolution() -> pl.DataFrame:
    """One row per type, in the order of the note.

    Columns: type_note, libelle, detail (« n = 102 »), effectif, avant and apres (printed means, %), minimum_ and
    maximum_ of each (%, null when not printed), moyenne_liste (%), source.
    """
    syntheses = list_syntheses().filter(pl.col("type_note") != "france")
    effectifs = list_scores().group_by("type_note").agg(pl.len().alias("effectif"))
    par_annee = [
        syntheses.filter(annee=annee).rename(
            {"moyenne": quand, "minimum": f"minimum_{quand}", "maximum": f"maximum_{quand}"}
        )
        for annee, quand in zip(ANNEES, ("avant", "apres"), strict=True)
    ]
    avant = par_annee[0].select("type_note", "avant", "minimum_avant", "maximum_avant")
    return (
        par_annee[1]
        .join(avant, on="type_note", how="left", maintain_order="left")
        .join(effectifs, on="type_note", how="left", maintain_order="left")
        .with_columns(
            pl.col("type_note").map_elements(format_type_note, return_dtype=pl.String).alias("libelle"),
            pl.format(f"n{INSECABLE}= {{}}", "effectif").alias("detail"),
        )
    )


@memorise
def build_contenu_evolution() -> Contenu:
    """The printed mean, minimum and maximum of the local score of each type, 2023 and 2022."""
    frame = _load_evolution()
    return Contenu(
        titre="Score local moyen par type, 2023 et 2022",
        phrase=textes.build_phrase_evolution(frame),
        figure=build_deux_ans_figure(frame, annees=ANNEES),
        mention=build_mention(
            frame,
            "moyenne simple imprimée (disque\u00a0: 2023, losange\u00a0: 2022), du minimum au maximum (trait)",
            f"{frame['effectif'].sum()} organismes",
            textes.NOTE_2022,
            *textes.list_contradictions(
                load_catalogue().contradictions, "cpam_moyenne_locale_2023", "cgss_moyenne_locale_2023"
            ),
            periode="2022 et 2023",
        ),
        tableau=Tableau(
            (
                Colonne("libelle", "Type"),
                Colonne("effectif", "Organismes en 2023", "nombre", 0),
                Colonne("apres", "Moyenne 2023", "nombre", 1, "%"),
                Colonne("moyenne_liste", "Moyenne 2023 sous la liste des organismes", "nombre", 2, "%"),
                Colonne("minimum_apres", "Minimum 2023", "nombre", 1, "%"),
                Colonne("maximum_apres", "Maximum 2023", "nombre", 1, "%"),
                Colonne("avant", "Moyenne 2022", "nombre", 1, "%"),
                Colonne("minimum_avant", "Minimum 2022", "nombre", 1, "%"),
                Colonne("maximum_avant", "Maximum 2022", "nombre", 1, "%"),
            ),
            frame.drop("type_note", "source", "detail", "annee", "ordre").to_dicts(),
            legende="Un tiret\u00a0: non imprimé (type d'un seul organisme, ou sans liste).",
        ),
        fichier="parangon-scores-2022-2023",
    )
