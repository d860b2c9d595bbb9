export * from './consumedGap';
export * from './machine';
export * from './measures';
export * from './policies';
export * from './random';
export * from './simulate';
export * from './trace';
export * from './workloads';
