// What the policy looks at and what it says. It is pure: the worker, the forecast and the simulator of the pool all call it.
// Times are milliseconds.

/** Waiting shots of one owner that need the same of an instance. */
export interface Line {
  /** What the shots need: a hash of node classes and model files. A requirement has one lane. */
  requirement: string;
  lane: string;
  ownerId: string;
  /** How many wait; counted up to a cap. */
  waiting: number;
  /** The highest priority among them: it orders the shots of one owner, and no others. */
  priority: number;
  /** How long the next of them has waited. */
  oldestMs: number;
  /** Not every instance that has what it needs may have the next of them. */
  isChoosy?: boolean;
}

/** All waiting shots that need the same, whoever owns them. */
export interface RequirementBacklog {
  requirement: string;
  lane: string;
  /** Counted up to a cap. */
  waiting: number;
  oldestMs: number;
}

/** What an owner has had of the GPUs. */
export interface Account {
  ownerId: string;
  /** A share twice as large for 2; more than 0. */
  weight: number;
  /** GPU time charged so far, estimates of what is claimed and not yet settled included, not yet divided by the weight. */
  servedMs: number;
}

/** What waits, as it was read a moment ago. */
export interface Backlog {
  requirements: RequirementBacklog[];
  /** Lines of some requirements or all: of a large backlog only those that may be chosen next are read. */
  lines: Line[];
  accounts: Account[];
  /** System virtual time: the least weighted service among owners that had work waiting; who was idle starts from here. */
  virtualTimeMs: number;
}

/** How long shots of a lane take. */
export interface LaneTimes {
  /** On an instance that has the models. */
  runMs: number;
  /** To bring the models into memory. */
  loadMs: number;
}

/** An instance as the policy sees it. */
export interface InstanceView {
  id: string;
  /** Lanes whose models it has in memory, the most recently used first; what is claimed for it counts as used. */
  warmLanes: string[];
  /** How many lanes it keeps. */
  warmSize: number;
  /** GPU time left of what it runs and holds. */
  busyMs: number;
  canRun(requirement: string): boolean;
}

/** Why a shot was placed where it was; kept with the attempt. */
export type Placement = 'warm' | 'switch' | 'patience' | 'fairness' | 'anywhere';

/** Take up to `limit` shots of this line. */
export interface Choice {
  requirement: string;
  lane: string;
  ownerId: string;
  limit: number;
  placement: Placement;
  /** The instance has to load the lane's models for it. */
  isCold: boolean;
}
