import { createComfySim } from '@avatarforge/comfy-sim';
import { comfyUrls } from './config';

/** A server to try: it is reached, or started, by `open`. */
export interface Candidate {
  name: string;
  isSimulator: boolean;
  open(): Promise<{ url: string; close(): Promise<void> }>;
}

const SIMULATED = ['0.3.43', '0.3.64', '0.18.0', '0.33.0'] as const;

/** The simulator as each version it can be, and every server of `COMFYUI_URLS`. */
export function candidates(): Candidate[] {
  return [...SIMULATED.map(simulated), ...comfyUrls().map(real)];
}

function simulated(version: (typeof SIMULATED)[number]): Candidate {
  return {
    name: `simulator of ${version}`,
    isSimulator: true,
    open: async () => {
      const sim = createComfySim({ port: 0, version, stepMs: 20, loadMs: 20 });
      const { url } = await sim.start();
      return { url, close: () => sim.stop() };
    },
  };
}

function real(url: string): Candidate {
  const open = () => Promise.resolve({ url, close: () => Promise.resolve() });
  return { name: url, isSimulator: false, open };
}
