// What a process costs, read from /proc (Linux).
import { readFile } from 'node:fs/promises';

/** Kernel clock ticks a second; fixed for user space on Linux. */
const TICKS = 100;

/** CPU microseconds a process and its children have used so far. */
export async function cpuUs(pid) {
  const own = await ownCpuUs(pid);
  const below = await Promise.all((await childrenOf(pid)).map(cpuUs));
  return below.reduce((sum, each) => sum + each, own);
}

async function ownCpuUs(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in parentheses and may hold anything; the numbers follow.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS;
}

async function childrenOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Largest memory a process has had so far, in bytes; 0 when it is gone. */
export async function peakBytes(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}
