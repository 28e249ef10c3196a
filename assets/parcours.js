/* Walk the dots of a chart by keyboard: the frame takes the focus, arrows go from one dot to the next in the order of
   the « ids » of its traces, and the live region under it reads the dot (name, value, rank). */
(function () {
  "use strict";
  const PAS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  /** Every dot that has an id, in order: { courbe, point, ordre, mien, texte }. */
  function lister(graphe) {
    const points = [];
    (graphe.data || []).forEach((trace, courbe) => {
      (trace.ids || []).forEach((ordre, point) => {
        points.push({
          courbe: courbe, point: point, ordre: Number(ordre), mien: trace.name === "organisme choisi",
          texte: String((trace.customdata || [])[point] || ""),
        });
      });
    });
    return points.sort((a, b) => a.ordre - b.ordre);
  }

  function lire(html) {
    const boite = document.createElement("template");
    boite.innerHTML = html.replace(/<br\s*\/?>/g, ", ");
    return boite.content.textContent;
  }

  document.addEventListener("keydown", (evenement) => {
    const cadre = evenement.target;
    if (!(cadre instanceof Element) || !cadre.classList.contains("px-parcours")) return;
    const graphe = cadre.querySelector(".js-plotly-plot");
    const voix = document.getElementById(cadre.getAttribute("aria-describedby"));
    const touche = evenement.key;
    if (!graphe || !voix || evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
    if (!(touche in PAS) && touche !== "Home" && touche !== "End" && touche !== "Escape") return;
    const points = lister(graphe);
    if (!points.length) return;
    evenement.preventDefault();
    if (touche === "Escape") {
      delete cadre.dataset.place;
      window.Plotly.Fx.unhover(graphe);
      return;
    }
    const depart = points.findIndex((p) => p.mien);
    const connue = cadre.dataset.place !== undefined && Number(cadre.dataset.place) < points.length;
    let place = connue ? Number(cadre.dataset.place) + (PAS[touche] || 0) : Math.max(depart, 0);
    if (touche === "Home") place = 0;
    if (touche === "End") place = points.length - 1;
    place = Math.min(Math.max(place, 0), points.length - 1);
    cadre.dataset.place = place;
    const choisi = points[place];
    window.Plotly.Fx.hover(graphe, [{ curveNumber: choisi.courbe, pointNumber: choisi.point }]);
    voix.textContent = lire(choisi.texte);
  });

  document.addEventListener("focusout", (evenement) => {
    const cadre = evenement.target;
    if (!(cadre instanceof Element) || !cadre.classList.contains("px-parcours")) return;
    delete cadre.dataset.place;
    const graphe = cadre.querySelector(".js-plotly-plot");
    if (graphe && window.Plotly) window.Plotly.Fx.unhover(graphe);
  });
})();
