/** Simulated viewers and benchmarks of Crowdcue. Public names, by hand. */
export { BEHAVIOURS, type Behaviour, type Move, type Temper } from './swarm/behaviour.js';
export { Probe, type Birth, type ProbeOptions } from './swarm/probe.js';
export { reportTable, type SwarmReport } from './swarm/report.js';
export { runSwarm, Swarm, type SwarmOptions } from './swarm/swarm.js';
