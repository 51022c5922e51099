import { html, svg, type TemplateResult } from 'lit';
import type { PulseHistory } from './pulse-history.js';

const WIDTH = 300;
const HEIGHT = 72;

/** Two figures of the last minute in one picture, on the scale of the larger: `above` is the larger. */
export const twinSparkline = (history: PulseHistory, above: PulseHistory, label: string): TemplateResult => {
  const line = (of: PulseHistory): string => of.points(WIDTH, HEIGHT - 4, above.peak).map(([x, y]) => `${x.toFixed(1)},${(y + 2).toFixed(1)}`).join(' ');
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label} data-test="ages">
    ${svg`<polyline class="spark-line above" points=${line(above)} vector-effect="non-scaling-stroke"></polyline>
      <polyline class="spark-line" points=${line(history)} vector-effect="non-scaling-stroke"></polyline>`}</svg>`;
};

/** The last minute of a figure as a line, with its words for who does not see it; colours come from the element around it (`.spark-line`, `.spark-area`). */
export const sparkline = (history: PulseHistory, label: string): TemplateResult => {
  const line = history.points(WIDTH, HEIGHT - 4).map(([x, y]) => `${x.toFixed(1)},${(y + 2).toFixed(1)}`);
  const first = line[0]?.split(',')[0] ?? String(WIDTH);
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${line.length > 1 ? svg`
      <polygon class="spark-area" points="${first},${HEIGHT} ${line.join(' ')} ${WIDTH},${HEIGHT}"></polygon>
      <polyline class="spark-line" points=${line.join(' ')} vector-effect="non-scaling-stroke"></polyline>` : null}
  </svg>`;
};
