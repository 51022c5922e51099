/** What a run is told by its environment (`k6 run -e NAME=value`), parsed once. */

const whole = (name: string, fallback: number, min: number, max: number): number => {
  const text = __ENV[name] ?? '';
  const value = text === '' ? fallback : Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
  return value;
};

const required = (name: string): string => {
  const text = __ENV[name] ?? '';
  if (text === '') throw new Error(`${name} is not set (k6 run -e ${name}=…)`);
  return text.replace(/\/+$/, '');
};

export const SETTINGS = {
  /** HTTP base of the origin. */
  origin: required('ORIGIN'),
  /** Event id or six-letter code. */
  event: required('EVENT'),
  /** A host's session; without it nobody cues, and viewers only watch. */
  hostSession: __ENV['HOST_SESSION'] ?? '',
  viewers: whole('VIEWERS', 200, 1, 100_000),
  /** Viewers that one k6 VU plays: a VU is a JavaScript engine of some MiB, a viewer is a socket. */
  viewersPerVu: whole('VIEWERS_PER_VU', 50, 1, 1_000),
  seconds: whole('SECONDS', 20, 5, 85),
  /** Actions a second and viewer. */
  rate: whole('RATE', 1, 1, 20),
  /** The bar of the 95th percentile from dialling to the first state, ms. */
  joinP95Ms: whole('JOIN_P95_MS', 5_000, 1, 60_000),
};

export const vusFor = (viewers: number): number => Math.ceil(viewers / SETTINGS.viewersPerVu);
