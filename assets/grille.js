/* AG Grid weighs 1.3 MB of script to parse: it is only asked for by the first grid the reader comes near, not by every
   page, and each grid is built when it comes near, or once the page has been quiet for a while: what is far below does
   not slow the charts, and what a theme hides is not built at all.

   Until then `dash_ag_grid` is this façade; it stays in place afterwards, so that a grid already drawn keeps its
   component, hence its sort, its filters and its scroll. */
(function () {
    "use strict";

    const adresse = document.querySelector('meta[name="parangon-grille"]')?.content;
    if (!adresse || window.dash_ag_grid || !window.React) {
        return;
    }
    const {createElement, lazy, Suspense, useEffect, useRef, useState} = window.React;
    const AUX_ABORDS = {rootMargin: "1000px 0px"}; // about one screen ahead
    const CALME = 2000; // milliseconds: the charts are drawn
    const au_calme = window.requestIdleCallback || ((suite) => setTimeout(suite, 0));
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
        const place = useRef(null);
        const [proche, setProche] = useState(false);
        useEffect(() => {
            if (proche) {
                return undefined;
            }
            let minuterie = null;
            const voisinage = new IntersectionObserver((vues) => {
                if (vues.some((vue) => vue.isIntersecting)) {
                    setProche(true);
                }
            }, AUX_ABORDS);
            function attendre() {
                const montree = place.current && place.current.clientWidth > 0;
                if (montree && minuterie === null) {
                    minuterie = setTimeout(() => au_calme(finir), CALME);
                }
            }
            function finir() {
                minuterie = null;
                if (place.current && place.current.clientWidth > 0) {
                    setProche(true);
                }
            }
            const presence = new ResizeObserver(attendre);
            voisinage.observe(place.current);
            presence.observe(place.current);
            return () => {
                voisinage.disconnect();
                presence.disconnect();
                clearTimeout(minuterie);
            };
        }, [proche]);
        const style = props.style;
        const attente = createElement("p", {className: "px-chargement", style, ref: place}, "Chargement de la table…");
        return proche ? createElement(Suspense, {fallback: attente}, createElement(Grille, props)) : attente;
    };
    facade.AgGrid.dashRenderType = true; // as the component of the library: the renderer then says what changed
    window.dash_ag_grid = facade;
})();
