// Loaded into each child with `node --import`: when the process that started it is gone, even by SIGKILL, the child's stdin
// ends and it stops as if asked to.
const leave = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', leave).on('error', leave).resume();
process.stdin.unref?.();
