import { batchOperations } from './operations/batch';
import { emailOperations } from './operations/email';
import { fileOperations } from './operations/file';
import { generationOperations } from './operations/generation';
import { instanceOperations } from './operations/instance';
import { liveOperations } from './operations/live';
import { originalOperations } from './operations/original';
import { systemOperations } from './operations/system';
import { webhookOperations } from './operations/webhook';
import { workflowOperations } from './operations/workflow';

/** Every operation of the API by name. The API has exactly one handler for each. */
export const operations = {
  ...generationOperations,
  ...batchOperations,
  ...fileOperations,
  ...workflowOperations,
  ...instanceOperations,
  ...webhookOperations,
  ...emailOperations,
  ...liveOperations,
  ...originalOperations,
  ...systemOperations,
} as const;

/** The operations by name, with their exact types. */
export type Operations = typeof operations;
/** The name of an operation; it is the OpenAPI `operationId`. */
export type OperationName = keyof Operations;
