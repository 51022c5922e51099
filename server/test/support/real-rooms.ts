import { CrowdRoomHost } from '../../src/rooms/crowd-room-host.js';
import type { OriginDeps } from '../../src/app.js';
import type { CrowdRoomDeps } from '../../src/rooms/room-deps.js';

/** Makes the rooms that an origin has, and hands out what they are made of: through it a test says facts as a room does. */
export const realRooms = (take: (deps: CrowdRoomDeps) => void): NonNullable<OriginDeps['makeRooms']> => (deps, server) => {
  take(deps);
  const made = new CrowdRoomHost(deps);
  made.define(server);
  return made;
};
