/* Draw the charts of a page one per task, from the top: the first ones are on screen while the others wait.
   Without this, Dash asks Plotly for all of them in one long task and nothing shows before the last. */
(function () {
  "use strict";
  const attente = [];
  let enCours = false;

  function suivant() {
    if (!attente.length) {
      enCours = false;
      return;
    }
    attente.sort((a, b) => a.haut() - b.haut());
    const tache = attente.shift();
    try {
      tache.resoudre(tache.dessiner());
    } catch (erreur) {
      tache.rejeter(erreur);
    }
    // A timer, not a promise: the browser paints in between.
    setTimeout(suivant, 0);
  }

  function ordonner(Plotly) {
    const react = Plotly.react;
    Plotly.react = function (cadre, ...reste) {
      return new Promise((resoudre, rejeter) => {
        attente.push({
          // What a theme hides comes last, not first as if it were at the top of the window.
          haut: () => (cadre.getClientRects().length ? cadre.getBoundingClientRect().top : Number.MAX_VALUE),
          dessiner: () => react.call(Plotly, cadre, ...reste),
          resoudre: resoudre,
          rejeter: rejeter,
        });
        if (!enCours) {
          enCours = true;
          setTimeout(suivant, 0);
        }
      });
    };
    return Plotly;
  }

  // plotly.js may arrive before or after this file: wrap it when it names itself.
  if (window.Plotly) {
    ordonner(window.Plotly);
  } else {
    let bibliotheque;
    Object.defineProperty(window, "Plotly", {
      configurable: true,
      get: () => bibliotheque,
      set: (valeur) => { bibliotheque = ordonner(valeur); },
    });
  }
})();
