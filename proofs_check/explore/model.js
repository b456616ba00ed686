"use strict";
// The deterministic equivalent of docs/theory.md, E1 to E5, as numerics/predictions/equivalents.py computes it: sums of
// positive terms, nothing cancels.  D = s/(s + kappa), L = 1 - D; a link maps, in the direction of eigenvalue s,
//   g' = D g,   l' = L + D l,   c' = D^2 (c + q),   q = (sigma^2 + tr L^2 c + sum_j s_j w0_j^2 L^2 g^2)/(T - df_2).
// The last fit may have a share p of its rows labelled by the truth: docs/theory.md#U1 with equal weights is then a link
// from ubar = p w0 + (1 - p) w_n with the noise sigma^2 + p (1 - p) E|w_n - w0|_S^2 (sum_k pi_k (u_k - ubar) = 0).
const model = (() => {
  const number = (value, where, accepted, good) => {
    let x = NaN;
    if (typeof value === "number") x = value;
    else if (typeof value === "string") {
      const m = value.trim().match(/^([+-]?[\d.]+(?:e[+-]?\d+)?)(?:\/(\d+))?$/i);
      if (m) x = Number(m[1]) / (m[2] === undefined ? 1 : Number(m[2]));
    }
    if (!Number.isFinite(x) || !good(x)) throw new RangeError(`${where}: ${JSON.stringify(value)} (accepted: ${accepted})`);
    return x;
  };
  const nonnegative = (value, where) => number(value, where, "a number >= 0", x => x >= 0);
  const count = (value, where) => number(value, where, "an integer >= 1", x => x >= 1 && Number.isInteger(x));

  function problem(spectrum, target) {
    const values = (list, where) => Float64Array.from(list, (v, i) => number(v, `${where}[${i}]`, "a number", () => true));
    let s, beta;
    if (spectrum.kind === "explicit") s = values(spectrum.values, "spectrum.values");
    else {
      const dim = number(spectrum.dim, "spectrum.dim", "an integer from 1 to 100000 on this page",
        x => Number.isInteger(x) && x >= 1 && x <= 1e5);
      if (spectrum.kind === "power-law") {
        beta = number(spectrum.beta, "spectrum.beta", "a number > 1", x => x > 1);
        s = Float64Array.from({ length: dim }, (_, j) => (j + 1) ** -beta);
      } else if (spectrum.kind === "isotropic") s = new Float64Array(dim).fill(1);
      else throw new RangeError(`spectrum.kind: ${spectrum.kind} (accepted: power-law, isotropic, explicit)`);
    }
    if (!s.every(x => x > 0)) throw new RangeError("spectrum: an eigenvalue that is not positive (accepted: numbers > 0)");
    const mass = new Float64Array(s.length); // s_j w0_j^2
    if (target.kind === "source") {
      if (beta === undefined) throw new RangeError("target.kind: source (accepted: with a power-law spectrum)");
      const r = nonnegative(target.r, "target.r");
      for (let j = 0; j < s.length; j++) mass[j] = (j + 1) ** -(1 + 2 * beta * r);
    } else if (target.kind === "power") {
      const e = number(target.exponent, "target.exponent", "a number", () => true);
      for (let j = 0; j < s.length; j++) mass[j] = s[j] * (j + 1) ** (-2 * e);
    } else if (target.kind === "isotropic") {
      const norm2 = nonnegative(target.norm2, "target.norm2");
      for (let j = 0; j < s.length; j++) mass[j] = s[j] * norm2 / s.length;
    } else if (target.kind === "coefficients") {
      const w = values(target.values, "target.values");
      if (w.length !== s.length) throw new RangeError(`target.values: ${w.length} numbers (accepted: ${s.length})`);
      for (let j = 0; j < s.length; j++) mass[j] = s[j] * w[j] * w[j];
    } else throw new RangeError(`target.kind: ${target.kind} (accepted: source, power, isotropic, coefficients)`);
    return { s, mass, sorted: Float64Array.from(s).sort().reverse() };
  }

  // kappa >= 0 of T = df_1(kappa) + T lambda/kappa (E1), from log(a/b) = 0 with a = T lambda/kappa + sum of D over the
  // eigenvalues after the T-th and b = T - t + sum of L over the first t = min(T, d): both sums of positive terms.
  function kappa(p, T, lambda) {
    const s = p.sorted, d = s.length, t = Math.min(T, d);
    if (lambda === 0 && t === d) return 0;
    let total = 0;
    for (let j = 0; j < d; j++) total += s[j];
    let low = Math.log(Math.max(lambda, t < d ? s[t] / (T + 1) : 0)), high = Math.log(lambda + total / T);
    let x = (low + high) / 2, last = Infinity;
    for (let step = 0; step < 200; step++) {
      const k = Math.exp(x);
      let a = T * lambda / k, a2 = 0, b = T - t, loss = 0, loss2 = 0;
      for (let j = 0; j < t; j++) { const L = k / (s[j] + k); loss += L; loss2 += L * L; }
      for (let j = t; j < d; j++) { const D = s[j] / (s[j] + k); a += D; a2 += D * D; }
      b += loss;
      const g = Math.abs(a - b) < b / 2 ? Math.log1p((a - b) / b) : Math.log(a / b), size = Math.abs(g);
      if (size <= 2 ** -51 || (size < 2 ** -36 && size > last / 2)) return k;
      last = size;
      if (g > 0) low = x; else high = x;
      const next = x - g / (-(a - a2) / a - (loss - loss2) / b);
      x = next > low && next < high ? next : (low + high) / 2;
    }
    return Math.exp(x);
  }

  function residual(p, T, lambda, k) { // T - df_2
    const s = p.s;
    if (k === 0) return T - s.length;
    let product = 0;
    for (let j = 0; j < s.length; j++) product += s[j] * k / ((s[j] + k) * (s[j] + k));
    return T * (lambda / k) + product;
  }

  const known = (fit, where, keys) => {
    for (const key of Object.keys(fit)) if (!keys.includes(key)) throw new RangeError(`${where}.${key}: unknown on this page (accepted: ${keys.join(", ")})`);
  };

  function generators(scenario, p) {
    const list = [];
    (scenario.generators ?? []).forEach((fit, i) => {
      const where = `generators.${i}`, repeat = count(fit.repeat ?? 1, `${where}.repeat`), shared = fit.same_design === true && repeat > 1;
      known(fit, where, ["samples", "ridge", "noise", "repeat", "same_design"]);
      const T = count(fit.samples, `${where}.samples`), lambda = nonnegative(fit.ridge ?? 0, `${where}.ridge`), noise = nonnegative(fit.noise ?? 0, `${where}.noise`);
      if (shared && lambda > 0) throw new RangeError(`${where}: no equivalent is known for fits with ridge on one design`);
      if (lambda === 0 && T === p.s.length) throw new RangeError(`${where}: samples = dim = ${T} at ridge 0`);
      const k = kappa(p, T, lambda), one = { k, rest: residual(p, T, lambda, k), noise: shared ? noise * repeat : noise, generations: shared ? repeat : 1 };
      for (let m = 0; m < (shared ? 1 : repeat); m++) list.push(one);
    });
    return list;
  }

  // The last fit: its rows T, the share labelled by the truth, ridge, mean noise of the labels, stopping time (null: ridge).
  function downstream(scenario, p) {
    const fit = scenario.downstream, at = "downstream", sources = fit.sources;
    known(fit, at, sources ? ["sources", "ridge", "filter", "time"] : ["samples", "ridge", "noise", "filter", "time"]);
    if (sources !== undefined && !(Array.isArray(sources) && sources.length)) throw new RangeError(`${at}.sources: none (accepted: a list of tables)`);
    let T = 0, real = 0, noise = 0;
    (sources ?? [fit]).forEach((source, i) => {
      const where = sources ? `${at}.sources.${i}` : at, labels = source.labels ?? "previous", rows = count(source.samples, `${where}.samples`);
      if (sources) known(source, where, ["samples", "labels", "noise"]);
      if (labels !== "truth" && labels !== "previous") throw new RangeError(`${where}.labels: ${JSON.stringify(labels)} (accepted on this page: truth, previous)`);
      T += rows; noise += rows * nonnegative(source.noise ?? 0, `${where}.noise`);
      if (labels === "truth") real += rows;
    });
    const filter = fit.filter ?? "ridge", lambda = nonnegative(fit.ridge ?? 0, `${at}.ridge`);
    if (filter !== "ridge" && filter !== "gradient-flow") throw new RangeError(`${at}.filter: ${JSON.stringify(filter)} (accepted on this page: ridge, gradient-flow)`);
    if (filter === "ridge" && fit.time !== undefined) throw new RangeError(`${at}.time: given for a ridge fit (accepted: with filter gradient-flow)`);
    if (filter === "ridge" && lambda === 0 && T === p.s.length) throw new RangeError(`${at}: samples = dim = ${T} at ridge 0`);
    return { T, share: real / T, lambda, noise: noise / T, time: filter === "ridge" ? null : nonnegative(fit.time, `${at}.time`) };
  }

  // How the last fit answers its labels, direction by direction: of the blended teacher's mean it keeps F and loses G,
  //   E = sum_j s_j w0_j^2 (G + F l)^2 + F^2 c + P (c + s_j w0_j^2 g^2) + gain noise;   a ridge fit has P = L^2 gain.
  function student(p, T, lambda, time) {
    if (time !== null) return flow.student(p, T, lambda, time);
    const k = kappa(p, T, lambda), { s } = p, d = s.length, G = new Float64Array(d), F = new Float64Array(d), P = new Float64Array(d);
    let df2 = 0;
    for (let j = 0; j < d; j++) { G[j] = k / (s[j] + k); F[j] = s[j] / (s[j] + k); df2 += F[j] * F[j]; }
    const gain = df2 / residual(p, T, lambda, k);
    for (let j = 0; j < d; j++) P[j] = G[j] * G[j] * gain;
    return { k, gain, G, F, P };
  }

  // ubar of a share of real rows: as a teacher, with what the labels' disagreement adds to the noise.
  function blend(p, t, share) {
    const fake = 1 - share;
    let apart = 0;
    for (let j = 0; j < p.s.length; j++) apart += t.c[j] + p.mass[j] * t.lost[j] * t.lost[j];
    return { c: t.c.map(x => fake * fake * x), kept: t.kept.map(x => share + fake * x), lost: t.lost.map(x => fake * x), apart: share * fake * apart };
  }

  function predict(scenario) {
    const p = problem(scenario.spectrum, scenario.target), { s, mass } = p, d = s.length, chain = generators(scenario, p);
    const last = downstream(scenario, p), end = student(p, last.T, last.lambda, last.time), fake = 1 - last.share;
    const kept = new Float64Array(d).fill(1), lost = new Float64Array(d), inflow = [];
    for (const fit of chain) {
      let sum = 0;
      if (fit.k > 0) {
        for (let j = 0; j < d; j++) {
          const D = s[j] / (s[j] + fit.k), L = fit.k / (s[j] + fit.k), x = L * kept[j];
          sum += mass[j] * x * x; kept[j] *= D; lost[j] = L + D * lost[j];
        }
      }
      inflow.push(sum);
    }
    const weight = new Float64Array(d), mixed = chain.length ? last.share * fake * end.gain : 0;
    let free = 0;
    for (let j = 0; j < d; j++) {
      const bias = end.G[j] + end.F[j] * fake * lost[j], seen = last.share + fake * kept[j];
      free += mass[j] * (bias * bias + end.P[j] * seen * seen + mixed * lost[j] * lost[j]);
      weight[j] = fake * fake * (end.F[j] * end.F[j] + end.P[j]) + mixed;
    }
    const noises = [];
    for (let i = chain.length - 1; i >= 0; i--) {
      const fit = chain[i];
      let gain = 0;
      for (let j = 0; j < d; j++) {
        if (fit.k > 0) { const D = s[j] / (s[j] + fit.k); weight[j] *= D * D; }
        gain += weight[j];
      }
      gain /= fit.rest;
      free += inflow[i] * gain;
      for (let m = 0; m < fit.generations; m++) noises.push(fit.noise * gain / fit.generations);
      if (fit.k > 0) for (let j = 0; j < d; j++) { const L = fit.k / (s[j] + fit.k); weight[j] += L * L * gain; }
    }
    noises.reverse();
    const own = last.noise * end.gain;
    return {
      test_error: noises.reduce((a, b) => a + b, free + own), noise_free: free, downstream_noise: own, noise_by_generation: noises,
      kappa: [...chain.flatMap(fit => new Array(fit.generations).fill(fit.k)), end.k ?? null], radius: null,
    };
  }

  // The parts of E of a student of a blended teacher, as predict adds them up.
  function parts(p, t, end, noise) {
    let bias = 0, spread = 0, axes = 0;
    for (let j = 0; j < p.s.length; j++) {
      const lost = end.G[j] + end.F[j] * t.lost[j];
      bias += p.mass[j] * lost * lost; spread += end.F[j] * end.F[j] * t.c[j];
      axes += end.P[j] * (t.c[j] + p.mass[j] * t.kept[j] * t.kept[j]);
    }
    return { bias, spread, axes, noise: (noise + t.apart) * end.gain, total: bias + spread + axes + (noise + t.apart) * end.gain };
  }

  // The last generator's output by the forward recursion: c, g and l.
  function teacher(p, T0, n, lambda0, noise) {
    const { s, mass } = p, d = s.length;
    const c = new Float64Array(d), kept = new Float64Array(d).fill(1), lost = new Float64Array(d);
    if (n > 0 && lambda0 === 0 && T0 === d) return null; // no equivalent at the interpolation threshold
    const k = n > 0 ? kappa(p, T0, lambda0) : 0, rest = residual(p, T0, lambda0, k);
    if (k === 0) { if (n > 0) c.fill(n * noise / rest); return { c, kept, lost, apart: 0 }; }
    for (let i = 0; i < n; i++) {
      let q = noise;
      for (let j = 0; j < d; j++) { const L = k / (s[j] + k); q += L * L * (c[j] + mass[j] * kept[j] * kept[j]); }
      q /= rest;
      for (let j = 0; j < d; j++) {
        const D = s[j] / (s[j] + k);
        c[j] = D * D * (c[j] + q); lost[j] = k / (s[j] + k) + D * lost[j]; kept[j] *= D;
      }
    }
    return { c, kept, lost, apart: 0 };
  }

  // The sums that the downstream fit needs at one kappa; T enters only in q = (noise + in)/(T - df_2).
  function sums(p, t, k) {
    const { s, mass } = p;
    let df1 = 0, df2 = 0, inner = 0, bias = 0, spread = 0;
    for (let j = 0; j < s.length; j++) {
      const D = s[j] / (s[j] + k), L = k / (s[j] + k), lost = L + D * t.lost[j];
      df1 += D; df2 += D * D; inner += L * L * (t.c[j] + mass[j] * t.kept[j] * t.kept[j]);
      bias += mass[j] * lost * lost; spread += D * D * t.c[j];
    }
    return { k, df1, df2, inner, bias, spread, apart: t.apart };
  }
  const at = (x, T, noise) => x.bias + x.spread + (noise + x.apart + x.inner) * x.df2 / (T - x.df2);

  const curve = (p, t, T, noise, kappas) => kappas.map(k => at(sums(p, t, k), T, noise));

  function table(p, t) { // sums on a grid of kappa, which does not depend on T
    const s = p.sorted, low = Math.log(s[s.length - 1]) - 7, high = Math.log(s[0]) + 20, list = [];
    for (let i = 0; i <= 160; i++) list.push(sums(p, t, Math.exp(low + (high - low) * i / 160)));
    return list;
  }

  // The best lambda >= 0: over kappa, where lambda = kappa (1 - df_1/T) needs no equation to be solved.
  function optimum(p, t, T, noise, grid = table(p, t), width = 1e-6) { // width: of log kappa; the error is flat there
    const least = T === p.s.length ? grid[0].k : kappa(p, T, 0), ok = grid.filter(x => x.k > least && x.df1 < T);
    let best = 0;
    ok.forEach((x, i) => { if (at(x, T, noise) < at(ok[best], T, noise)) best = i; });
    const value = x => at(sums(p, t, Math.exp(x)), T, noise);
    const edge = ok[0].k, under = least > 0 ? least * (1 + 1e-12) : edge * 1e-6;
    let a = Math.log(best > 0 ? ok[best - 1].k : under), b = Math.log(ok[Math.min(best + 1, ok.length - 1)].k);
    const golden = (Math.sqrt(5) - 1) / 2;
    let x = b - golden * (b - a), y = a + golden * (b - a), fx = value(x), fy = value(y);
    while (b - a > width) {
      if (fx < fy) { b = y; y = x; fy = fx; x = b - golden * (b - a); fx = value(x); }
      else { a = x; x = y; fx = fy; y = a + golden * (b - a); fy = value(y); }
    }
    const k = Math.exp((a + b) / 2), found = sums(p, t, k);
    let lambda = k * (1 - found.df1 / T), error = at(found, T, noise);
    if (best === 0 && T !== p.s.length) { // lambda = 0 may be the best of all
      const zero = at(sums(p, t, least), T, noise);
      if (zero <= error) { lambda = 0; error = zero; }
    }
    return { lambda: Math.max(lambda, 0), test_error: error };
  }

  return { problem, predict, downstream, student, blend, parts, teacher, sums, at, curve, table, optimum, kappa, number };
})();
