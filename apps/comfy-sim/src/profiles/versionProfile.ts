import type { Json, JsonObject } from '../json';

/** What differs between ComfyUI versions and a client can see. */
export interface VersionProfile {
  readonly version: string;
  readonly maxBodyBytes: number;
  /** Body of `GET /features` and of `feature_flags`; without it, there is neither. */
  readonly features: JsonObject | undefined;
  readonly modelFolders: readonly string[];
  /** How `GET /system_stats` names the operating system: Python's `os.name` or `sys.platform`. */
  readonly systemName: 'os.name' | 'sys.platform';
  /** What `GET /system_stats` tells of the installation. */
  readonly installation: JsonObject;
  readonly objectInfo: ObjectInfoDifferences;
  readonly submission: SubmissionRules;
  readonly validation: ValidationRules;
  readonly execution: ExecutionRules;
  readonly routes: RouteRules;
}

/** How `GET /object_info` differs from that of the newest version. */
export interface ObjectInfoDifferences {
  /** Fields that no node class has. */
  readonly absentFields: readonly string[];
  /** Node classes that are different, or null when they are not there. */
  readonly classes: Readonly<Record<string, ClassDifferences | null>>;
}

export interface ClassDifferences {
  /** Inputs that are different, or null when they are not there. */
  readonly inputs?: Readonly<Record<string, readonly Json[] | null>>;
  /** Any other field. */
  readonly [field: string]: unknown;
}

interface SubmissionRules {
  /** What becomes of the id a client sends along. */
  readonly promptId: 'ignored' | 'any text' | 'canonical uuid';
  readonly hasPartialTargets: boolean;
  /** Whether `extra_data` gets a `create_time`. */
  readonly stampsTime: boolean;
  /** Whether `extra_data` gets the request's `Comfy-Usage-Source`. */
  readonly namesUsageSource: boolean;
  /** How long the keys of partner services stay in `extra_data`. */
  readonly secrets: 'stay' | 'go with the end of the run' | 'go at once';
}

interface ValidationRules {
  /** Type of the error about a node class that is not there. */
  readonly missingNode: 'invalid_prompt' | 'missing_node_type';
  /** Whether a cycle is named, or only makes the prompt invalid. */
  readonly namesCycles: boolean;
  /** Whether a value that is not in a list is quoted as Python would, or just put in quotes. */
  readonly quotesListValue: boolean;
}

interface ExecutionRules {
  readonly hasProgressState: boolean;
  /** Whether steps that come too fast are left out. */
  readonly throttlesProgress: boolean;
  /** Whether `progress` names its node although the prompt has no client. */
  readonly namesNodeWithoutClient: boolean;
  /** Whether `extra_data.preview_method` counts. */
  readonly takesPreviewMethod: boolean;
  /** Which cached outputs the history has: of the whole graph, of the way, or those told to a client. */
  readonly cachedOutputs: 'of the graph' | 'told to a client' | 'on the way';
}

interface RouteRules {
  /** `/api/jobs`; without it, there is none. */
  readonly jobs: { readonly canCancel: boolean; readonly countsPreviewable: boolean } | undefined;
  /** Whether `/interrupt` reads its body, and so may be about one prompt. */
  readonly interruptsOnePrompt: boolean;
  readonly hasHistoryOffset: boolean;
  /** Whether a request is refused because of `Sec-Fetch-Site: cross-site`. */
  readonly refusesCrossSite: boolean;
  /** Whether `/view` makes browsers save what could run in them. */
  readonly guardsDownloads: boolean;
}
