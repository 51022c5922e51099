/** The value of a metric in Prometheus's text, its labels summed over; those whose labels contain `having` only. 0 when it is not there. */
export const metricIn = (text: string, name: string, having = ''): number => text.split('\n').reduce((sum, line) => {
  const match = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})? (\S+)/.exec(line);
  return match?.[1] === name && (match[2] ?? '').includes(having) ? sum + Number(match[3]) : sum;
}, 0);

/** What a process tells at `/metrics`. */
export const readMetrics = async (base: string): Promise<string> => (await fetch(`${base.replace(/^ws/, 'http')}/metrics`)).text();
