import type { OriginMetrics } from '../metrics/origin-metrics.js';
import { errorOf, json } from './reply.js';
import { route, type Route } from './router.js';

/** Liveness, readiness and metrics. */
export const systemRoutes = (metrics: OriginMetrics, ready: () => boolean): Route[] => [
  route({ method: 'GET', path: '/health', early: true, handle: () => json({ status: 'ok' }) }),
  route({ method: 'GET', path: '/ready', early: true, handle: () => (ready() ? json({ status: 'ready' }) : errorOf('unavailable')) }),
  route({
    method: 'GET', path: '/metrics', early: true,
    handle: async () => ({ status: 200, headers: { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' }, body: await metrics.registry.metrics() }),
  }),
];
