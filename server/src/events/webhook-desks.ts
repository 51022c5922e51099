import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { Keys, RandomSource } from '../identity/index.js';
import type { Ledger, LedgerGuard } from '../ledger/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { Outbox } from '../outbox/index.js';
import type { RecordStore } from '../store/index.js';
import { AddressGuard, CommerceDesk, defaultSchedule, DeliveryDesk, DeliveryWorker, EndpointDesk, Secrets, type WorkerOptions } from '../webhooks/index.js';
import type { EventDirectory } from './event-directory.js';
import { workspaceOf } from './workspace-desk.js';

/** What a test makes quicker. */
export type WebhookPace = Partial<Pick<WorkerOptions, 'schedule' | 'timeoutMs' | 'makeBreaker'>>;

export interface WebhookDesks {
  readonly endpoints: EndpointDesk;
  readonly deliveries: DeliveryDesk;
  readonly commerce: CommerceDesk;
  readonly worker: DeliveryWorker;
}

export interface WebhookDesksOptions {
  readonly config: Pick<Config, 'webhookAllowPrivate'>;
  readonly keeping: { readonly records: RecordStore; readonly outbox: Outbox; readonly guard: LedgerGuard };
  readonly ledger: Ledger;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly metrics: OriginMetrics;
  readonly directory: EventDirectory;
  readonly webhooks?: WebhookPace;
  publicUrl(): string;
}

/** Endpoints, the worker that delivers to them, and what shops report. */
export const makeWebhookDesks = (options: WebhookDesksOptions): WebhookDesks => {
  const { keeping, ledger, clock, random, logger, metrics, directory } = options;
  const { records, outbox } = keeping;
  const guard = new AddressGuard({ allowPrivate: options.config.webhookAllowPrivate });
  const secretsOf = (purpose: string): Secrets => new Secrets({ sealer: options.keys.sealer(purpose, random), random });
  const source = (event?: string): string => `${options.publicUrl()}${event === undefined ? '' : `/api/events/${encodeURIComponent(event)}`}`;
  const endpoints = new EndpointDesk({
    table: records.table('webhooks'), secrets: secretsOf('webhooks'), guard, outbox, clock, random,
    eventsOf: (workspace) => directory.list().flatMap((event) => (workspaceOf(event) === workspace ? [event.id] : [])),
    workspaceOf: (event) => (directory.has(event) ? workspaceOf(directory.get(event)) : undefined),
  });
  const worker = new DeliveryWorker({
    endpoints, outbox, guard, schedule: defaultSchedule(() => random.bytes(1)[0]! / 256), now: () => clock.now(), monotonic: () => clock.monotonic(), metrics, logger, sourceOf: source,
    mayTell: () => keeping.guard.status().state === 'open', confirm: (entry) => keeping.guard.confirm([{ event: entry.event, seq: entry.seq, at: clock.now(), entry }]),
    ...options.webhooks,
  });
  metrics.watchEndpoints(worker);
  return {
    endpoints, worker,
    deliveries: new DeliveryDesk({ endpoints, outbox, poster: worker.poster, clock, random, source, nudge: (event) => worker.nudge(event), health: (endpoint) => worker.health(endpoint) }),
    commerce: new CommerceDesk({ table: records.table('commerce'), secrets: secretsOf('commerce'), clock, ledger, reported: (result) => metrics.commerceReports.inc({ result }) }),
  };
};
