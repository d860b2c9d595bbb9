export * from './batches';
export { cached } from './cached';
export * from './context';
export * from './emails/unsubscribe';
export * from './events/eventRelay';
export * from './files';
export type { CallbackDeps } from './generations/callbacks';
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
export * from './generations/listAttempts';
export * from './generations/listGenerations';
export { createOutlooks, NO_OUTLOOK, type Outlook, type Outlooks } from './generations/outlook';
export { UnreadableOutputError } from './generations/identifyOutput';
export type { CheckedPlan } from './generations/plan';
export * from './generations/retryGeneration';
export * from './generations/storeOutputs';
export * from './pool/addInstance';
export * from './pool/instanceCallback';
export { getInstance } from './pool/getInstance';
export { getPoolStatus, type PoolStatus } from './pool/getPoolStatus';
export * from './pool/listInstances';
export * from './pool/listModels';
export * from './pool/poolCatalogs';
export * from './pool/poolStats';
export * from './pool/removeInstance';
export { updateInstance } from './pool/updateInstance';
export * from './users';
export * from './webhooks';
export * from './workflows/listWorkflows';
export * from './workflows/validateWorkflow';
