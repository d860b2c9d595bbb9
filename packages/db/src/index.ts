export * from './accountRepository';
export * from './apiKeyRepository';
export * from './attemptRepository';
export * from './attemptStoryRepository';
export * from './cancelRepository';
export * from './backlogRepository';
export * from './capabilityRepository';
export * from './claimRepository';
export * from './cleanUpRepository';
export * from './database';
export * from './deployMigrations';
export * from './directUploadRepository';
export * from './fileRepository';
export * from './finalizeRepository';
export {
  countGenerations,
  deleteGeneration,
  findFinal,
  findGeneration,
  findGenerationAsCreated,
  findRequest,
  listGenerations,
  type GenerationFilter,
  type GenerationRecord,
  type OutputRecord,
  type Position,
} from './generationRepository';
export * from './instanceRepository';
export * from './leaseRepository';
export * from './looseObjectRepository';
export * from './newGenerationRepository';
export * from './outlookRepository';
export * from './poolRepository';
export * from './reconcileRepository';
export * from './takebackRepository';
export * from './registryRepository';
export * from './statsRepository';
export * from './eventRepository';
export * from './batchRepository';
export * from './emailRepository';
export * from './instanceCallbackRepository';
export * from './deliveryRepository';
export * from './webhookEndpointRepository';
