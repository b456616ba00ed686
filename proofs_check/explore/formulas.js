"use strict";
// The formulas of the current point in MathML, with its values put in.  l, c are the blended teacher's (model.js).
const formulas = (() => {
  const mi = x => `<mi>${x}</mi>`, op = x => `<mo>${x}</mo>`, row = (...x) => `<mrow>${x.join("")}</mrow>`, one = "<mn>1</mn>";
  const mn = x => { // a number, powers of ten as such
    const [, digits, e] = short(x).match(/^(.*?)(?:e(-?\d+))?$/), base = `<mn>${digits.replace("-", "−")}</mn>`;
    return e === undefined ? base : row(base, op("·"), `<msup><mn>10</mn><mn>${e.replace("-", "−")}</mn></msup>`);
  };
  const over = (a, b) => `<mfrac>${row(a)}${row(b)}</mfrac>`, sub = (a, b) => `<msub>${mi(a)}${b}</msub>`, square = x => `<msup>${x}<mn>2</mn></msup>`;
  const bracket = (...x) => row('<mo stretchy="false">(</mo>', ...x, '<mo stretchy="false">)</mo>'), at = (f, x) => f + "<mo>&ApplyFunction;</mo>" + bracket(x);
  const plus = (...x) => x.join(op("+")), minus = (a, b) => a + op("−") + b, times = (...x) => x.join(op("·")), equal = (...x) => x.join(op("=")), about = (...x) => x.join(op("≈")), on = x => `<mo form="infix">${x}</mo>`, lead = (...x) => x.flat().map(one => one.startsWith('<mo form="infix">') ? one : on("≈") + one), summed = (...x) => x.map((one, i) => i ? on("+") + one : one); // on, lead, summed: at the head of continued lines
  const thin = '<mspace width="0.17em"/>', next = op(","), sum = b => `<munder><mo movablelimits="false">∑</mo>${mi(b)}</munder>`, trace = mi("tr") + thin;
  const df = i => sub("df", `<mn>${i}</mn>`), T = mi("T"), kappa = mi("κ"), lambda = mi("λ"), noise = square(mi("σ")), N = mi("N"), q = mi("q"), E = mi("E");
  const mass = sub("s", mi("j")) + `<msubsup>${mi("w")}<mrow><mn>0</mn><mi>j</mi></mrow><mn>2</mn></msubsup>`;
  const line = (words, ...maths) => `<p><span class="note">${words}:</span> ${maths.map(math => `<math displaystyle="true">${math}</math>`).join(" ")}</p>`; // breaks between

  // Blending two labellers: the noise that the fit answers to.  `share` is that of the whole rows.
  function labels(v, share, apart) {
    if (!(apart > 0)) return "";
    const p = mi("p");
    return line("Noise of labels by two labellers", equal(N, plus(noise, p + bracket(minus(one, p)) + sub("E", mi("n")))),
      ...lead(summed(mn(v.sigma ** 2), times(mn(share), mn(1 - share), mn(apart / (share * (1 - share))))), mn(v.sigma ** 2 + apart)));
  }

  function ridge(v, share, t, x) { // x: model.sums of the blended teacher t
    const own = v.sigma ** 2 + t.apart, name = t.apart > 0 ? N : noise, free = x.k === 0 ? v.T - x.df1 : v.T - x.df2, value = (own + x.inner) / free;
    const fixed = equal(T, plus(at(df(1), kappa), over(T + lambda, kappa)));
    return line("Implicit ridge", ...(x.k > 0 ? [fixed + next, about(mn(v.T), plus(mn(x.df1), over(times(mn(v.T), mn(v.lambda)), mn(x.k)))) + next, about(kappa, mn(x.k))] : [equal(kappa, "<mn>0</mn>")]))
      + labels(v, share, t.apart)
      + line("Variance scale", equal(q, over(plus(name, mi("in")), minus(T, df(2)))), ...lead(over(plus(mn(own), mn(x.inner)), minus(mn(v.T), mn(v.T - free))), mn(value)))
      + line("Error", equal(E, plus(sum("j") + mass + square(mi("ℓ")), trace + square(mi("D")) + mi("c"), q + thin + df(2))), ...lead(summed(mn(x.bias), mn(x.spread), times(mn(value), mn(x.df2))), mn(x.bias + x.spread + value * x.df2)));
  }

  function stopped(v, share, t, end, x) { // x: model.parts of the blended teacher t
    const own = v.sigma ** 2 + t.apart, name = t.apart > 0 ? N : noise, node = row(sub("p", q), op("/"), mi("t")), last = end.F.length - 1;
    return line("Gradient flow stopped at t, a sum of ridge fits on the same rows", equal(sub("w", mi("t")), sum("q") + sub("c", q) + sub("w", "<mtext>ridge</mtext>") + bracket(plus(node, lambda))) + next,
      equal(minus(one, `<msup>${mi("e")}${row(op("−"), mi("x"))}</msup>`), sum("q") + sub("c", q) + over(mi("x"), plus(mi("x"), sub("p", q)))) + next, equal(mi("t"), mn(v.time)) + next, equal(lambda, mn(v.lambda)))
      + line("Kept of the mean in the first and the last direction", about(sub("F", one), mn(end.F[0])) + next, about(sub("F", mi("d")), mn(end.F[last])))
      + labels(v, share, t.apart)
      + line("Error", equal(E, sum("j") + mass + square(bracket(plus(mi("G"), mi("F") + mi("ℓ"))))), on("+") + plus(trace + square(mi("F")) + mi("c"), "<mtext>tilted axes</mtext>", mi("g") + name),
        ...lead(summed(mn(x.bias), mn(x.spread), mn(x.axes), times(mn(end.gain), mn(own))), mn(x.total)));
  }

  const causes = found => line("By cause", equal(E, "<mtext>noise-free</mtext>"), on("+") + "<mtext>downstream noise</mtext>", on("+") + "<mtext>fake-data noise</mtext>",
    ...lead(summed(mn(found.noise_free), mn(found.downstream_noise), mn(found.noise_by_generation.reduce((a, b) => a + b, 0))), mn(found.test_error)));

  return { ridge, stopped, causes };
})();
