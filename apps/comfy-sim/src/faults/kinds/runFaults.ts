import { faultKind, milliseconds } from '../faultKind';
import { forever, ignoreLifeEnd } from '../lifeEnd';

/** What goes wrong around a run: the worker, the queue, the history. */
export const runFaults = {
  zombie_worker: faultKind({
    summary:
      '`execution_start`, then nothing ever: HTTP answers, prompts are accepted and pile up, an interruption changes nothing. Only a restart helps.',
    parameters: {},
    acts: { 'run.started': (_given, _scene, { server }) => forever(server.signal) },
  }),

  worker_death: faultKind({
    summary:
      'The worker thread dies between two prompts: prompts are accepted and stay pending, nothing runs. Only a restart helps.',
    parameters: {},
    acts: { 'worker.idle': (_given, _scene, { server }) => forever(server.signal) },
  }),

  prompt_evicted: faultKind({
    summary:
      'A prompt that is still pending after `ms` is gone without a trace: no history, no message but `status`.',
    parameters: { ms: milliseconds.default(0) },
    acts: {
      'prompt.queued': ({ ms }, { prompt_id }, { server, wait }) => {
        const evict = () => {
          server.queue.delete(prompt_id ?? '');
        };
        if (ms === 0) evict();
        else wait(ms).then(evict, ignoreLifeEnd);
      },
    },
  }),

  false_success: faultKind({
    summary:
      'A run ends with `execution_error` (as a dependency cycle found at run time) in place of `execution_success`, and its history says `status_str: "success"`.',
    parameters: {},
    alters: {
      'run.end': (_given, _value, { node_id, node_type, executed }) => [
        'execution_error',
        {
          ...{ node_id, node_type, executed },
          exception_message: 'Dependency cycle detected',
          exception_type: 'graph.DependencyCycleError',
          traceback: [],
          current_inputs: [],
          current_outputs: [],
        },
      ],
    },
  }),

  outputs_empty: faultKind({
    summary:
      'The history of a successful run has no outputs, as 0.3.68 to 0.27 for a cached prompt without client.',
    parameters: {},
    alters: { 'history.write': (_given, entry) => ({ ...entry, outputs: {}, meta: {} }) },
  }),

  history_gap: faultKind({
    summary:
      'So much time passes between `execution_success` and the history entry, `status` and `executing` null.',
    parameters: { ms: milliseconds },
    acts: { 'history.write': ({ ms }, _scene, { wait }) => wait(ms) },
  }),
};
