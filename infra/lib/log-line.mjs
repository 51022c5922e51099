const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const WARN = 40; // pino's number
const PLAIN = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'v']);

const field = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/**
 * What one line of a child means: `{ message }` for our machine-readable ones, else `{ text, show }`, where `show` says whether
 * somebody who did not ask for everything should see it.
 */
export const readLine = (line, { stderr = false } = {}) => {
  let json;
  if (line.startsWith('{')) {
    try {
      json = JSON.parse(line);
    } catch {
      json = undefined; // a line that only looks like JSON is shown as it is
    }
  }
  if (typeof json?.crowdcue === 'string') return { message: json };
  if (typeof json?.level !== 'number') return { text: line, show: stderr };
  const fields = Object.entries(json).filter(([key]) => !PLAIN.has(key)).map(([key, value]) => `${key}=${field(value)}`);
  const reason = json.err?.message && json.err.message !== json.msg ? `: ${json.err.message}` : '';
  const text = [`${LEVELS[json.level] ?? json.level} ${json.msg ?? ''}${reason}`, ...fields].join(' ');
  return { text, show: json.level >= WARN };
};
