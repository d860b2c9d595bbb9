import { S3Client } from '@aws-sdk/client-s3';
import { silenceVersionWarning } from './config';

export interface S3StorageOptions {
  bucket: string;
  region: string;
  /** Address of the S3 service; that of AWS in the region when absent. */
  endpoint?: string | undefined;
  /** Its address as clients outside reach it; without, and with an `endpoint`, nothing is presigned. */
  publicEndpoint?: string | undefined;
  /** Without both keys, credentials come from the machine (role, profile …). */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** Puts the bucket into the path, as most services other than AWS want it. */
  forcePathStyle: boolean;
  /** Lets `check()` create the bucket when it is absent. */
  createBucket?: boolean | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 30_000;

const ignore = (): void => undefined;
/** What fails is thrown; the SDK would print it too. */
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A client of the SDK for the service that the options name; connects to nothing yet. */
export function createClient(options: S3StorageOptions): S3Client {
  const { region, endpoint, accessKeyId, secretAccessKey, forcePathStyle } = options;
  silenceVersionWarning();
  return new S3Client({
    region,
    forcePathStyle,
    logger: SILENT,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // Services other than AWS know neither the newer checksums nor their trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
    },
  });
}

/** A client that names the service as clients outside do; null when they do not reach it, as far as is known. */
export function createOutsideClient(options: S3StorageOptions): S3Client | null {
  const { endpoint, publicEndpoint } = options;
  if (endpoint !== undefined && publicEndpoint === undefined) return null;
  return createClient({ ...options, endpoint: publicEndpoint });
}
