/** A page with the SDK alone: what a test drives. */
import { connect } from '../../src/index.js';

Object.assign(globalThis, { connect });
