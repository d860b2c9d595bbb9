export { cancelBatch } from './cancelBatch';
export { createBatch } from './createBatch';
export { getBatch } from './getBatch';
