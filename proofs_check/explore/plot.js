"use strict";
// Pictures as SVG: lines over a logarithmic or linear axis, marks of optima and of the current point.
const { plot, short, escape } = (() => {
  const escape = text => String(text).replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]));
  const short = x => x === 0 ? "0" : Math.abs(x) >= 1e5 || Math.abs(x) < 1e-3 ? x.toExponential(3).replace("e+", "e") : String(Number(x.toPrecision(5)));
  const power = e => `10<tspan dy="-5" font-size="10">${String(e).replace("-", "−")}</tspan>`;

  function plot(box, title, xs, lines, marks, xName, caption, linear = false) {
    const W = 520, H = 330, L = 58, R = 14, T = 12, B = 44, all = lines.flatMap(l => l.ys).filter(y => y > 0 && Number.isFinite(y));
    const along = linear ? x => x : Math.log10, x0 = along(xs[0]), x1 = along(xs[xs.length - 1]);
    let y0 = Math.log10(Math.min(...all)), y1 = Math.log10(Math.max(...all));
    if (!(y1 - y0 > 0.3)) { y0 -= 0.2; y1 += 0.2; }
    const X = x => L + (along(x) - x0) / (x1 - x0) * (W - L - R), Y = y => H - B - (Math.log10(y) - y0) / (y1 - y0) * (H - T - B);
    let out = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${escape(title)}">`;
    const stepX = Math.max(1, Math.ceil((x1 - x0) / 6)), few = y1 - y0 < 2;
    const ticks = [];
    if (linear) for (let i = 0; i <= 5; i++) ticks.push([x0 + (x1 - x0) * i / 5, short(x0 + (x1 - x0) * i / 5)]);
    else for (let e = Math.ceil(x0 - 1e-9); e <= x1 + 1e-9; e += stepX) ticks.push([10 ** e, power(e)]);
    for (const [x, name] of ticks) out += `<line class="tick" x1="${X(x)}" x2="${X(x)}" y1="${T}" y2="${H - B}"/><text x="${X(x)}" y="${H - B + 19}" text-anchor="middle">${name}</text>`;
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
  return { plot, short, escape };
})();
