/* Functions AG Grid may call by name: French numbers and dates, and the grid's theme from the custom properties. */
window.dashAgGridFunctions = window.dashAgGridFunctions || {};
(function (fonctions) {
  "use strict";
  const formats = new Map();
  fonctions.nombreFr = function (valeur, decimales) {
    if (valeur === null || valeur === undefined) return "–";
    if (typeof valeur !== "number") return valeur;
    if (!formats.has(decimales)) {
      formats.set(decimales, new Intl.NumberFormat("fr-FR", {
        minimumFractionDigits: decimales, maximumFractionDigits: decimales,
      }));
    }
    return formats.get(decimales).format(valeur);
  };
  fonctions.dateFr = function (valeur) {
    return valeur ? valeur.slice(0, 10).split("-").reverse().join("/") : "–";
  };
  /** Enter on a cell that holds a link follows it. */
  fonctions.suivreLien = function (params) {
    const lien = params.event.key === "Enter" && params.event.target.querySelector("a");
    if (lien) lien.click();
    return Boolean(lien);
  };
  /** Columns share the width of a grid that is on screen; hidden (another theme, a closed table), it has none to share. */
  fonctions.partagerLargeur = function (params) {
    const {left, right} = params.api.getHorizontalPixelRange();
    if (right > left) params.api.sizeColumnsToFit();
  };
  /** Tab leaves the grid, whose cells are walked with the arrows; while a cell is edited it goes to the next one. */
  fonctions.sortirAuTabulateur = function (params) {
    return params.editing ? params.nextCellPosition || false : false;
  };
  /** Class of a cell of the heat table, from the state of its row. */
  fonctions.classeTartan = function (params) {
    const etat = params.data && params.data[params.colDef.cellRendererParams.etat];
    return etat ? "px-t px-t-" + etat : "px-t";
  };
  /** Numbers by value; words (« neutralisé ») last, whichever way the column is sorted. */
  fonctions.comparerNombres = function (a, b, _ligneA, _ligneB, descendant) {
    const [manqueA, manqueB] = [typeof a !== "number", typeof b !== "number"];
    if (manqueA || manqueB) return manqueA === manqueB ? 0 : (manqueA ? 1 : -1) * (descendant ? -1 : 1);
    return a - b;
  };
  fonctions.parangonTheme = function (agGrid) {
    return agGrid.themeQuartz.withParams({
      accentColor: "var(--px-marque)",
      borderColor: "var(--px-trait)",
      foregroundColor: "var(--px-texte)",
      headerTextColor: "var(--px-texte)",
      headerBackgroundColor: "var(--px-fond)",
      fontFamily: "inherit",
      fontSize: 13,
      spacing: 6,
    });
  };
})(window.dashAgGridFunctions);
