export * from './context';
export * from './files';
export * from './generations/cancelGeneration';
export {
  createGeneration,
  type CreatedGeneration,
  type CreateGenerationDeps,
  type GenerationRequest,
} from './generations/createGeneration';
export * from './generations/deleteGeneration';
export * from './generations/generationWatch';
export * from './generations/getGeneration';
export * from './generations/listGenerations';
export { UnreadableOutputError } from './generations/identifyOutput';
export type { CheckedPlan } from './generations/plan';
export * from './generations/retryGeneration';
export * from './generations/storeOutputs';
export * from './pool/getPoolStatus';
export * from './pool/listModels';
export * from './pool/poolCatalogs';
export * from './users';
export * from './workflows/listWorkflows';
export * from './workflows/validateWorkflow';
