"""The ETL run apart: one at a time, bounded, and always a French answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from components import travaux


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the ETL: ``etl/__main__.py`` of a temporary folder."""
    (tmp_path / "etl").mkdir()
    monkeypatch.setattr(travaux, "RACINE", tmp_path)
    monkeypatch.setenv("PARANGON_VAR", str(tmp_path / "var"))
    return tmp_path


def write_etl(racine: Path, corps: str) -> None:
    (racine / "etl" / "__main__.py").write_text(f"import sys, json, time\n{corps}\n", encoding="utf-8")


def test_la_reponse_et_son_code(racine: Path) -> None:
    write_etl(racine, "print(json.dumps({'a': sys.argv[1:]})); sys.exit(1)")
    reponse = travaux.run_etl(["check", "é; rm -rf $HOME"])
    assert (reponse.code, reponse.contenu, reponse.erreur) == (1, {"a": ["check", "é; rm -rf $HOME", "--json"]}, None)


def test_une_erreur_generale_est_rendue(racine: Path) -> None:
    write_etl(racine, "print(json.dumps({'erreur': 'Source inconnue'})); sys.exit(2)")
    assert travaux.run_etl(["load"]).erreur == "Source inconnue"


def test_trop_long_est_arrete(racine: Path) -> None:
    write_etl(racine, "time.sleep(60)")
    with pytest.raises(travaux.TravailImpossibleError, match="arrêté, rien n'a changé"):
        travaux.run_etl(["check"], duree=0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="la borne de mémoire n'existe que sous Linux")
def test_trop_de_memoire_est_refuse(racine: Path) -> None:
    write_etl(racine, "time.sleep(.5); x = bytearray(800_000_000); print('{}')")
    with pytest.raises(travaux.TravailImpossibleError, match="plus de mémoire que permis"):
        travaux.run_etl(["check"], memoire=300_000_000)


def test_une_mort_sans_reponse_est_dite(racine: Path) -> None:
    write_etl(racine, "sys.exit('secret de la machine')")
    with pytest.raises(travaux.TravailImpossibleError, match="sans répondre") as refus:
        travaux.run_etl(["check"])
    assert "secret" not in str(refus.value)


def test_un_seul_a_la_fois(racine: Path) -> None:
    write_etl(racine, "print('{}')")
    with (
        travaux._reserve(racine / "var"),
        pytest.raises(travaux.TravailImpossibleError, match="est en cours"),
    ):
        travaux.run_etl(["check"])
    assert travaux.run_etl(["check"]).contenu == {}
