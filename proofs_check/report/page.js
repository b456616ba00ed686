"use strict";
(() => {
  const form = document.getElementById("filter"), said = document.getElementById("shown");
  const articles = [...document.querySelectorAll("article[id^=claim-]")];
  const words = new Map(articles.map(a => [a, a.textContent.toLowerCase()]));
  const links = new Map(); // article -> rows of the ledger and entries of the sidebar that belong to it
  for (const a of document.querySelectorAll("#ledger tbody th a, #contents a")) {
    const id = a.getAttribute("href").slice(1), entry = a.closest("tr, li");
    links.set(id, [...(links.get(id) || []), entry]);
  }
  function apply(keep) {
    const find = form.word.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const a of articles) {
      const fits = (!form.paper.value || a.dataset.paper === form.paper.value)
        && (!form.verdict.value || a.dataset.verdict === form.verdict.value) && find.every(w => words.get(a).includes(w));
      a.hidden = !fits;
      for (const entry of links.get(a.id) || []) entry.hidden = !fits;
      count += fits;
    }
    said.textContent = `${count} of ${articles.length} claims`;
    if (!keep) {
      const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      history.replaceState(null, "", String(given) ? `#find?${given}` : "#claims");
    }
  }
  function read() {
    const [, query] = location.hash.split("#find?");
    if (query === undefined) { // a link to one claim: it must be there to be seen
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden) { for (const name of ["word", "paper", "verdict"]) form[name].value = ""; apply(true); target.scrollIntoView(); }
      return;
    }
    const given = new URLSearchParams(query);
    for (const name of ["word", "paper", "verdict"]) form[name].value = given.get(name) || "";
    for (const name of ["paper", "verdict"]) if (form[name].selectedIndex < 0) form[name].value = "";
    apply(true);
  }
  form.hidden = false;
  form.addEventListener("input", () => apply(false));
  form.addEventListener("reset", () => setTimeout(() => apply(false)));
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", read);
  apply(true);
  read();
})();
