import { lmdbLedger } from '../src/ledger/index.js';
import { ledgerContract } from './ledger-contract.js';
import { tempStore } from './store-helper.js';

ledgerContract('lmdb', async (clock) => lmdbLedger(await tempStore(), clock));
