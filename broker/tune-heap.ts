import { setFlagsFromString } from 'node:v8';

/** Sets V8's heap, for the whole process, up for many short requests and for pictures. To be called before any work. */
export function tuneHeap(): void {
  // Else V8 marks the whole heap for every 32 MB of bytes that came or went, which for large pictures takes a quarter of
  // all that the broker does (`npm run bench -- gateway`).
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  // Else V8 takes what parsing leaves behind for lasting, and puts it where only the next marking finds it: meanwhile it
  // keeps alive what it refers to, and each of the frequent collections takes 10 ms instead of 1 (`npm run bench -- http`).
  setFlagsFromString('--no-allocation-site-pretenuring');
}
