/**
 * Webhooks: telling shops and hosts what the ledger says, and hearing back from them.
 *
 * Out: entries → delivery books (`outbox/`) → worker → pump of the endpoint → one signed try after the other, until one arrives or the last
 * has failed. In: signed reports → one move of the ledger each.
 * Invariants: a message is tried only while its book has it leased to this origin; nothing is sent to an address that was not looked at; no
 * endpoint waits for another; secrets are readable nowhere but in memory. Knows the ledger's entries, not rooms or viewers.
 * Must not import events, rooms or http.
 */
export { deliveryChecker } from './delivery-checker.js';
export { AddressGuard } from './address-guard.js';
export { CommerceDesk, type CommerceRecord, type CommerceScope } from './commerce-desk.js';
export { DeliveryDesk } from './delivery-desk.js';
export { EndpointDesk, endpointsOf, type EndpointRecord } from './endpoint-desk.js';

export { defaultSchedule } from './schedule.js';
export { Secrets } from './secrets.js';
export { toldLedger } from './told-ledger.js';
export { DeliveryWorker, type WorkerOptions } from './worker.js';
