/** A measurement: `y` at `x`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much `y` rises for each 1 of `x`, by least squares; 0 of fewer than two points. */
export const slopeOf = (points: readonly Point[]): number => {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  let covariance = 0;
  let variance = 0;
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return n < 2 || variance === 0 ? 0 : covariance / variance;
};

/** The points after the first `share` of the span of `x`: by then everything is as large as it gets. */
export const afterWarmUp = (points: readonly Point[], share: number): readonly Point[] => {
  const first = points[0]?.x ?? 0;
  const last = points.at(-1)?.x ?? 0;
  return points.filter(({ x }) => x >= first + (last - first) * share);
};
