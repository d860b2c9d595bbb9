import { startTrapProxy, type TrapProxy } from './trapProxy';

/** `ReadyForQuery`, the last message of each answer of Postgres; one byte more tells of the transaction. */
const READY_FOR_QUERY = Buffer.from('Z\0\0\0\x05', 'latin1');
const STATUS_BYTES = 1;

/** A trap in front of Postgres. What it has answered to the end is committed. */
export function trapPostgres(url: string): Promise<TrapProxy> {
  const end = READY_FOR_QUERY.length + STATUS_BYTES;
  return startTrapProxy(url, (bytes) =>
    bytes.subarray(-end).subarray(0, READY_FOR_QUERY.length).equals(READY_FOR_QUERY),
  );
}

/** A trap in front of ComfyUI. It answers only what it has done. */
export function trapComfyUi(url: string): Promise<TrapProxy> {
  return startTrapProxy(url, () => true);
}

/** The ids of the prompts that were POSTed to ComfyUI, each as often as it arrived there. */
export function postedPrompts(comfyui: TrapProxy): string[] {
  const post = /POST \/api\/prompt HTTP[^]*?"prompt_id":"([^"]+)"/g;
  return comfyui
    .delivered()
    .flatMap((text) => [...text.matchAll(post)].map(([, promptId]) => promptId ?? ''));
}
