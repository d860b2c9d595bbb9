export { EmbeddedError, explain } from './embeddedError';
export { freePort, isPortFree } from './freePort';
export { tailOf } from './logFile';
export {
  startPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './postgres/startPostgres';
export { identityOf } from './process/identity';
export {
  isRunning,
  readPidFile,
  removePidFile,
  writePidFile,
  type PidFile,
} from './process/pidFile';
export { reapStale } from './process/reapStale';
export {
  spawnService,
  type RunningService,
  type ServiceExit,
  type ServiceOptions,
} from './process/spawnService';
export { startRedis, type RedisOptions, type RunningRedis } from './redis/startRedis';
export { startS3, type RunningS3, type S3Options } from './s3/startS3';
export { waitUntil } from './waitUntil';
