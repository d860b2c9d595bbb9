/** A generation that the load asked for. Written down before the first request, so that it cannot be forgotten. */
export interface Asked {
  /** Its Idempotency-Key, the same for every try. */
  key: string;
  ownerId: string;
  /** Pictures wanted. */
  shots: number;
  /** The id that was answered; null when every try failed. */
  id: string | null;
  /** A 409 or 200 to the cancellation that was asked for; null when none was. */
  cancelled: 'accepted' | 'too_late' | null;
  /** Whether it names the recorder as its webhook_url. */
  isTold: boolean;
}

/** A row of generations. */
export interface GenerationRow {
  id: string;
  owner_id: string;
  status: string;
  error_code: string | null;
  shots_total: number;
  shots_done: number;
  /** The Idempotency-Key that made it. */
  key: string | null;
}

/** A row of shots. */
export interface ShotRow {
  id: string;
  generation_id: string;
  ordinal: number;
  status: string;
}

/** A row of attempts; times in milliseconds since 1970. */
export interface AttemptRow {
  /** The prompt_id. */
  id: string;
  shot_id: string;
  instance_id: string;
  state: string;
  end_reason: string | null;
  dispatched_at: number | null;
  started_at: number | null;
  ended_at: number | null;
}

/** A picture that was published, and the object behind it. */
export interface OutputRow {
  shot_id: string;
  ordinal: number;
  generation_id: string;
  file_id: string;
  object_key: string | null;
  /** Bytes of the object as the database has it. */
  size: number | null;
}

/** One run of a prompt, as the instance's own journal has it; times in milliseconds since 1970. */
export interface Execution {
  instance: string;
  prompt_id: string;
  started_at: number;
  ended_at: number | null;
  outcome: 'success' | 'error' | 'interrupted' | 'lost' | null;
}

/** A POST that the recorder answered with 2xx. */
export interface Received {
  webhookId: string;
  event: string;
  generationId: string | null;
  isVerified: boolean;
  bodyHash: string;
  at: number;
}

/** A fault as it was made; times in milliseconds since 1970. */
export interface FaultRecord {
  kind: string;
  /** What it was done to: `worker 2`, `postgres`, an instance's address. */
  target: string;
  from: number;
  /** When it was taken back; null where there is nothing to take back. */
  to: number | null;
}

/** Who drove an instance from when on, as sampled from the leases; times in milliseconds since 1970. */
export interface LeaseSpan {
  instance: string;
  worker_id: string;
  epoch: string;
  from: number;
  to: number;
}

/** How soon the work of a dead worker was driven again. */
export interface Recovery {
  fault: FaultRecord;
  ms: number;
}

/** What four witnesses say: the load and the recorder, Postgres, the instances, and storage. */
export interface Evidence {
  asked: readonly Asked[];
  generations: readonly GenerationRow[];
  shots: readonly ShotRow[];
  attempts: readonly AttemptRow[];
  outputs: readonly OutputRow[];
  /** Files and blobs in the database: file id → object key. */
  fileKeys: ReadonlyMap<string, string>;
  executions: readonly Execution[];
  /** Objects in storage: key → bytes. */
  objects: ReadonlyMap<string, number>;
  /** Object keys that the database knows of: blobs, and loose objects that are to be deleted. */
  knownKeys: ReadonlySet<string>;
  received: readonly Received[];
  faults: readonly FaultRecord[];
}
