"""What can be wrong with a loaded file: named rules, each with its severity and how to mend it.

Every finding is a row: file, sheet, row, column, raw value, rule, severity, reason, remedy. All are reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Gravite(StrEnum):
    """What a finding does."""

    ERREUR = "erreur"  # nothing of the file is loaded
    REJET = "rejet"  # this row or cell gives no fact; the others do
    AVERTISSEMENT = "avertissement"  # the fact is loaded, with the name of the rule as a flag


@dataclass(frozen=True)
class Regle:
    """A named control."""

    nom: str
    gravite: Gravite
    remede: str


_E, _R, _A = Gravite.ERREUR, Gravite.REJET, Gravite.AVERTISSEMENT

REGLES: dict[str, Regle] = {
    regle.nom: regle
    for regle in (
        # the file
        Regle("entete_en_double", _E, "Donnez un nom différent à chaque colonne."),
        Regle("colonne_absente", _E, "Ajoutez la colonne au fichier, ou corrigez « colonnes » dans la source."),
        Regle("feuille_absente", _E, "Corrigez le nom de la feuille dans le fichier ou dans la source."),
        Regle("aucun_fait", _E, "Vérifiez que le fichier est le bon, et que la source le décrit."),
        Regle("colonne_inconnue", _A, "Décrivez la colonne dans la source, ou citez-la dans « ignorees »."),
        Regle("colonne_sans_nom", _A, "Donnez un nom à la colonne, ou videz-la."),
        Regle("lignes_masquees", _A, "Affichez ces lignes et vérifiez qu'elles doivent être chargées."),
        Regle("colonnes_masquees", _A, "Affichez ces colonnes et vérifiez qu'elles doivent être chargées."),
        Regle("feuille_ignoree", _A, "Citez la feuille dans « feuilles » de la source pour la charger."),
        Regle("periode_absente", _E, "Donnez la période : --periode 2022, ou le champ « Période » de la page Données."),
        Regle("communes_absentes", _A, "Complétez le fichier si ces communes doivent y être."),
        Regle(
            "couverture_partielle",
            _A,
            "Complétez le fichier : sans toutes ses communes, un territoire n'a pas de total.",
        ),
        Regle("referentiel_different", _A, "Corrigez le fichier, ou la définition de l'organisme."),
        Regle("referentiel_inconnu", _A, "Corrigez le code, ou ajoutez l'organisme aux définitions."),
        Regle("referentiel_absent", _A, "Complétez la liste si elle doit être entière."),
        Regle("encodage_douteux", _A, "Vérifiez les accents ; au besoin, enregistrez le fichier en UTF-8."),
        Regle("geometrie_invalide", _A, "Réparez le contour dans un outil de cartographie ; seule la valeur est lue."),
        # the row
        Regle("nombre_de_cellules", _R, "Vérifiez les séparateurs et les guillemets de cette ligne."),
        Regle("organisme_inconnu", _R, "Corrigez le nom ou le code, ou ajoutez l'écriture aux alias de l'organisme."),
        Regle("zero_initial_perdu", _R, "Mettez la colonne en texte et rétablissez le zéro initial."),
        Regle("territoire_inconnu", _R, "Utilisez le code INSEE ou le nom officiel du territoire."),
        Regle("departement_contradictoire", _R, "Corrigez le code de la commune ou celui du département."),
        Regle("commune_fusionnee", _R, "Donnez une seule ligne, celle de la commune nouvelle."),
        Regle("commune_ancienne", _A, "Remplacez l'ancien code par celui de la commune nouvelle."),
        Regle("nom_different", _A, "Vérifiez que le nom et le code sont bien ceux de la même commune."),
        Regle("identifiant_double", _R, "Gardez une seule ligne par identifiant : chaque ligne est comptée."),
        Regle("coordonnees_hors_departement", _A, "Vérifiez la latitude et la longitude ; la commune fait foi."),
        Regle("hors_validite", _R, "Rattachez le résultat à l'organisme qui existait à cette date."),
        Regle("indicateur_inconnu", _R, "Corrigez le libellé, ou reliez-le dans « indicateurs » de la source."),
        Regle("periode_indecidable", _R, "Écrivez la période : 2023, 2023-05, T1 2023, S1 2023 ou JJ/MM/AAAA."),
        Regle("maille_inattendue", _R, "Retirez la ligne, ou ajoutez ce niveau à « mailles » dans la source."),
        # the cell
        Regle("categorie_inconnue", _R, "Corrigez la cellule, ou ajoutez l'écriture à « categories » dans la source."),
        Regle("valeur_indecidable", _R, "Mettez une seule valeur par cellule, écrite sans ambiguïté."),
        Regle("formule_sans_valeur", _R, "Ouvrez et enregistrez le classeur pour calculer la formule."),
        Regle("plusieurs_valeurs", _R, "Une valeur par cellule, ou déclarez ses étiquettes dans « segments »."),
        Regle("unite_contradictoire", _R, "Convertissez la valeur dans l'unité de l'indicateur."),
        Regle("denominateur_nul", _R, "Vérifiez le dénominateur : sans effectif, il n'y a pas de taux."),
        Regle("correction_ignoree", _R, "Rien à faire : la correction enregistrée écarte cette ligne."),
        Regle("deja_publie", _R, "Rien à faire : le document publié fait foi ; une correction peut le changer."),
        Regle("contrat", _R, "Corrigez la ligne : le fait ne respecte pas le contrat de données."),
        # the facts
        Regle("bornes", _E, "Corrigez la valeur ; si elle est vraie, revoyez les bornes de l'indicateur."),
        Regle("periode_inversee", _E, "Mettez le début avant la fin."),
        Regle("periode_recule", _A, "Vérifiez l'ordre des périodes ou la version du fichier."),
        Regle("periode_future", _A, "Vérifiez l'année : la période n'est pas terminée."),
        Regle("doublon_different", _E, "Gardez une seule des lignes, ou distinguez-les par un segment."),
        Regle("doublon_identique", _A, "Retirez la répétition ; une seule ligne est gardée."),
        Regle("total_parties", _E, "Vérifiez le total et ses parties, puis corrigez le chiffre faux."),
        Regle("niveau_melange", _E, "Séparez les niveaux, ou déclarez-les dans « mailles » : ne les additionnez pas."),
        Regle("poids_somme", _E, "Vérifiez les poids : leur somme doit faire le total déclaré."),
        Regle("taux_incoherent", _A, "Vérifiez numérateur, dénominateur et valeur."),
        Regle("renvoi_colle", _A, "Vérifiez que la dernière décimale n'est pas un renvoi de note."),
        Regle("numerateur_superieur", _A, "Vérifiez que le numérateur ne dépasse pas le dénominateur."),
        Regle("revision", _A, "Vérifiez la nouvelle valeur : elle remplace celle d'un chargement précédent."),
        # the corrections
        Regle("correction_perimee", _E, "La source a changé : retirez la correction ou mettez son « expect » à jour."),
    )
}

SCHEMA: dict[str, type[pl.DataType]] = {
    "gravite": pl.String,
    "regle": pl.String,
    "feuille": pl.String,
    "rang": pl.Int64,
    "colonne": pl.String,
    "valeur": pl.String,
    "motif": pl.String,
    "remede": pl.String,
}


def get_gravite(regle: str, gravites: Mapping[str, str]) -> Gravite:
    """The severity of a rule: the one the source declares, or its own."""
    return Gravite(gravites[regle]) if regle in gravites else REGLES[regle].gravite


def format_nombre(nombre: pl.Expr) -> pl.Expr:
    """A number in a reason, as a French reader writes it: decimal comma, none when it is whole."""
    texte = nombre.round(6).cast(pl.String).str.replace(r"\.0$", "")
    return texte.str.replace(".", ",", literal=True)


def format_jour(jour: pl.Expr) -> pl.Expr:
    """A day in a reason, as a French reader writes it."""
    return jour.dt.to_string("%d/%m/%Y")


class Anomalies:
    """Collects findings; ``gravites`` are the severities a source sets for the rules that allow it."""

    def __init__(self, gravites: Mapping[str, str] | None = None) -> None:
        self._gravites = gravites or {}
        self._frames: list[pl.DataFrame] = []

    def add(
        self,
        regle: str,
        motif: str,
        *,
        feuille: str | None = None,
        rang: int | None = None,
        colonne: str | None = None,
        valeur: str | None = None,
    ) -> None:
        """Record one finding."""
        self.add_frame(
            regle,
            pl.DataFrame(
                {"feuille": [feuille], "rang": [rang], "colonne": [colonne], "valeur": [valeur], "motif": [motif]},
                schema_overrides={"rang": pl.Int64, "feuille": pl.String, "colonne": pl.String, "valeur": pl.String},
            ),
        )

    def add_frame(self, regle: str, frame: pl.DataFrame) -> None:
        """Record many findings of one rule: columns feuille, rang, colonne, valeur, motif (missing ones are null)."""
        if frame.is_empty():
            return
        absentes = [pl.lit(None, SCHEMA[c]).alias(c) for c in ("feuille", "rang", "colonne") if c not in frame.columns]
        self._frames.append(
            frame.with_columns(
                *absentes,
                gravite=pl.lit(get_gravite(regle, self._gravites).value),
                regle=pl.lit(regle),
                remede=pl.lit(REGLES[regle].remede),
            )
            .select(list(SCHEMA))
            .cast(dict(SCHEMA))  # type: ignore[arg-type]
        )

    def build_frame(self) -> pl.DataFrame:
        """All findings, blocking ones first, then by sheet and row."""
        frame = pl.concat([pl.DataFrame(schema=SCHEMA), *self._frames])
        ordre = {g.value: i for i, g in enumerate(Gravite)}
        return frame.sort(pl.col("gravite").replace_strict(ordre, return_dtype=pl.Int8), "feuille", "rang", "colonne")


def list_cellules_refusees(anomalies: pl.DataFrame) -> pl.DataFrame:
    """(feuille, rang, colonne) of the findings that refuse a cell or a row, without repetition."""
    return anomalies.filter(pl.col("gravite") == Gravite.REJET.value).select("feuille", "rang", "colonne").unique()


def build_resume(anomalies: pl.DataFrame) -> list[dict[str, object]]:
    """Findings counted by rule: regle, gravite, nombre, exemple, remede."""
    if anomalies.is_empty():
        return []
    return (
        anomalies.group_by("gravite", "regle", maintain_order=True)
        .agg(nombre=pl.len(), exemple=pl.col("motif").first(), remede=pl.col("remede").first())
        .to_dicts()
    )


def count_par_gravite(anomalies: pl.DataFrame) -> dict[str, int]:
    """Number of findings per severity, zero included."""
    comptes = dict(anomalies.group_by("gravite").len().iter_rows()) if not anomalies.is_empty() else {}
    return {g.value: int(comptes.get(g.value, 0)) for g in Gravite}
