export { authenticate, type AuthenticateDeps } from './authenticate';
export { createApiKey, type CreatedApiKey, type NewKey } from './createApiKey';
export { createFirstAdminKey } from './createFirstAdminKey';
export { ensureLocalUser } from './ensureLocalUser';
