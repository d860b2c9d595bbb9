export * from './machine';
export * from './measures';
export * from './policies';
export * from './random';
export * from './serviceGap';
export * from './simulate';
export * from './trace';
export * from './workloads';
