import { IMAGE_LIMITS } from '@avatarforge/contracts';
import { AppError, DependencyError } from '@avatarforge/core';
import { receiveFile, type ReceivedFile } from '@avatarforge/services';
import type { Request, Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';

/** A file of a form, with the name its sender gave. */
export interface ReceivedUpload extends ReceivedFile {
  filename: string;
}

const FIELD = 'file';
const LIMITS = {
  fileSize: IMAGE_LIMITS.maxBytes,
  files: 1,
  fields: 20,
  fieldSize: 64 * 1024,
  parts: 21,
};

/**
 * The one file of a multipart request, in the field `file`.
 * @throws AppError payload_too_large, invalid_upload; DependencyError when the disk fails
 */
export async function receiveMultipart(
  req: Request,
  res: Response,
  folder: string,
): Promise<ReceivedUpload> {
  const received: ReceivedUpload[] = [];
  let failure: unknown = null;
  const storage: StorageEngine = {
    _handleFile(_req, { stream, originalname }, done) {
      receiveFile(stream, folder).then(
        (file) => {
          received.push({ ...file, filename: originalname });
          done(null, { path: file.path });
        },
        (error: unknown) => {
          failure = error;
          done(error);
        },
      );
    },
    _removeFile(_req, _file, done) {
      removeAll(received).then(() => {
        done(null);
      }, done);
    },
  };
  const parse = multer({
    storage,
    limits: LIMITS,
    defParamCharset: 'utf8',
    preservePath: true,
  }).single(FIELD);
  try {
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error: unknown) => {
        if (error) reject(toUploadError(failure instanceof DependencyError ? failure : error));
        else resolve();
      });
    });
  } catch (error) {
    await removeAll(received);
    throw error;
  }
  const [upload] = received;
  if (upload) return upload;
  throw new AppError('invalid_upload', `Send a form with the picture in the field “${FIELD}”.`);
}

async function removeAll(received: ReceivedFile[]): Promise<void> {
  await Promise.all(received.map((file) => file.remove()));
}

/** What is not of our disk is of the request: cut off, or not a form as the standard wants it. */
function toUploadError(error: unknown): Error {
  if (error instanceof DependencyError) return error;
  if (!(error instanceof MulterError)) {
    return new AppError('invalid_upload', 'The form is not complete or not well-formed.');
  }
  if (error.code === 'LIMIT_FILE_SIZE') return tooLarge();
  if (error.code === 'LIMIT_UNEXPECTED_FILE') {
    return new AppError('invalid_upload', `Send one file, in the field “${FIELD}”.`);
  }
  return new AppError('invalid_upload', `${error.message}.`);
}

/** The answer to a picture with too many bytes. */
export function tooLarge(): AppError {
  const megabytes = IMAGE_LIMITS.maxBytes / 1024 ** 2;
  return new AppError('payload_too_large', `The picture is larger than ${megabytes} MB.`);
}
