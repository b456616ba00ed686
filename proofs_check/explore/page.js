"use strict";
(() => {
  const CONTROLS = { // name: [label, default, low, high, scale of the slider, accepted, what a value must be]
    beta: ["β, capacity", "3/2", 1.05, 4, "linear", "a number above 1, at most 6", x => x > 1 && x <= 6],
    r: ["r, source", "1/2", 0.05, 2, "linear", "a number above 0, at most 4", x => x > 0 && x <= 4],
    d: ["d, dimension", "1000", 10, 4000, "whole", "an integer from 2 to 10000", x => x >= 2 && x <= 1e4 && Number.isInteger(x)],
    T: ["T, downstream rows", "2000", 10, 100000, "whole", "an integer from 1 to 10^9", x => x >= 1 && x <= 1e9 && Number.isInteger(x)],
    T0: ["T₀, rows of a generator", "400", 10, 100000, "whole", "an integer from 1 to 10^9", x => x >= 1 && x <= 1e9 && Number.isInteger(x)],
    n: ["n, generators", "5", 0, 50, "integer", "an integer from 0 to 200", x => x >= 0 && x <= 200 && Number.isInteger(x)],
    sigma: ["σ, label noise of the last fit", "3/10", 0, 3, "linear", "a number from 0 to 1000", x => x >= 0 && x <= 1e3],
    sigma0: ["σ₀, label noise of generators", "3/10", 0, 3, "linear", "a number from 0 to 1000", x => x >= 0 && x <= 1e3],
    lambda: ["λ, downstream ridge", "1/100", 1e-7, 10, "log", "a number from 0 to 10^6", x => x >= 0 && x <= 1e6],
    share: ["share of real rows", "0", 0, 1, "linear", "a number from 0 to 1", x => x >= 0 && x <= 1],
    time: ["t, stopping time (inf: the ridge fit)", "inf", 0.1, 1e5, "time", "a number from 0 to 10^9, or inf", x => x >= 0 && (x <= 1e9 || x === Infinity)],
  };
  const read = (value, key) => { // a value of a control as a number
    const [, , , , kind, accepted, good] = CONTROLS[key];
    return kind === "time" && (value === Infinity || /^\s*(inf|∞)\s*$/.test(value)) ? Infinity : model.number(value, key, accepted, good);
  };
  const state = {}, inputs = {};
  const $ = id => document.getElementById(id);

  const kept = new Map(); // of every kind of work the last result, so that a slider redoes only what depends on it
  function once(kind, given, make) {
    const key = JSON.stringify(given), last = kept.get(kind);
    if (last && last.key === key) return last.value;
    const value = make();
    kept.set(kind, { key, value });
    return value;
  }

  // A value of the sliders' names, or a scenario of the file's names, as a scenario.
  function scenarioOf(given) {
    if (given.downstream !== undefined || given.spectrum !== undefined) {
      if (!given.spectrum || !given.target || !given.downstream) throw new RangeError("predict: a table is missing (accepted: spectrum, target, downstream)");
      for (const key of Object.keys(given)) if (!["name", "spectrum", "target", "generators", "downstream"].includes(key)) throw new RangeError(`${key}: unknown on this page (accepted: spectrum, target, generators, downstream)`);
      return given;
    }
    for (const key of Object.keys(given)) if (!CONTROLS[key]) throw new RangeError(`${key}: unknown (accepted: ${Object.keys(CONTROLS).join(", ")})`);
    const v = {};
    for (const key of Object.keys(CONTROLS)) v[key] = read(given[key] ?? state[key], key);
    const real = Math.round(v.share * v.T), noise = v.sigma ** 2, filter = v.time === Infinity ? {} : { filter: "gradient-flow", time: v.time };
    const sources = [{ samples: real, labels: "truth", noise }, { samples: v.T - real, labels: "previous", noise }].filter(one => one.samples > 0);
    return {
      spectrum: { kind: "power-law", beta: v.beta, dim: v.d }, target: { kind: "source", r: v.r },
      generators: v.n ? [{ samples: v.T0, ridge: 0, noise: v.sigma0 ** 2, repeat: v.n }] : [],
      downstream: { ...(real ? { sources } : { samples: v.T, noise }), ridge: v.lambda, ...filter },
    };
  }

  const near = x => { // the nearest fraction with a denominator of at most 12
    let best = [Math.round(x), 1];
    for (let q = 2; q <= 12; q++) if (Math.abs(Math.round(x * q) / q - x) < Math.abs(best[0] / best[1] - x) - 1e-12) best = [Math.round(x * q), q];
    return exponents.exact.of(best[0], best[1]);
  };

  const FRAME = [520, 330, 44, 12, 10, 44]; // width, height and the margins left, right, top, bottom of the phase diagram
  function regions(beta, r, s, s0, nx, ny) { // polygons: names along horizontal lines, their ends found by bisection
    const E = exponents, [W, H, L, R, T, B] = FRAME, kinds = new Map(), runs = [], tiny = 1e-5;
    const name = (b, g) => { const one = E.row(E.float, beta, r, b, g, s, s0); return one.rate <= 1e-9 ? "collapse: no rate" : one.terms.join(" = "); };
    const X = x => (L + x / 2 * (W - L - R)).toFixed(2), Y = y => (H - B - y / 2 * (H - T - B)).toFixed(2);
    const line = y => {
      const names = [], ends = [];
      for (let i = 0, x = tiny, here = name(x, y); i < nx; i++) {
        const next = 2 * (i + 1) / nx - tiny, there = name(next, y);
        if (there !== here) {
          let low = x, high = next;
          for (let k = 0; k < 9; k++) { const middle = (low + high) / 2; if (name(middle, y) === here) low = middle; else high = middle; }
          names.push(here); ends.push((low + high) / 2);
        }
        x = next; here = there;
        if (i === nx - 1) { names.push(here); ends.push(2); }
      }
      return { y, names, ends, key: names.join(";") };
    };
    const join = (low, high, depth) => { // one polygon a region as long as the same regions follow each other
      if (low.key === high.key) runs.at(-1).push(high);
      else if (depth === 0) { runs.at(-1).push({ ...low, y: high.y }); runs.push([high]); }
      else { const middle = line((low.y + high.y) / 2); join(low, middle, depth - 1); join(middle, high, depth - 1); }
    };
    let low = line(tiny);
    runs.push([low]);
    for (let j = 1; j <= ny; j++) { const high = line(2 * j / ny - tiny); join(low, high, 5); low = high; }
    let out = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Phase diagram over b across and g upwards, with the current point">`;
    for (const run of runs) run[0].names.forEach((one, k) => {
      if (!kinds.has(one)) kinds.set(one, kinds.size);
      const side = i => run.map(l => `${X(i < 0 ? 0 : l.ends[i])},${Y(l.y)}`), colour = `var(--p${kinds.get(one) % 6})`;
      out += `<polygon points="${[...side(k - 1), ...side(k).reverse()].join(" ")}" fill="${colour}" stroke="${colour}"/>`;
    });
    return [out, kinds];
  }

  function showExact(v, share) {
    const E = exponents, N = E.exact, beta = E.read(state.beta), r = E.read(state.r);
    if (!beta || !r) { $("exact").innerHTML = `<p class="note">Exact exponents want β and r as decimals or fractions.</p>`; $("phases").innerHTML = ""; return; }
    const lt = Math.log(v.T), scale = x => near(Math.log(x) / lt), b = v.T > 1 ? scale(v.T0) : N.of(1), g = v.n > 0 && v.T > 1 && share < 1 ? scale(v.n) : null;
    const none = N.of(0), s = v.sigma > 0 ? none : null, s0 = v.sigma0 > 0 ? none : null, row = E.row(N, beta, r, b, g, s, s0);
    const line = (name, x) => `<tr><th scope="row">${name}</th><td>${escape(typeof x === "string" ? x : E.show(x))}</td></tr>`;
    $("exact").innerHTML = `<p class="note">T₀ = T<sup>b</sup>, n = T<sup>g</sup>, noises fixed${v.sigma > 0 ? "" : " (no downstream noise)"}; b and g are the sliders' log T₀/log T and log n/log T, taken as the nearest fractions with denominator ≤ 12. E ≍ T<sup>−rate</sup> at λ = T<sup>−ℓ</sup>. A fixed share of real rows below 1 changes the constants, not these exponents${v.time === Infinity ? "" : "; those of a stopped flow: <code>ridgeproof exponents --filter gradient-flow</code>"}.</p><table>`
      + line("β, r", `${E.show(beta)}, ${E.show(r)}`) + line("b", b) + line("g", g === null ? "−∞ (clean data)" : g) + line("best ℓ", row.ell) + line("rate at the best ℓ", row.rate)
      + line("ℓ for clean data", row.ell_clean) + line("rate on clean data", row.rate_clean) + line("rate kept at the clean ℓ", row.rate_with_clean_ell) + line("limited by", row.terms.join(" = ")) + `</table>`;
    const [picture, kinds] = once("map", [state.beta, state.r, s === null, s0 === null], () => regions(E.value(beta), E.value(r), s === null ? null : 0, s0 === null ? null : 0, 24, 8));
    const [W, H, L, R, T, B] = FRAME;
    let out = picture;
    const X = x => L + x / 2 * (W - L - R), Y = y => H - B - y / 2 * (H - T - B);
    for (const t of [0, 0.5, 1, 1.5, 2]) out += `<text x="${X(t)}" y="${H - B + 18}" text-anchor="middle">${t}</text><text x="${L - 6}" y="${Y(t) + 4}" text-anchor="end">${t}</text>`;
    out += `<rect class="axis" x="${L}" y="${T}" width="${W - L - R}" height="${H - T - B}"/><text x="${(L + W - R) / 2}" y="${H - 8}" text-anchor="middle">b, where T₀ = T<tspan dy="-5" font-size="10">b</tspan></text><text x="12" y="${(H - B) / 2}" text-anchor="middle"><title>n = T^g</title>g</text>`;
    const pb = Math.log(v.T0) / lt, pg = v.n > 0 && share < 1 ? Math.log(v.n) / lt : null, inside = pg !== null && pb >= 0 && pb <= 2 && pg >= 0 && pg <= 2;
    if (inside) out += `<circle cx="${X(pb)}" cy="${Y(pg)}" r="6" fill="var(--ink)" stroke="var(--paper)" stroke-width="2"/>`;
    out += `</svg><ul class="key">` + [...kinds].map(([name, i]) => `<li><i style="background:var(--p${i % 6})"></i>${escape(name)}</li>`).join("") + `</ul><figcaption>${inside ? "The dot is the current point." : pg === null ? "Clean data has no point here." : "The current point lies outside the window."} Drawn to a pixel; exact corners: <code>ridgeproof phase-diagram --x b --y g --a inf --beta ${escape(E.show(beta))} --r ${escape(E.show(r))}</code>.</figcaption>`;
    $("phases").innerHTML = out;
  }

  const LAMBDAS = Array.from({ length: 65 }, (_, i) => 10 ** (-7 + i / 8)), TIMES = Array.from({ length: 25 }, (_, i) => 10 ** (-1 + i / 4));
  const SHARES = Array.from({ length: 21 }, (_, i) => i / 20);

  // The least of a curve over a logarithmic axis, by the parabola through three points; null at its right end.
  function least(xs, ys) {
    const i = ys.reduce((best, y, j) => y < ys[best] ? j : best, 0);
    if (i === 0) return { x: xs[0], y: ys[0] };
    if (i === ys.length - 1) return null;
    const [a, b, c] = [ys[i - 1], ys[i], ys[i + 1]].map(Math.log), bend = a - 2 * b + c, move = bend > 0 ? (a - c) / (2 * bend) : 0;
    return { x: xs[i] * (xs[i + 1] / xs[i]) ** move, y: Math.exp(b - bend * move * move / 2) };
  }

  function draw() {
    const began = performance.now(), v = {};
    try {
      for (const key of Object.keys(CONTROLS)) v[key] = read(state[key], key);
      const scenario = scenarioOf({}), p = once("problem", [v.beta, v.r, v.d], () => model.problem(scenario.spectrum, scenario.target)), noise = v.sigma ** 2;
      if (v.n > 0 && v.T0 === v.d) throw new RangeError(`T0 = d = ${v.d}: least squares has no finite error there (accepted: T0 other than d)`);
      if (v.lambda === 0 && v.T === v.d) throw new RangeError(`T = d = ${v.d} at lambda 0: no finite error (accepted: another T, or lambda > 0)`);
      const flows = v.time !== Infinity, share = Math.round(v.share * v.T) / v.T, cross = (x, y, shown = true) => ({ x, y: shown ? y : 0, now: true });
      const ns = [...new Set([0, 1, v.n, 2 * v.n || 5])].sort((a, b) => a - b), chain = [v.beta, v.r, v.d, v.T0, v.n, v.sigma0], mixed = [chain, v.share];
      const plain = once("teachers", chain, () => new Map(ns.map(n => [n, model.teacher(p, v.T0, n, 0, v.sigma0 ** 2)])));
      const teach = once("blends", mixed, () => new Map(ns.map(n => [n, model.blend(p, plain.get(n), n ? v.share : 0)])));
      const tables = once("tables", mixed, () => new Map(ns.map(n => [n, model.table(p, teach.get(n))])));

      // The point itself: whole rows, as predict has them.
      const found = model.predict(scenario), t = model.blend(p, plain.get(v.n), v.n ? share : 0), end = model.student(p, v.T, v.lambda, flows ? v.time : null);
      $("bar").textContent = $("error").textContent = `E = ${found.test_error.toPrecision(10)}`;
      $("formulas").innerHTML = (flows ? formulas.stopped(v, share, t, end, model.parts(p, t, end, noise)) : formulas.ridge(v, share, t, model.sums(p, t, end.k))) + formulas.causes(found);

      const kappas = once("kappas", [v.beta, v.d, v.T], () => LAMBDAS.map(lambda => model.kappa(p, v.T, lambda)));
      const best = once("best", [mixed, v.T, noise], () => ns.map(n => model.optimum(p, teach.get(n), v.T, noise, tables.get(n))));
      plot($("ucurve"), "Test error of the ridge fit against lambda for several n, the optimum of each marked", LAMBDAS, once("curves", [mixed, v.T, noise], () => ns.map(n => ({ name: `n = ${n}`, ys: model.curve(p, teach.get(n), v.T, noise, kappas) }))),
        [...best.map((m, i) => ({ x: Math.max(m.lambda, LAMBDAS[0]), y: m.test_error, line: i })), cross(v.lambda, found.test_error, !flows)], "λ",
        `Dots: the optimum${ns.map((n, i) => `; n = ${n}: λ* ≈ ${short(best[i].lambda)}, E ≈ ${short(best[i].test_error)}`).join("")}. ${flows ? "Ridge fits; the current point is stopped early." : "Cross: the current λ."}`);

      const stops = once("stops", [mixed, v.T, noise, v.lambda], () => {
        const near = {}, ends = TIMES.map(time => flow.student(p, v.T, v.lambda, time, 8, near));
        return ns.map(n => ({ name: `n = ${n}`, ys: ends.map(end => model.parts(p, teach.get(n), end, noise).total) }));
      });
      const halts = stops.map(one => least(TIMES, one.ys));
      plot($("stopping"), "Test error of gradient flow against its stopping time for several n, the optimum of each marked", TIMES, stops,
        [...halts.map((m, i) => m && { x: m.x, y: m.y, line: i }).filter(Boolean), cross(v.time, found.test_error, flows)], "t",
        `Gradient flow${v.lambda > 0 ? ` with the ridge λ = ${escape(short(v.lambda))}` : ""}, stopped at t. Dots: the optimum${ns.map((n, i) => `; n = ${n}: ${halts[i] ? `t* ≈ ${Number(halts[i].x.toPrecision(2))}` : "never"}`).join("")}. ${flows ? "Cross: the current t." : "The current point runs to the end: t = inf."}`);

      plot($("shares"), "Test error against the share of real rows for several n", SHARES, once("shares", [chain, v.T, noise, v.lambda, v.time],
        () => ns.map(n => ({ name: `n = ${n}`, ys: SHARES.map(share => model.parts(p, model.blend(p, plain.get(n), n ? share : 0), end, noise).total) }))),
        [cross(share, found.test_error)], "share of real rows", `At the current λ${flows ? " and t" : ""}. Of the T rows this share has labels of the truth, the others of generator n. Cross: the current share.`, true);

      const [Ts, clean, same, adapted] = once("rows", [mixed, noise], () => {
        const Ts = Array.from({ length: 25 }, (_, i) => Math.round(10 ** (1 + i / 6))).filter(T => T !== v.d), best = (n, T) => model.optimum(p, teach.get(n), T, noise, tables.get(n), 1e-3);
        const clean = Ts.map(T => best(0, T)), ks = Ts.map((T, i) => model.kappa(p, T, clean[i].lambda));
        return [Ts, clean.map(c => c.test_error), Ts.map((T, i) => ks[i] === 0 ? NaN : model.at(model.sums(p, teach.get(v.n), ks[i]), T, noise)), Ts.map(T => best(v.n, T).test_error)];
      });
      plot($("rows"), "Test error against T with the clean and the adapted ridge", Ts, [{ name: "clean data, best λ", ys: clean }, { name: `n = ${v.n}, the λ best for clean data`, ys: same }, { name: `n = ${v.n}, adapted λ`, ys: adapted }], [], "T", "Ridge fits; T₀, n, the share and the noises as set; λ chosen anew at every T.");
      showExact(v, share);
      $("message").hidden = true;
      tell(found);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      $("message").textContent = error.message; $("message").hidden = false;
    }
    for (const key of Object.keys(CONTROLS)) {
      let good = true;
      try { read(state[key], key); } catch { good = false; }
      inputs[key].text.setAttribute("aria-invalid", String(!good));
    }
    window.ridgeproof.milliseconds = performance.now() - began;
  }

  function toSlider(key, text) {
    const [, , low, high, kind] = CONTROLS[key];
    let x; try { x = read(text, key); } catch { return null; }
    if (kind === "time") return x === Infinity ? 1000 : Math.min(980, 980 * Math.log(Math.max(x, low) / low) / Math.log(high / low));
    return kind === "log" || kind === "whole" ? 1000 * Math.log(Math.max(x, low) / low) / Math.log(high / low) : 1000 * (x - low) / (high - low);
  }
  function fromSlider(key, t) {
    const [, , low, high, kind] = CONTROLS[key];
    if (kind === "integer") return String(Math.round(low + (high - low) * t / 1000));
    if (kind === "linear") return String(Number((Math.round((low + (high - low) * t / 1000) * 20) / 20).toFixed(2)));
    if (kind === "time" && t > 980) return "inf";
    const x = low * (high / low) ** (t / (kind === "time" ? 980 : 1000));
    return kind === "whole" ? String(Math.round(Number(x.toPrecision(3)))) : String(Number(x.toPrecision(2)));
  }
  function set(key, text, from) {
    state[key] = text;
    if (from !== "text") inputs[key].text.value = text;
    const t = toSlider(key, text);
    if (from !== "range" && t !== null) inputs[key].range.value = t;
    inputs[key].range.setAttribute("aria-valuetext", text);
  }
  const initial = Object.fromEntries(Object.entries(CONTROLS).map(([key, one]) => [key, one[1]]));
  function words(text, into) { // "beta=3/2&r=1/2"
    for (const word of text.split("&")) {
      const cut = word.indexOf("="), key = word.slice(0, cut);
      if (cut <= 0 || !Object.hasOwn(CONTROLS, key)) continue;
      let value = word.slice(cut + 1); try { value = decodeURIComponent(value); } catch { /* as it is */ }
      into(key, value.slice(0, 40));
    }
  }
  words($("controls").dataset.start, (key, value) => { initial[key] = value; });
  function remember() {
    const changed = Object.keys(CONTROLS).filter(key => state[key] !== initial[key]).map(key => `${key}=${state[key].replace(/[^\w./+-]/g, encodeURIComponent)}`);
    try { history.replaceState(null, "", changed.length ? "#" + changed.join("&") : "#"); } catch { /* some viewers of local files refuse */ }
  }
  function fromHash() {
    for (const key of Object.keys(CONTROLS)) set(key, initial[key]);
    words(location.hash.slice(1), set);
    draw();
  }
  // In a notebook's frame: what the page shows goes out, values come in.
  const tell = prediction => { if (window.parent !== window) window.parent.postMessage({ ridgeproof: { values: { ...state }, prediction } }, "*"); };
  window.addEventListener("message", event => {
    const given = event.source === window.parent && event.source !== window && event.data?.ridgeproof?.values;
    const moved = Object.entries(given || {}).filter(([key, value]) => Object.hasOwn(CONTROLS, key) && state[key] !== String(value));
    for (const [key, value] of moved) set(key, String(value).slice(0, 40));
    if (moved.length) draw();
  });

  for (const [key, [label]] of Object.entries(CONTROLS)) {
    const box = document.createElement("div");
    box.className = "control";
    box.innerHTML = `<label for="${key}-text">${label}</label><input type="text" id="${key}-text" spellcheck="false"><input type="range" id="${key}" min="0" max="1000" step="1" aria-label="${label}, slider">`;
    $("controls").append(box);
    const [text, range] = box.querySelectorAll("input");
    inputs[key] = { text, range };
    text.addEventListener("input", () => { set(key, text.value, "text"); draw(); remember(); });
    range.addEventListener("input", () => { set(key, fromSlider(key, Number(range.value)), "range"); draw(); remember(); });
  }
  $("controls").addEventListener("submit", event => event.preventDefault());
  window.ridgeproof = {
    predict: given => model.predict(scenarioOf(given)),
    optimal_ridge: given => {
      const s = scenarioOf(given), p = model.problem(s.spectrum, s.target), g = (s.generators ?? [])[0], last = model.downstream(s, p);
      if ((s.generators ?? []).length > 1) throw new RangeError("optimal_ridge: one entry of generators (accepted: at most one, repeated)");
      if (last.time !== null) throw new RangeError("optimal_ridge: a stopped flow (accepted: the filter ridge)");
      const number = x => model.number(x ?? 0, "generators", "a number >= 0", y => y >= 0);
      const t = model.teacher(p, g ? Number(g.samples) : 1, g ? Number(g.repeat ?? 1) : 0, number(g?.ridge), number(g?.noise));
      return model.optimum(p, model.blend(p, t, g ? last.share : 0), last.T, last.noise);
    },
    exponents: given => {
      const E = exponents, read = (x, other) => x === undefined ? other : x === "inf" || x === "-inf" ? null : E.read(x), zero = E.exact.of(0);
      const row = E.row(E.exact, E.read(given.beta), E.read(given.r), read(given.b, E.exact.of(1)), read(given.g, zero), read(given.s, zero), read(given.s0, zero));
      return Object.fromEntries(Object.entries(row).map(([key, x]) => [key, Array.isArray(x) ? x : E.show(x)]));
    },
    values: () => ({ ...state }), flow_nodes: flow.NODES,
  };
  window.addEventListener("hashchange", fromHash);
  fromHash();
})();
