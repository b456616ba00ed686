"use strict";
// Gradient flow from 0 stopped at time t (docs/theory.md#U3) as a sum of ridge fits on the same rows: with
// 1 - e^-x = 2 Re sum_q c_q x/(x + p_q) on x >= 0, w_t = 2 Re sum_q c_q w_ridge(p_q/t + lambda), and two of these fits
// meet in the two-ridge equivalent of docs/theory.md#U2, D = s/(s + kappa), L = 1 - D, df_ab = sum_j D_a D_b:
//   E<w_a - w0, w_b - w0>_S = means + df_ab (noise + sum_j L_a L_b (c_j + s_j w0_j^2 g_j^2))/(T - df_ab).
const flow = (() => {
  // [Re p, Im p, Re c, Im c] of the p_q above the real axis: the poles of the rational function nearest to e^-x on
  // [0, oo), after Caratheodory and Fejer, of type (14, 14), error 1e-13, and for pictures (8, 8), error 3e-8.
  const NODES = {
    14: [
      [5.623171534757419, 1.1940664287021552, 8.434533000163713, 16.37485412395767],
      [5.089374564875054, 3.588816095602845, -10.383324584825152, -1.6467055698623116],
      [3.993400429650635, 6.004818060139016, 2.4751066042620944, -2.2673272538563816],
      [2.2698165258521406, 8.461717806877203, 0.003483146822374958, 0.5690498694263825],
      [-0.20872377764902525, 10.991232026333313, -0.03113649293508222, -0.0336508627996829],
      [-3.703239160176677, 13.656333463712498, 0.0013468296357275595, 0.00032593582529371446],
      [-8.897735413180298, 16.63093520842446, -8.503123675119782e-6, 2.4771684800289606e-7],
    ],
    8: [
      [3.2209452450543408, 1.1936196054193322, 1.4636556660924263, 2.4149930106965702],
      [2.2922491478210563, 3.600771496077136, -1.0410372675349409, 0.013864806678372442],
      [0.2694909873674965, 6.082032592700096, 0.07744580478492998, -0.10057774483140561],
      [-3.4085395014618016, 8.773034564408094, -6.420334241535548e-5, 0.0032313331541043624],
    ],
  };
  const times = ([a, b], [c, d]) => [a * c - b * d, a * d + b * c], over = (x, [c, d]) => times(x, [c / (c * c + d * d), -d / (c * c + d * d)]);

  // [sum of D + T lambda/kappa, minus its derivative in log kappa], kappa and lambda complex.
  function balance(s, T, lambda, [x, y]) {
    let [a, b] = over([T * lambda[0], T * lambda[1]], [x, y]), [e, f] = [a, b];
    for (let j = 0; j < s.length; j++) {
      const u = s[j] + x, m = s[j] / (u * u + y * y), Dr = u * m, Di = -y * m;
      a += Dr; b += Di; e += Dr * (1 - Dr) + Di * Di; f += Di - 2 * Dr * Di;
    }
    return [[a, b], [e, f]];
  }

  function newton(s, T, lambda, k) { // in log kappa; null where it does not end
    for (let step = 0, last = Infinity; step < 40; step++) {
      const [[a, b], slope] = balance(s, T, lambda, k);
      let move = over([a - T, b], slope);
      const size = Math.hypot(...move);
      if (!(size < 1e300)) return null;
      if (size > 0.5) move = move.map(x => x * 0.5 / size);
      const grow = Math.exp(move[0]);
      k = times(k, [grow * Math.cos(move[1]), grow * Math.sin(move[1])]);
      if (size < 2 ** -50 || (size < 1e-11 && size >= last / 2)) return k;
      last = size;
    }
    return null;
  }

  // The one kappa in the upper half plane with T = sum of D + T lambda/kappa, Im lambda > 0: from a guess, or followed
  // from the positive axis along the circle |lambda| = const.
  function kappa(s, T, lambda, guess) {
    const settled = (where, from) => { const k = newton(s, T, where, from); return k && k[1] > 0 ? k : null; };
    const known = guess && settled(lambda, guess);
    if (known) return known;
    const size = Math.hypot(...lambda), aim = Math.atan2(lambda[1], lambda[0]);
    let low = Math.log(size), high = Math.log(size + s.reduce((a, b) => a + b, 0) / T);
    for (let i = 0; i < 12; i++) {
      const x = (low + high) / 2;
      if (balance(s, T, [size, 0], [Math.exp(x), 0])[0][0] > T) low = x; else high = x;
    }
    let k = [Math.exp(high), 0], angle = 0, step = aim / 4;
    while (angle < aim) {
      const next = Math.min(aim, angle + step), there = next === aim ? lambda : [size * Math.cos(next), size * Math.sin(next)];
      const turned = times(k, [Math.cos(next - angle), Math.sin(next - angle)]), found = settled(there, turned);
      if (found) { k = found; angle = next; step *= 1.5; } else step /= 2;
      if (step < 1e-9) throw new RangeError(`time: kappa could not be followed to ${lambda} (accepted: another time)`);
    }
    return k;
  }

  // What model.student gives for a ridge fit, of a flow: the mean keeps F and loses G, the error adds
  // gain noise + sum_j P_j (c_j + s_j w0_j^2 g_j^2).  `near` carries kappa from one time to the next.
  function student(p, T, lambda, time, count = 14, near = {}) {
    const { s } = p, d = s.length, G = new Float64Array(d), F = new Float64Array(d), P = new Float64Array(d);
    if (time === 0) return { gain: 0, G: G.fill(1), F, P };
    const nodes = NODES[count].map(([a, b, c, e], i) => {
      const there = [a / time + lambda, b / time], before = near[i], Lr = new Float64Array(d), Li = new Float64Array(d);
      const k = kappa(s, T, there, before), [x, y] = near[i] = k;
      for (let j = 0; j < d; j++) {
        const u = s[j] + x, m = s[j] / (u * u + y * y);
        Lr[j] = (x * u + y * y) / (u * u + y * y); Li[j] = y * m;
        G[j] += 2 * (c * Lr[j] - e * Li[j]); F[j] += 2 * (c * u + e * y) * m;
      }
      return { c: [c, e], Lr, Li };
    });
    let gain = 0;
    nodes.forEach((one, i) => nodes.slice(0, i + 1).forEach((two, j) => {
      for (const sign of [1, -1]) { // with the second fit and with its conjugate
        let a = 0, b = 0;
        for (let m = 0; m < d; m++) {
          const x = 1 - one.Lr[m], y = -one.Li[m], u = 1 - two.Lr[m], v = -sign * two.Li[m];
          a += x * u - y * v; b += x * v + y * u;
        }
        const [f, g] = times(times(one.c, [two.c[0], sign * two.c[1]]), over([a, b], [T - a, -b])).map(x => (i === j ? 2 : 4) * x);
        gain += f;
        for (let m = 0; m < d; m++) {
          const x = one.Lr[m], y = one.Li[m], u = two.Lr[m], v = sign * two.Li[m];
          P[m] += f * (x * u - y * v) - g * (x * v + y * u);
        }
      }
    }));
    return { gain, G, F, P };
  }

  return { student, NODES };
})();
