/* Small clientside pieces: address bar, navigation mark, offline image export. */
(function () {
  "use strict";
  const parangon = (window.parangon = window.parangon || {});

  /** Mirror a page's state in the address bar without navigation. */
  parangon.ecrire_requete = function (requete) {
    const cible = window.location.pathname + (requete || "");
    if (cible !== window.location.pathname + window.location.search) {
      window.history.replaceState(window.history.state, "", cible);
    }
    return window.dash_clientside.no_update;
  };

  /** Mark the link of the current page for readers of the screen and of the page alike. */
  parangon.marquer_navigation = function (chemin) {
    document.querySelectorAll(".px-nav-lien").forEach((lien) => {
      const cible = lien.getAttribute("href");
      const actif = cible === "/" ? chemin === "/" : chemin === cible || chemin.startsWith(cible + "/");
      if (actif) {
        lien.setAttribute("aria-current", "page");
        lien.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else {
        lien.removeAttribute("aria-current");
      }
    });
    return window.dash_clientside.no_update;
  };

  /** Cut a text into lines of at most `largeur` characters. */
  function couper(texte, largeur) {
    const lignes = [];
    let ligne = "";
    for (const mot of texte.split(" ")) {
      if (ligne && (ligne + " " + mot).length > largeur) {
        lignes.push(ligne);
        ligne = mot;
      } else {
        ligne = ligne ? ligne + " " + mot : mot;
      }
    }
    if (ligne) lignes.push(ligne);
    return lignes;
  }

  function echapper(texte) {
    return texte.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  parangon.IMAGE = { largeur: 1280, hauteur: 720 };

  /** The figure as a slide: title and sentence above, reading and source below, the mark « Données simulées ». */
  parangon.habiller_figure = function (figure, contexte) {
    const copie = JSON.parse(JSON.stringify(figure));
    const mise = (copie.layout = copie.layout || {});
    const largeur = parangon.IMAGE.largeur;
    const phrase = couper(contexte.phrase, 150);
    const bas = contexte.mentions.flatMap((m) => couper(m, 190));
    if (contexte.simulee) bas.unshift("DONNÉES SIMULÉES");
    const haut = 58 + phrase.length * 21;
    const pied = 26 + bas.length * 17;
    const hauteur = Math.max(parangon.IMAGE.hauteur, (mise.height || 0) + haut + pied);
    const marge = Object.assign({ l: 8, r: 16, t: 12, b: 8 }, mise.margin);
    mise.width = largeur;
    mise.height = hauteur;
    mise.autosize = false;
    mise.margin = { l: marge.l + 24, r: marge.r + 24, t: marge.t + haut, b: marge.b + pied };
    const style = getComputedStyle(document.documentElement);
    const doux = style.getPropertyValue("--px-texte-doux").trim();
    mise.title = {
      text: "<b>" + echapper(contexte.titre) + "</b><br><span style='font-size:15px'>" +
        phrase.map(echapper).join("<br>") + "</span>",
      x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top",
      pad: { l: 24, t: 18 }, font: { size: 21 },
    };
    // The mentions hang under the plot area: an annotation in paper units, shifted by the margins.
    mise.annotations = (mise.annotations || []).concat([{
      text: bas.map((l, i) => (i === 0 && contexte.simulee ? "<b>" + echapper(l) + "</b>" : echapper(l))).join("<br>"),
      x: 0, xref: "paper", xanchor: "left", xshift: -marge.l, y: 0, yref: "paper", yanchor: "bottom",
      yshift: -(marge.b + pied) + 12, showarrow: false, align: "left", font: { size: 12, color: doux },
    }]);
    return copie;
  };

  parangon.telecharger = function (url, nom) {
    const lien = document.createElement("a");
    lien.href = url;
    lien.download = nom;
    document.body.appendChild(lien);
    lien.click();
    lien.remove();
  };

  /** PNG or SVG of a bloc's figure, drawn in the browser: no request leaves the host. */
  parangon.exporter_figure = async function (_png, _svg, figure, contexte) {
    const declencheur = window.dash_clientside.callback_context.triggered_id;
    if (!declencheur || !figure) return window.dash_clientside.no_update;
    const format = declencheur.role === "bloc-svg" ? "svg" : "png";
    const habillee = parangon.habiller_figure(figure, contexte);
    const url = await window.Plotly.toImage(habillee, {
      format: format, width: habillee.layout.width, height: habillee.layout.height, scale: format === "png" ? 2 : 1,
    });
    parangon.telecharger(url, contexte.fichier + "." + format);
    return { format: format, fichier: contexte.fichier };
  };
})();
