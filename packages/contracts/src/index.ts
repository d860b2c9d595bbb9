export * from './generations';
export * from './images';
export * from './openapi';
export * from './operation';
export * from './operations';
export * from './original';
export * from './problems';
export * from './system';
