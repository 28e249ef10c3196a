"""What is behind the figures: files read, sources described, share of real and simulated facts, controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.fiche_indicateur import LIBELLES_REFERENTIEL
from components.figures.formats import INSECABLE, format_nombre, format_pluriel
from components.figures.parts import Barre, Part, build_parts_figure
from components.provenance import format_donnees_du
from components.textes.donnees import build_phrase_origines, format_octets
from components.theme import COULEURS
from data.catalogue import format_cle, load_catalogue
from data.magasin import memorise
from data.modele import Referentiel, Sens
from data.requetes.donnees import list_natures
from data.requetes.publication import list_controles, list_fichiers

_PARTS_ORIGINES = (
    Part("imprimées dans les documents", COULEURS["marque"], "", COULEURS["carte"]),
    Part("transmises par fichier", COULEURS["cyan"], "", COULEURS["texte"]),
    Part("simulées", COULEURS["simulee-pale"], "/", COULEURS["simulee"]),
)
_DISPOSITIONS = {
    "longue": "une ligne par valeur",
    "periodes": "une colonne par période",
    "indicateurs": "une colonne par indicateur",
    "comptage": "une ligne par élément à compter",
    "referentiel": "une ligne par organisme, sans résultat",
}


def _build_mention(statistique: str, unite: str, source: str, effectif: str, *, simulee: bool = False) -> Mention:
    return Mention(
        statistique=statistique,
        unite=unite,
        sens=Sens.NEUTRE,
        periode="publication affichée",
        source=source,
        donnees_du=format_donnees_du(),
        effectif=effectif,
        simulee=simulee,
    )


def _build_liste(
    titre: str,
    phrase: str,
    objet: tuple[str, str],
    lecture: tuple[str, str],
    colonnes: tuple[Colonne, ...],
    lignes: Sequence[Mapping[str, Any]],
) -> Contenu:
    """A list as a bloc without figure.

    Args:
        titre: of the bloc; ``phrase``: the sentence under it.
        objet: what a row is, with its article (« un », « fichier »).
        lecture: unit and source of the mention.
        colonnes: of the table.
        lignes: in order; they may hold more than the columns.
    """
    article, nom = objet
    unite, source = lecture
    return Contenu(
        titre=titre,
        phrase=phrase,
        mention=_build_mention(f"{article} {nom} par ligne", unite, source, format_pluriel(len(lignes), nom)),
        tableau=Tableau(colonnes, [{c.champ: ligne[c.champ] for c in colonnes} for ligne in lignes]),
        fichier=f"parangon-{format_cle(nom)}s",
    )


@memorise
def build_contenu_fichiers() -> Contenu:
    """Files shipped with the application, with their fingerprint; the files sent are in the journal."""
    catalogue = load_catalogue()
    fichiers = list_fichiers().to_dicts()
    lues, rejetees = sum(f["lignes_lues"] for f in fichiers), sum(f["lignes_rejetees"] for f in fichiers)
    return _build_liste(
        "Fichiers lus pour cette publication",
        f"{format_pluriel(len(fichiers), 'fichier livré', 'fichiers livrés')} avec l'application, "
        f"{format_pluriel(lues, 'ligne lue', 'lignes lues')}, {format_pluriel(rejetees, 'écartée')}. L'empreinte "
        "SHA-256 permet de vérifier qu'un fichier est bien celui qui a été lu.",
        ("un", "fichier"),
        ("lignes de fichier", "fichiers de référence"),
        (
            Colonne("fichier", "Fichier", epinglee=True),
            Colonne("source", "Source"),
            Colonne("usage", "Usage"),
            Colonne("lues", "Lignes lues", "nombre", 0),
            Colonne("gardees", "Gardées", "nombre", 0),
            Colonne("rejetees", "Écartées", "nombre", 0),
            Colonne("taille", "Taille"),
            Colonne("sha256", "SHA-256"),
        ),
        [
            f
            | {
                "source": catalogue.get_titre_source(f["source"])
                if f["source"] in catalogue.document_par_code
                else f["source"],
                "lues": f["lignes_lues"],
                "gardees": f["lignes_gardees"],
                "rejetees": f["lignes_rejetees"],
                "taille": format_octets(f["octets"]),
            }
            for f in fichiers
        ],
    )


@memorise
def build_contenu_sources() -> Contenu:
    """How a file must look to be recognised."""
    sources = load_catalogue().sources
    return _build_liste(
        "Fichiers attendus",
        f"{format_pluriel(len(sources), 'source décrite', 'sources décrites')}{INSECABLE}: un fichier est reconnu "
        "à ses en-têtes. S'il ne l'est pas, une correspondance est proposée au contrôle.",
        ("une", "source"),
        ("en-têtes", "définitions des sources"),
        (
            Colonne("titre", "Source", epinglee=True),
            Colonne("producteur", "Producteur"),
            Colonne("disposition", "Disposition"),
            Colonne("colonnes", "En-têtes attendus"),
            Colonne("noms", "Noms de fichier"),
            Colonne("description", "Contenu"),
        ),
        [
            {
                "titre": s.titre,
                "producteur": s.producteur,
                "disposition": _DISPOSITIONS[s.disposition],
                "colonnes": ", ".join(s.colonnes.values()),
                "noms": ", ".join(s.fichiers),
                "description": s.description,
            }
            for s in sources
        ],
    )


@memorise
def build_contenu_origines() -> Contenu:
    """Share of printed, sent and simulated facts by referentiel."""
    lignes = list_natures().to_dicts()
    documents, transmis, simules = (sum(e[nom] for e in lignes) for nom in ("documents", "transmis", "simules"))
    noms = [LIBELLES_REFERENTIEL[Referentiel(e["referentiel"])] for e in lignes]
    return Contenu(
        titre="Réel et simulé, par référentiel",
        phrase=build_phrase_origines(documents, transmis, simules),
        figure=build_parts_figure(
            [Barre(nom, (e["documents"], e["transmis"], e["simules"])) for nom, e in zip(noms, lignes, strict=True)],
            _PARTS_ORIGINES,
            "valeur",
        ),
        mention=_build_mention(
            "nombre de valeurs par origine",
            "valeurs",
            "documents publiés, fichiers transmis, simulation",
            f"{format_nombre(documents + transmis + simules, 0)} valeurs",
            simulee=simules > 0,
        ),
        tableau=Tableau(
            (
                Colonne("nom", "Référentiel"),
                Colonne("documents", "Documents", "nombre", 0),
                Colonne("transmis", "Transmises", "nombre", 0),
                Colonne("simules", "Simulées", "nombre", 0),
            ),
            [{"nom": nom} | e for nom, e in zip(noms, lignes, strict=True)],
        ),
        fichier="parangon-origines",
    )


@memorise
def build_contenu_controles() -> Contenu:
    """Every control of the publication, those that failed first."""
    controles = list_controles().to_dicts()
    echecs = sum(not c["reussi"] for c in controles)
    suite = f"{format_pluriel(echecs, 'avertissement')}, à lire avant de citer ces chiffres."
    return _build_liste(
        "Contrôles de la publication",
        f"{format_nombre(len(controles) - echecs, 0)} contrôles réussis sur {format_nombre(len(controles), 0)}. "
        f"{suite if echecs else 'Aucun avertissement.'}",
        ("un", "contrôle"),
        ("verdict", "contrôles de la publication"),
        (
            Colonne("verdict", "Verdict"),
            Colonne("objet", "Objet", epinglee=True),
            Colonne("controle", "Contrôle"),
            Colonne("attendu", "Attendu"),
            Colonne("obtenu", "Obtenu"),
            Colonne("message", "À savoir"),
        ),
        [
            c
            | {
                "verdict": "✓ réussi" if c["reussi"] else f"● {c['gravite']}",
                "controle": c["controle"].replace("_", " "),
            }
            for c in controles
        ],
    )


@memorise
def build_contenu_contradictions() -> Contenu:
    """Figures the documents print twice, differently."""
    contradictions = load_catalogue().contradictions
    return _build_liste(
        "Contradictions entre documents",
        f"{format_pluriel(len(contradictions), 'contradiction relevée', 'contradictions relevées')}{INSECABLE}: "
        "les deux chiffres sont gardés et montrés, rien n'est corrigé en silence.",
        ("une", "contradiction"),
        ("telle qu'imprimée", "documents publiés"),
        (
            Colonne("objet", "Objet", epinglee=True),
            Colonne("valeurs", "Ce qui est imprimé"),
            Colonne("traitement", "Ce que fait Parangon"),
        ),
        [{"objet": c.objet, "valeurs": " ; ".join(c.valeurs), "traitement": c.traitement} for c in contradictions],
    )
