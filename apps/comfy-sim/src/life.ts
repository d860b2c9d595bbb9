import type { IncomingMessage } from 'node:http';
import type { ExecutionLog } from './execution/executionLog';
import { ModelMemory } from './execution/modelMemory';
import { ResultCache } from './execution/resultCache';
import { Worker } from './execution/worker';
import type { FaultyServer } from './faults/faultKind';
import { passesFaults } from './faults/faultyRequests';
import type { Faults } from './faults/faults';
import { Folders } from './files/folders';
import { createApp } from './http/app';
import { isForeignOrigin } from './http/originCheck';
import { Network } from './network';
import type { ComfySimOptions } from './options';
import { profiles } from './profiles/profiles';
import type { VersionProfile } from './profiles/versionProfile';
import { PromptQueue } from './queue/promptQueue';
import { SocketHub } from './socket/hub';

/** The server from one start to its stop or crash: all memory is made here and ends with it. */
export interface Life {
  /** Listens on a port and returns it. Rejects when the port is taken. */
  start(port: number): Promise<number>;
  /** Ends in order: sockets get a close frame, `temp/` is wiped. */
  stop(): Promise<void>;
}

interface Surroundings {
  readonly options: ComfySimOptions;
  readonly faults: Faults;
  readonly executions: ExecutionLog;
  /** A fault killed this life; it may ask for another after a time. */
  readonly onCrash: (downMs: number | undefined) => void;
}

const cacheBytes = 256 * 1024 * 1024;

/** Makes a server with an empty memory; nothing happens before `start`. */
export function createLife({ options, faults, executions, onCrash }: Surroundings): Life {
  const profile = profiles[options.version];
  const ending = new AbortController();
  const folders = new Folders(options.directory);
  const queue: PromptQueue = new PromptQueue(() => {
    hub.announceQueue();
  });
  const hub: SocketHub = new SocketHub({
    features: profile.features,
    queueRemaining: () => queue.remaining,
    currentNode: (clientId) => worker.currentNodeOf(clientId),
    oldSocketSilencesNew: options.oldSocketSilencesNew,
    faults,
  });
  const worker: Worker = new Worker(queue, {
    options,
    folders,
    hub,
    models: new ModelMemory(
      options.modelMemory,
      (model) => options.loadMsByModel[model] ?? options.loadMs,
    ),
    cache: new ResultCache(cacheBytes),
    clock: options.clock,
    profile,
    executions,
    faults,
  });
  const services = { options, profile, folders, queue, worker, executions, faults };
  const network = new Network({
    host: options.host,
    onRequest: createApp(services),
    passes: (request, socket) => passesFaults(faults, request, socket),
    refusal: (request) => socketRefusal(request, profile),
    onSocket: (socket, clientId) => {
      hub.connect(socket, clientId);
    },
  });
  let working: Promise<void> = Promise.resolve();
  const end = () => {
    ending.abort();
    executions.end({ outcome: 'lost', model_loads: 0 });
  };
  const controls: FaultyServer = {
    signal: ending.signal,
    queue,
    hub,
    crash(downMs) {
      end();
      network.cut();
      onCrash(downMs);
    },
    refuseConnections(ms) {
      network.shut(ms, ending.signal);
    },
  };

  return {
    async start(port) {
      faults.attach(controls);
      await folders.prepare();
      await faults.at('server.start', {});
      const taken = await network.open(port);
      working = worker.run(ending.signal);
      faults.begin();
      return taken;
    },
    async stop() {
      end();
      await network.close();
      await working;
      await folders.wipeTemp();
    },
  };
}

function socketRefusal(request: IncomingMessage, profile: VersionProfile): 403 | 404 | undefined {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== '/ws' && pathname !== '/api/ws') return 404;
  return isForeignOrigin(request.headers, profile.routes.refusesCrossSite) ? 403 : undefined;
}
