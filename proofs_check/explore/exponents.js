"use strict";
// The exponents of theorems/exponents/model/law.py in infinite dimension (a = inf): E_test of T^-rate at lambda = T^-ell.
// The same lines run on exact fractions (`exact`) and, for the picture, on floats (`float`).
const exponents = (() => {
  const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
  const frac = (n, d = 1n) => {
    if (d < 0n) [n, d] = [-n, -d];
    const g = gcd(n, d) || 1n;
    return { n: n / g, d: d / g };
  };
  const exact = {
    of: (n, d = 1) => frac(BigInt(n), BigInt(d)),
    add: (x, y) => frac(x.n * y.d + y.n * x.d, x.d * y.d), sub: (x, y) => frac(x.n * y.d - y.n * x.d, x.d * y.d),
    mul: (x, y) => frac(x.n * y.n, x.d * y.d), div: (x, y) => frac(x.n * y.d, x.d * y.n),
    less: (x, y) => x.n * y.d < y.n * x.d,
  };
  const float = {
    of: (n, d = 1) => n / d, add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y,
    less: (x, y) => x < y,
  };
  const read = text => { // "3/2", "1.25" or "2", exactly
    const m = String(text).trim().match(/^(-?\d+)(?:\.(\d+))?(?:\/(\d+))?$/);
    if (!m || (m[2] && m[3]) || (m[3] && BigInt(m[3]) === 0n)) return null;
    if (m[2]) return frac(BigInt(m[1] + m[2]), 10n ** BigInt(m[2].length));
    return frac(BigInt(m[1]), BigInt(m[3] ?? 1));
  };
  const show = x => x.d === 1n ? String(x.n) : `${x.n}/${x.d}`;
  const value = x => Number(x.n) / Number(x.d);

  const TERMS = ["bias", "downstream noise", "fake-data noise"];
  // Pieces [lo, hi or null, rows [slope, intercept, term]] in ell; g null is clean data, s and s0 null no noise.
  function law(N, beta, r, b, g, s, s0) {
    const zero = N.of(0), one = N.of(1), min = (x, y) => N.less(y, x) ? y : x, max = (x, y) => N.less(x, y) ? y : x;
    const rb = min(r, one), slope = N.mul(N.of(-2), rb), slow = N.div(one, beta), neg = x => N.sub(zero, x);
    const down = s === null ? null : N.sub(neg(s), one), fake = s0 !== null;
    if (g === null) {
      const first = [[slope, zero, 0]], last = [[zero, N.mul(slope, beta), 0]];
      if (down !== null) { first.push([slow, down, 1]); last.push([zero, N.add(down, one), 1]); }
      return [[zero, beta, first], [beta, null, last]];
    }
    const reach = N.mul(b, beta), saturation = max(zero, N.sub(reach, g)), generations = min(g, reach), cut = beta;
    const excess = max(zero, N.sub(N.div(saturation, beta), one)), reached = min(saturation, cut);
    const first = [[slope, zero, 0]], middle = [[zero, N.mul(slope, saturation), 0]];
    const last = [[zero, N.mul(slope, reached), 0]];
    if (down !== null) {
      first.push([slow, down, 1]); middle.push([slow, down, 1]); last.push([zero, N.add(N.div(cut, beta), down), 1]);
    }
    if (fake) {
      const level = N.add(N.sub(N.sub(generations, s0), b), excess);
      first.push([slow, level, 2]);
      middle.push([zero, N.add(level, N.div(saturation, beta)), 2]);
      last.push([zero, N.add(level, N.div(reached, beta)), 2]);
    }
    const pieces = [];
    let start = zero;
    for (const [end, rows] of [[reached, first], [cut, middle]]) {
      if (N.less(start, end)) { pieces.push([start, end, rows]); start = end; }
    }
    return [...pieces, [start, null, last]];
  }
  const line = (N, row, x) => N.add(N.mul(row[0], x), row[1]);
  const level = (N, rows, x) => rows.map(row => line(N, row, x)).reduce((m, v) => N.less(m, v) ? v : m);
  const piece = (N, pieces, x) => pieces.find(([, hi]) => hi === null || !N.less(hi, x));

  // The smallest minimiser: a corner of a piece, an end of it, or a crossing of two of its rows.
  function minimise(N, pieces) {
    let best = null;
    for (const [lo, hi, rows] of pieces) {
      const points = hi === null ? [lo] : [lo, hi];
      for (let i = 0; i < rows.length; i++) for (let j = 0; j < i; j++) {
        const steep = N.sub(rows[i][0], rows[j][0]);
        if (!N.less(steep, N.of(0)) && !N.less(N.of(0), steep)) continue;
        const x = N.div(N.sub(rows[j][1], rows[i][1]), steep);
        if (!N.less(x, lo) && (hi === null || !N.less(hi, x))) points.push(x);
      }
      for (const x of points) {
        const v = level(N, rows, x);
        if (!best || N.less(v, best.v) || (!N.less(best.v, v) && N.less(x, best.x))) best = { x, v, rows };
      }
    }
    return best;
  }
  function row(N, beta, r, b, g, s, s0) {
    const pieces = law(N, beta, r, b, g, s, s0), found = minimise(N, pieces);
    const clean = minimise(N, law(N, beta, r, b, null, s, s0)), neg = x => N.sub(N.of(0), x);
    const near = x => N === float ? Math.abs(x - found.v) < 1e-9 : !N.less(x, found.v);
    return {
      ell: found.x, rate: neg(found.v), ell_clean: clean.x, rate_clean: neg(clean.v),
      rate_with_clean_ell: neg(level(N, piece(N, pieces, clean.x)[2], clean.x)),
      terms: found.rows.filter(one => near(line(N, one, found.x))).map(one => TERMS[one[2]]),
    };
  }
  return { exact, float, read, show, value, row };
})();
