/* AG Grid weighs 1.3 MB of script to parse: it is only asked for by the first grid drawn, not by every page.

   Until then `dash_ag_grid` is this façade; it stays in place afterwards, so that a grid already drawn keeps its
   component, hence its sort, its filters and its scroll. */
(function () {
    "use strict";

    const adresse = document.querySelector('meta[name="parangon-grille"]')?.content;
    if (!adresse || window.dash_ag_grid || !window.React) {
        return;
    }
    const {createElement, lazy, Suspense} = window.React;
    const facade = {};

    function charger() {
        return new Promise((resoudre, rejeter) => {
            const script = document.createElement("script");
            script.src = adresse;
            script.onload = () => {
                const {AgGrid, ...autres} = window.dash_ag_grid;
                Object.assign(facade, autres);
                window.dash_ag_grid = facade;
                resoudre({default: AgGrid});
            };
            script.onerror = rejeter;
            document.head.append(script);
        });
    }

    function Panne() {
        const texte = "Cette table n’a pas pu être chargée. Vérifiez la connexion au serveur, puis rechargez la page.";
        return createElement("p", {role: "alert"}, texte);
    }

    const Grille = lazy(() => charger().catch(() => ({default: Panne})));

    facade.AgGrid = function AgGrid(props) {
        const attente = createElement("p", {className: "px-chargement", style: props.style}, "Chargement de la table…");
        return createElement(Suspense, {fallback: attente}, createElement(Grille, props));
    };
    facade.AgGrid.dashRenderType = true; // as the component of the library: the renderer then says what changed
    window.dash_ag_grid = facade;
})();
