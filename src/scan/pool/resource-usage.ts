// What this process and the whole machine have used so far.
import type { CpuInfo } from "node:os";

export interface ResourceUsage {
  /** Processor time of this process, in microseconds. */
  readonly processorTime: number;
  /**
   * Processor time of all programs of the machine, this one among them, in microseconds; counted in hundredths of a second. Nothing
   * where a service may not see the machine (systemd's ProcSubset=pid).
   */
  readonly machineTime: number;
  /** How often a thread of this process gave the processor back to wait for something. */
  readonly waits: number;
}

/** Of what Node.js tells about the process, and about each processor. */
export function usageOf(
  { userCPUTime, systemCPUTime, voluntaryContextSwitches }: NodeJS.ResourceUsage,
  processors: readonly CpuInfo[],
): ResourceUsage {
  const busy = processors.map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return {
    processorTime: userCPUTime + systemCPUTime,
    machineTime: busy.reduce((sum, milliseconds) => sum + milliseconds * 1000, 0),
    waits: voluntaryContextSwitches,
  };
}
