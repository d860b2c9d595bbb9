export { afterTests } from './cleanup';
export { testS3, type TestS3 } from './config';
export { testDatabase, type TestDatabaseOptions } from './database';
export { eventually, type EventuallyOptions } from './eventually';
export { startProxy, type Proxy } from './proxy';
export { testRedisUrl } from './redis';
export { testStorageDir } from './storageDir';
export { startSmtpSink, type SmtpSink } from './smtpSink';
