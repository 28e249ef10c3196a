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
