export * from './bind';
export * from './library';
export * from './models';
