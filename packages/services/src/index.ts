export * from './context';
export * from './generations/createGeneration';
export * from './generations/getGeneration';
export * from './generations/listGenerations';
export * from './generations/storeOutputs';
export * from './pool/getPoolStatus';
export * from './files';
export * from './users';
