import { provideWebSocketStates } from './web-socket-states.js';

/** Must be imported before rooms run. */
provideWebSocketStates();
