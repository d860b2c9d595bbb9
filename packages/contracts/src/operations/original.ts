import { z } from 'zod';
import { DeleteFileQuery } from '../files';
import { GenerationParams } from '../generations';
import type { Operation } from '../operation';
import {
  AvatarGeneration,
  AvatarList,
  AvatarListQuery,
  AvatarRequest,
  ContentHashParams,
  ControllerHealth,
  DeletedAvatar,
  DeletedFile,
  FileExistence,
  OrphanCleanup,
  OrphanQuery,
  PoseList,
  PoseQuery,
  UploadedFile,
} from '../original';
import { PICTURE_PROBLEMS } from './file';

const PREFIX = '/avatarforge-controller';

const OriginalFileParams = z.object({ file_id: z.string().describe('Name of the file.') });

const uploadPicture = {
  method: 'post',
  tag: 'Original contract',
  scope: 'files:write',
  upload: true,
  status: 200,
  response: UploadedFile,
  problems: PICTURE_PROBLEMS,
} as const;

const generate = {
  method: 'post',
  tag: 'Original contract',
  scope: 'generations:write',
  body: AvatarRequest,
  takesPictures: true,
  isIdempotent: true,
  status: 200,
  response: AvatarGeneration,
} as const;

const generateProblems = [
  'invalid_json',
  'validation_failed',
  'unknown_file',
  'graph_rejected',
  'idempotency_mismatch',
  'payload_too_large',
  'unsupported_media_type',
  'image_unreadable',
  'image_dimensions',
] as const;

/** The contract of the earlier service. */
export const originalOperations = {
  uploadPoseImage: {
    ...uploadPicture,
    path: `${PREFIX}/upload/pose_image`,
    summary: 'Upload a pose image',
    description: 'PNG, JPEG or WEBP, at most 50 MB, 64–4096 pixels a side.',
  },
  uploadReferenceImage: {
    ...uploadPicture,
    path: `${PREFIX}/upload/reference_image`,
    summary: 'Upload a reference image',
    description: 'PNG, JPEG or WEBP, at most 50 MB, 64–4096 pixels a side.',
  },
  findOriginalFileByHash: {
    method: 'get',
    path: `${PREFIX}/files/hash/{content_hash}`,
    tag: 'Original contract',
    summary: 'Whether you have a file with these bytes',
    scope: 'files:read',
    params: ContentHashParams,
    status: 200,
    response: FileExistence,
    problems: [],
  },
  downloadFile: {
    method: 'get',
    path: `${PREFIX}/files/{file_id}`,
    tag: 'Original contract',
    summary: 'Download a file',
    scope: 'files:read',
    params: OriginalFileParams,
    status: 200,
    response: null,
    contentType: 'image/*',
    problems: ['not_found'],
  },
  deleteOriginalFile: {
    method: 'delete',
    path: `${PREFIX}/files/{file_id}`,
    tag: 'Original contract',
    summary: 'Delete a file',
    description: 'It is kept, out of sight, while a generation needs it.',
    scope: 'files:write',
    params: OriginalFileParams,
    query: DeleteFileQuery,
    status: 200,
    response: DeletedFile,
    problems: ['not_found', 'validation_failed', 'file_in_use'],
  },
  generateAvatar: {
    ...generate,
    path: `${PREFIX}/generate/avatar`,
    summary: 'Ask for one avatar',
    problems: generateProblems,
  },
  generatePose: {
    ...generate,
    path: `${PREFIX}/generate_pose`,
    summary: 'Ask for one view of an avatar',
    query: PoseQuery,
    problems: ['unknown_pose', ...generateProblems],
  },
  generateAllPoses: {
    ...generate,
    path: `${PREFIX}/generate_all_poses`,
    summary: 'Ask for all four views of an avatar',
    problems: generateProblems,
  },
  listAvatars: {
    method: 'get',
    path: `${PREFIX}/generations`,
    tag: 'Original contract',
    summary: 'List your generations, newest first',
    scope: 'generations:read',
    query: AvatarListQuery,
    status: 200,
    response: AvatarList,
    problems: ['validation_failed'],
  },
  getAvatar: {
    method: 'get',
    path: `${PREFIX}/generations/{id}`,
    tag: 'Original contract',
    summary: 'Look at one generation',
    scope: 'generations:read',
    params: GenerationParams,
    status: 200,
    response: AvatarGeneration,
    problems: ['not_found'],
  },
  deleteAvatar: {
    method: 'delete',
    path: `${PREFIX}/generations/{id}`,
    tag: 'Original contract',
    summary: 'Delete a generation',
    description: 'One that runs is stopped. Its references are released when the trash is emptied.',
    scope: 'generations:write',
    params: GenerationParams,
    status: 200,
    response: DeletedAvatar,
    problems: ['not_found'],
  },
  getControllerHealth: {
    method: 'get',
    path: `${PREFIX}/health`,
    tag: 'Original contract',
    summary: 'Health of the API and of ComfyUI',
    scope: null,
    status: 200,
    response: ControllerHealth,
    problems: [],
  },
  listPoses: {
    method: 'get',
    path: `${PREFIX}/poses`,
    tag: 'Original contract',
    summary: 'The views a character can be shown in',
    scope: null,
    status: 200,
    response: PoseList,
    problems: [],
  },
  cleanUpOrphans: {
    method: 'post',
    path: `${PREFIX}/cleanup/orphaned-files`,
    tag: 'Original contract',
    summary: 'Delete your files that no generation needs',
    scope: 'files:write',
    query: OrphanQuery,
    status: 200,
    response: OrphanCleanup,
    problems: ['validation_failed'],
  },
} as const satisfies Record<string, Operation>;
