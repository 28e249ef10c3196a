"""The command line: report, exit codes, French errors."""

import json
from pathlib import Path

import pytest

from data.chemins import RACINE, get_geo
from etl.__main__ import main
from etl.commandes import construction, reconstruction
from etl.controles import ControleEchoueError
from etl.rapport import format_rapport


def test_rapport(rapport: dict[str, object]) -> None:
    assert rapport["organismes"] == 165
    texte = format_rapport(rapport)
    assert "interessement_2023_organismes.csv" in texte
    assert "165      165         0  faits" in texte
    assert "avertissement moyennes / synthèse CGSS : attendu 78.9, obtenu 79.04" in texte
    fichiers = {f["fichier"]: f for f in rapport["fichiers"]}  # type: ignore[attr-defined]
    assert all(len(f["sha256"]) == 64 for f in fichiers.values())
    assert all(f["lignes_lues"] == f["lignes_gardees"] + f["lignes_rejetees"] for f in fichiers.values())
    json.dumps(rapport, default=str)


def test_rien_n_a_change_rien_n_est_publie(var: Path, rapport: dict[str, object]) -> None:
    """Same inputs: the kept steps answer, the same publication stays."""
    encore = reconstruction.run(var)
    assert (encore["version"], encore["inchangee"]) == (rapport["version"], True)
    assert encore["fichiers"] == json.loads(json.dumps(rapport["fichiers"]))


def test_definitions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["definitions"]) == 0
    assert "165 organismes" in capsys.readouterr().out


def test_controle_en_echec(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def echouer(_var: Path, **_options: object) -> dict[str, object]:
        raise ControleEchoueError("1 contrôle(s) en échec, rien n'est publié")

    monkeypatch.setattr(reconstruction, "run", echouer)
    assert main(["run"]) == 1
    assert "rien n'est publié" in capsys.readouterr().err


@pytest.mark.usefixtures("rapport")  # the geometries are there
def test_fichier_faux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publie = tmp_path / "publie"
    publie.mkdir()
    (publie / "interessement_2023_organismes.csv").write_text("nom\nAin\n", encoding="utf-8")
    var = tmp_path / "var"
    var.mkdir()
    get_geo(var).symlink_to(get_geo(RACINE / "var"))
    monkeypatch.setattr(construction, "PUBLIE", publie)
    monkeypatch.setenv("PARANGON_VAR", str(var))
    assert main(["run"]) == 2
    assert "interessement_2023_organismes.csv" in capsys.readouterr().err
