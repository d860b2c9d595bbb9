/** The class of instances that all run the same node classes and models: normally a pool has just this one. */
export const DEFAULT_CLASS = 'default';
