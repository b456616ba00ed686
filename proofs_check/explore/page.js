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
  };
  const state = {}, inputs = {};
  const $ = id => document.getElementById(id);
  const escape = text => String(text).replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]));

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
    for (const [key, [, , , , , accepted, good]] of Object.entries(CONTROLS)) v[key] = model.number(given[key] ?? state[key], key, accepted, good);
    return {
      spectrum: { kind: "power-law", beta: v.beta, dim: v.d }, target: { kind: "source", r: v.r },
      generators: v.n ? [{ samples: v.T0, ridge: 0, noise: v.sigma0 ** 2, repeat: v.n }] : [],
      downstream: { samples: v.T, ridge: v.lambda, noise: v.sigma ** 2 },
    };
  }

  const short = x => x === 0 ? "0" : Math.abs(x) >= 1e5 || Math.abs(x) < 1e-3 ? x.toExponential(3).replace("e+", "e") : String(Number(x.toPrecision(5)));
  const power = e => `10<tspan dy="-5" font-size="10">${String(e).replace("-", "−")}</tspan>`;

  function plot(box, title, xs, lines, marks, xName, caption) {
    const W = 520, H = 330, L = 58, R = 14, T = 12, B = 44, all = lines.flatMap(l => l.ys).filter(y => y > 0 && Number.isFinite(y));
    const lx = xs.map(Math.log10), x0 = lx[0], x1 = lx[lx.length - 1];
    let y0 = Math.log10(Math.min(...all)), y1 = Math.log10(Math.max(...all));
    if (!(y1 - y0 > 0.3)) { y0 -= 0.2; y1 += 0.2; }
    const X = x => L + (Math.log10(x) - x0) / (x1 - x0) * (W - L - R), Y = y => H - B - (Math.log10(y) - y0) / (y1 - y0) * (H - T - B);
    let out = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${escape(title)}">`;
    const stepX = Math.max(1, Math.ceil((x1 - x0) / 6)), few = y1 - y0 < 2;
    for (let e = Math.ceil(x0 - 1e-9); e <= x1 + 1e-9; e += stepX) out += `<line class="tick" x1="${X(10 ** e)}" x2="${X(10 ** e)}" y1="${T}" y2="${H - B}"/><text x="${X(10 ** e)}" y="${H - B + 19}" text-anchor="middle">${power(e)}</text>`;
    for (let e = Math.floor(y0); e <= y1; e += few ? 1 : Math.ceil((y1 - y0) / 6)) for (const m of few ? [1, 2, 5] : [1]) {
      const y = m * 10 ** e;
      if (Math.log10(y) < y0 - 1e-9 || Math.log10(y) > y1 + 1e-9) continue;
      out += `<line class="tick" x1="${L}" x2="${W - R}" y1="${Y(y)}" y2="${Y(y)}"/><text x="${L - 6}" y="${Y(y) + 4}" text-anchor="end">${m === 1 ? power(e) : short(y)}</text>`;
    }
    out += `<rect class="axis" x="${L}" y="${T}" width="${W - L - R}" height="${H - T - B}"/><text x="${(L + W - R) / 2}" y="${H - 8}" text-anchor="middle">${xName}</text>`;
    lines.forEach((l, i) => {
      const points = l.ys.map((y, j) => y > 0 && Number.isFinite(y) ? `${X(xs[j]).toFixed(1)},${Y(y).toFixed(1)}` : "").filter(Boolean);
      out += `<polyline points="${points.join(" ")}" stroke="var(--c${i % 4})" stroke-dasharray="${["", "7 4", "2 4", "9 3 2 3"][i % 4]}"/>`;
    });
    for (const m of marks) if (m.y > 0 && m.x >= xs[0] && m.x <= xs[xs.length - 1]) out += m.now
      ? `<path d="M${X(m.x) - 6} ${Y(m.y)}h12M${X(m.x)} ${Y(m.y) - 6}v12" stroke="var(--ink)" stroke-width="2.5"/>` : `<circle class="mark" cx="${X(m.x)}" cy="${Y(m.y)}" r="5" fill="var(--c${m.line % 4})"/>`;
    out += `</svg><ul class="key">` + lines.map((l, i) => `<li><svg viewBox="0 0 26 8" style="display:inline-block;width:26px" aria-hidden="true"><line x1="0" x2="26" y1="4" y2="4" stroke="var(--c${i % 4})" stroke-width="2.5" stroke-dasharray="${["", "7 4", "2 4", "9 3 2 3"][i % 4]}"/></svg> ${escape(l.name)}</li>`).join("") + `</ul><figcaption>${caption}</figcaption>`;
    box.innerHTML = out;
  }

  const near = x => { // the nearest fraction with a denominator of at most 12
    let best = [Math.round(x), 1];
    for (let q = 2; q <= 12; q++) if (Math.abs(Math.round(x * q) / q - x) < Math.abs(best[0] / best[1] - x) - 1e-12) best = [Math.round(x * q), q];
    return exponents.exact.of(best[0], best[1]);
  };

  const FRAME = [520, 330, 44, 12, 10, 44]; // width, height and the margins left, right, top, bottom of the phase diagram
  function regions(beta, r, s, s0, nx, ny) {
    const E = exponents, [W, H, L, R, T, B] = FRAME, kinds = new Map(), w = (W - L - R) / nx, h = (H - T - B) / ny;
    let out = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Phase diagram over b across and g upwards, with the current point">`;
    for (let j = 0; j < ny; j++) {
      for (let i = 0, start = 0, before = null; i <= nx; i++) {
        let name = null;
        if (i < nx) {
          const one = E.row(E.float, beta, r, 2 * (i + 0.5) / nx, 2 * (j + 0.5) / ny, s, s0);
          name = one.rate <= 1e-9 ? "collapse: no rate" : one.terms.join(" = ");
        }
        if (name === before) continue;
        if (before !== null) {
          if (!kinds.has(before)) kinds.set(before, kinds.size);
          out += `<rect x="${(L + start * w).toFixed(2)}" y="${(H - B - (j + 1) * h).toFixed(2)}" width="${((i - start) * w).toFixed(2)}" height="${h.toFixed(2)}" shape-rendering="crispEdges" fill="var(--p${kinds.get(before) % 6})"/>`;
        }
        start = i; before = name;
      }
    }
    return [out, kinds];
  }

  function showExact(v) {
    const E = exponents, N = E.exact, beta = E.read(state.beta), r = E.read(state.r);
    if (!beta || !r) { $("exact").innerHTML = `<p class="note">Exact exponents want β and r as decimals or fractions.</p>`; $("phases").innerHTML = ""; return; }
    const lt = Math.log(v.T), scale = x => near(Math.log(x) / lt), b = v.T > 1 ? scale(v.T0) : N.of(1), g = v.n > 0 && v.T > 1 ? scale(v.n) : null;
    const none = N.of(0), s = v.sigma > 0 ? none : null, s0 = v.sigma0 > 0 ? none : null, row = E.row(N, beta, r, b, g, s, s0);
    const line = (name, x) => `<tr><th scope="row">${name}</th><td>${escape(typeof x === "string" ? x : E.show(x))}</td></tr>`;
    $("exact").innerHTML = `<p class="note">T₀ = T<sup>b</sup>, n = T<sup>g</sup>, noises fixed${v.sigma > 0 ? "" : " (no downstream noise)"}; b and g are the sliders' log T₀/log T and log n/log T, taken as the nearest fractions with denominator ≤ 12. E ≍ T<sup>−rate</sup> at λ = T<sup>−ℓ</sup>.</p><table>`
      + line("β, r", `${E.show(beta)}, ${E.show(r)}`) + line("b", b) + line("g", g === null ? "−∞ (clean data)" : g) + line("best ℓ", row.ell) + line("rate at the best ℓ", row.rate)
      + line("ℓ for clean data", row.ell_clean) + line("rate on clean data", row.rate_clean) + line("rate kept at the clean ℓ", row.rate_with_clean_ell) + line("limited by", row.terms.join(" = ")) + `</table>`;
    const [nx, ny] = [48, 32], [picture, kinds] = once("map", [state.beta, state.r, s === null, s0 === null], () => regions(E.value(beta), E.value(r), s === null ? null : 0, s0 === null ? null : 0, nx, ny));
    const [W, H, L, R, T, B] = FRAME;
    let out = picture;
    const X = x => L + x / 2 * (W - L - R), Y = y => H - B - y / 2 * (H - T - B);
    for (const t of [0, 0.5, 1, 1.5, 2]) out += `<text x="${X(t)}" y="${H - B + 18}" text-anchor="middle">${t}</text><text x="${L - 6}" y="${Y(t) + 4}" text-anchor="end">${t}</text>`;
    out += `<rect class="axis" x="${L}" y="${T}" width="${W - L - R}" height="${H - T - B}"/><text x="${(L + W - R) / 2}" y="${H - 8}" text-anchor="middle">b, T₀ = T^b</text><text x="12" y="${(H - B) / 2}" text-anchor="middle">g</text>`;
    const pb = Math.log(v.T0) / lt, pg = v.n > 0 ? Math.log(v.n) / lt : null, inside = pg !== null && pb >= 0 && pb <= 2 && pg >= 0 && pg <= 2;
    if (inside) out += `<circle cx="${X(pb)}" cy="${Y(pg)}" r="6" fill="var(--ink)" stroke="var(--paper)" stroke-width="2"/>`;
    out += `</svg><ul class="key">` + [...kinds].map(([name, i]) => `<li><i style="background:var(--p${i % 6})"></i>${escape(name)}</li>`).join("") + `</ul><figcaption>${inside ? "The dot is the current point." : pg === null ? "Clean data has no point here." : "The current point lies outside the window."} Drawn on a grid of ${nx} × ${ny}; exact regions: <code>ridgeproof phase-diagram --x b --y g --a inf --beta ${escape(E.show(beta))} --r ${escape(E.show(r))}</code>.</figcaption>`;
    $("phases").innerHTML = out;
  }

  const mi = x => `<mi>${x}</mi>`, mn = x => { // a number in MathML, powers of ten as such
    const m = short(x).match(/^(.*)e(-?\d+)$/);
    return m ? `<mrow><mn>${m[1]}</mn><mo>·</mo><msup><mn>10</mn><mn>${m[2].replace("-", "−")}</mn></msup></mrow>` : `<mn>${short(x)}</mn>`;
  };
  const op = x => `<mo>${x}</mo>`, over = (a, b) => `<mfrac><mrow>${a}</mrow><mrow>${b}</mrow></mfrac>`, sub = (a, b) => `<msub><mi>${a}</mi><mn>${b}</mn></msub>`;
  const math = x => `<p><math>${x}</math></p>`;

  function showNow(v, scenario, p, t) {
    const found = model.predict(scenario), k = found.kappa[found.kappa.length - 1], x = model.sums(p, t, k), fake = found.noise_by_generation.reduce((a, b) => a + b, 0);
    $("error").textContent = `E = ${found.test_error.toPrecision(10)}`;
    const noise = v.sigma ** 2, T = v.T, q = (noise + x.inner) / (k === 0 ? T - p.s.length : T - x.df2);
    $("formulas").innerHTML =
      math(k > 0 ? `${mi("T")}${op("=")}${sub("df", 1)}<mo stretchy="false">(</mo>${mi("κ")}<mo stretchy="false">)</mo>${op("+")}${over(mi("T") + mi("λ"), mi("κ"))}${op(":")}<mspace width="1em"/>${mn(T)}${op("≈")}${mn(x.df1)}${op("+")}${over(mn(T) + op("·") + mn(v.lambda), mn(k))}${op(",")}<mspace width="0.6em"/>${mi("κ")}${op("≈")}${mn(k)}` : `${mi("κ")}${op("=")}<mn>0</mn>`)
      + math(`${mi("q")}${op("=")}${over(`<msup><mi>σ</mi><mn>2</mn></msup>${op("+")}${mi("in")}`, `${mi("T")}${op("−")}${sub("df", 2)}`)}${op("≈")}${over(mn(noise) + op("+") + mn(x.inner), mn(T) + op("−") + mn(x.df2))}${op("≈")}${mn(q)}`)
      + math(`${mi("E")}${op("=")}${op("∑")}<msub><mi>s</mi><mi>j</mi></msub><msubsup><mi>w</mi><mrow><mn>0</mn><mi>j</mi></mrow><mn>2</mn></msubsup><msup><mi>ℓ</mi><mn>2</mn></msup>${op("+")}${mi("tr")}<msup><mi>D</mi><mn>2</mn></msup>${mi("c")}${op("+")}${mi("q")}${sub("df", 2)}${op("≈")}${mn(x.bias)}${op("+")}${mn(x.spread)}${op("+")}${mn(q)}${op("·")}${mn(x.df2)}${op("≈")}${mn(found.test_error)}`)
      + math(`${mi("E")}${op("=")}<mtext>noise-free </mtext>${op("+")}<mtext> downstream noise </mtext>${op("+")}<mtext> fake-data noise</mtext>${op("≈")}${mn(found.noise_free)}${op("+")}${mn(found.downstream_noise)}${op("+")}${mn(fake)}`);
  }

  function draw() {
    const began = performance.now(), v = {};
    try {
      for (const [key, [, , , , , accepted, good]] of Object.entries(CONTROLS)) v[key] = model.number(state[key], key, accepted, good);
      const scenario = scenarioOf({}), p = once("problem", [v.beta, v.r, v.d], () => model.problem(scenario.spectrum, scenario.target)), noise = v.sigma ** 2;
      if (v.n > 0 && v.T0 === v.d) throw new RangeError(`T0 = d = ${v.d}: least squares has no finite error there (accepted: T0 other than d)`);
      if (v.lambda === 0 && v.T === v.d) throw new RangeError(`T = d = ${v.d} at lambda 0: no finite error (accepted: another T, or lambda > 0)`);
      const ns = [...new Set([0, 1, v.n, 2 * v.n || 5])].sort((a, b) => a - b), chain = [v.beta, v.r, v.d, v.T0, v.n, v.sigma0];
      const teach = once("teachers", chain, () => new Map(ns.map(n => [n, model.teacher(p, v.T0, n, 0, v.sigma0 ** 2)])));
      const tables = once("tables", chain, () => new Map(ns.map(n => [n, model.table(p, teach.get(n))])));
      showNow(v, scenario, p, teach.get(v.n));
      const lambdas = Array.from({ length: 65 }, (_, i) => 10 ** (-7 + i / 8));
      const best = once("best", [chain, v.T, noise], () => ns.map(n => model.optimum(p, teach.get(n), v.T, noise, tables.get(n)))), now = model.at(model.sums(p, teach.get(v.n), model.kappa(p, v.T, v.lambda)), v.T, noise);
      plot($("ucurve"), "Test error against lambda for several n, the optimum of each marked", lambdas, once("curves", [chain, v.T, noise], () => ns.map(n => ({ name: `n = ${n}`, ys: model.curve(p, teach.get(n), v.T, noise, lambdas) }))),
        [...best.map((m, i) => ({ x: Math.max(m.lambda, lambdas[0]), y: m.test_error, line: i })), { x: v.lambda, y: v.lambda === 0 && v.T > v.d ? 0 : now, now: true }], "λ",
        `Dots: the optimum${ns.map((n, i) => `; n = ${n}: λ* ≈ ${short(best[i].lambda)}, E ≈ ${short(best[i].test_error)}`).join("")}. Cross: the current λ.`);
      const [Ts, clean, same, adapted] = once("rows", [chain, noise], () => {
        const Ts = Array.from({ length: 25 }, (_, i) => Math.round(10 ** (1 + i / 6))).filter(T => T !== v.d), best = (n, T) => model.optimum(p, teach.get(n), T, noise, tables.get(n), 1e-3);
        const clean = Ts.map(T => best(0, T)), ks = Ts.map((T, i) => model.kappa(p, T, clean[i].lambda));
        return [Ts, clean.map(c => c.test_error), Ts.map((T, i) => ks[i] === 0 ? NaN : model.at(model.sums(p, teach.get(v.n), ks[i]), T, noise)), Ts.map(T => best(v.n, T).test_error)];
      });
      plot($("rows"), "Test error against T with the clean and the adapted ridge", Ts, [{ name: "clean data, best λ", ys: clean }, { name: `n = ${v.n}, the λ best for clean data`, ys: same }, { name: `n = ${v.n}, adapted λ`, ys: adapted }], [], "T", "T₀, n and the noises as set; λ chosen anew at every T.");
      showExact(v);
      $("message").hidden = true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      $("message").textContent = error.message; $("message").hidden = false;
    }
    for (const key of Object.keys(CONTROLS)) {
      let good = true;
      try { model.number(state[key], key, "", CONTROLS[key][6]); } catch { good = false; }
      inputs[key].text.setAttribute("aria-invalid", String(!good));
    }
    window.ridgeproof.milliseconds = performance.now() - began;
  }

  function toSlider(key, text) {
    const [, , low, high, kind] = CONTROLS[key];
    let x; try { x = model.number(text, key, "", () => true); } catch { return null; }
    return kind === "log" || kind === "whole" ? 1000 * Math.log(Math.max(x, low) / low) / Math.log(high / low) : 1000 * (x - low) / (high - low);
  }
  function fromSlider(key, t) {
    const [, , low, high, kind] = CONTROLS[key];
    if (kind === "integer") return String(Math.round(low + (high - low) * t / 1000));
    if (kind === "linear") return String(Number((Math.round((low + (high - low) * t / 1000) * 20) / 20).toFixed(2)));
    const x = low * (high / low) ** (t / 1000);
    return kind === "whole" ? String(Math.round(Number(x.toPrecision(3)))) : String(Number(x.toPrecision(2)));
  }
  function set(key, text, from) {
    state[key] = text;
    if (from !== "text") inputs[key].text.value = text;
    const t = toSlider(key, text);
    if (from !== "range" && t !== null) inputs[key].range.value = t;
    inputs[key].range.setAttribute("aria-valuetext", text);
  }
  function remember() {
    const words = Object.keys(CONTROLS).filter(key => state[key] !== CONTROLS[key][1]).map(key => `${key}=${state[key].replace(/[^\w./+-]/g, encodeURIComponent)}`);
    try { history.replaceState(null, "", words.length ? "#" + words.join("&") : "#"); } catch { /* some viewers of local files refuse */ }
  }
  function fromHash() {
    for (const key of Object.keys(CONTROLS)) set(key, CONTROLS[key][1]);
    for (const word of location.hash.slice(1).split("&")) {
      const cut = word.indexOf("="), key = word.slice(0, cut);
      if (cut > 0 && Object.hasOwn(CONTROLS, key)) { let text = word.slice(cut + 1); try { text = decodeURIComponent(text); } catch { /* as it is */ } set(key, text.slice(0, 40)); }
    }
    draw();
  }

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
      const s = scenarioOf(given), p = model.problem(s.spectrum, s.target), g = (s.generators ?? [])[0];
      if ((s.generators ?? []).length > 1) throw new RangeError("optimal_ridge: one entry of generators (accepted: at most one, repeated)");
      const t = model.teacher(p, g ? Number(g.samples) : 1, g ? Number(g.repeat ?? 1) : 0, g ? model.number(g.ridge ?? 0, "ridge", "", () => true) : 0, g ? model.number(g.noise ?? 0, "noise", "", () => true) : 0);
      const found = model.optimum(p, t, Number(s.downstream.samples), model.number(s.downstream.noise ?? 0, "noise", "", () => true));
      return found;
    },
    exponents: given => {
      const E = exponents, read = (x, other) => x === undefined ? other : x === "inf" || x === "-inf" ? null : E.read(x), zero = E.exact.of(0);
      const row = E.row(E.exact, E.read(given.beta), E.read(given.r), read(given.b, E.exact.of(1)), read(given.g, zero), read(given.s, zero), read(given.s0, zero));
      return Object.fromEntries(Object.entries(row).map(([key, x]) => [key, Array.isArray(x) ? x : E.show(x)]));
    },
    values: () => ({ ...state }),
  };
  window.addEventListener("hashchange", fromHash);
  fromHash();
})();
