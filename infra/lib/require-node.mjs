// Imported first by every command: says in one line when this Node is too old, before anything newer than it is touched.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Crowdcue needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
