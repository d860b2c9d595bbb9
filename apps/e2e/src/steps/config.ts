/** Whether every case is wanted: each step on both its sides (`TEST_STEPS=all`). */
export function wantsAllSteps(): boolean {
  return process.env['TEST_STEPS'] === 'all';
}
