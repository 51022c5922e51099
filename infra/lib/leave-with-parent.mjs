// Loaded into each child with `node --import`: when the process that started it is gone, even by SIGKILL, the child's stdin
// ends and it stops as if asked to. Worker threads load it too, and their stdin ends at once: only the main thread's says something.
import { isMainThread } from 'node:worker_threads';

const leave = () => process.kill(process.pid, 'SIGTERM');
if (isMainThread) {
  process.stdin.on('end', leave).on('error', leave).resume();
  process.stdin.unref?.();
}
