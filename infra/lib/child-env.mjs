/**
 * The environment of the two processes, in one place: `npm start`, compose.yml (a test compares it) and the configuration of
 * server/ and relay/ speak the same names.
 */

/** What an origin is told. */
export const originEnv = ({ port, host, dataDir, publicUrl, secrets }) => ({
  PORT: String(port),
  HOST: host,
  DATA_DIR: dataDir,
  PUBLIC_URL: publicUrl,
  RELAY_SECRET: secrets.RELAY_SECRET,
  MASTER_SECRET: secrets.MASTER_SECRET,
});

/** What a relay is told. It never gets the master secret: it can mint no identity. */
export const relayEnv = ({ port, host, originUrl, relayId, publicUrl, relayPublicUrl, secrets }) => ({
  PORT: String(port),
  HOST: host,
  ORIGIN_URL: originUrl,
  RELAY_ID: relayId,
  RELAY_SECRET: secrets.RELAY_SECRET,
  PUBLIC_URL: publicUrl,
  RELAY_PUBLIC_URL: relayPublicUrl,
});

/** What compose.yml tells them besides, because there is a proxy in front. */
export const PROXY_NAMES = ['TRUSTED_PROXIES'];
