import { html, svg, type TemplateResult } from 'lit';
import { count } from '../shared/format.js';
import type { PulseHistory } from './pulse-history.js';

const WIDTH = 300;
const HEIGHT = 72;

/** The crowd's last minute as a line; colours come from the element around it (`.spark-line`, `.spark-area`). */
export const sparkline = (history: PulseHistory, current: number): TemplateResult => {
  const line = history.points(WIDTH, HEIGHT - 4).map(([x, y]) => `${x.toFixed(1)},${(y + 2).toFixed(1)}`);
  const first = line[0]?.split(',')[0] ?? String(WIDTH);
  const label = `Actions a second over the last minute: now ${count(current)}, highest ${count(history.peak)}`;
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${line.length > 1 ? svg`
      <polygon class="spark-area" points="${first},${HEIGHT} ${line.join(' ')} ${WIDTH},${HEIGHT}"></polygon>
      <polyline class="spark-line" points=${line.join(' ')} vector-effect="non-scaling-stroke"></polyline>` : null}
  </svg>`;
};
