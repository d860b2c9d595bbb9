export { cleanUp, cleanUpNow, deleteOwnOrphans, type CleanUpDeps, type Retention } from './cleanUp';
export { deleteFile } from './deleteFile';
export { completeUpload, startUpload } from './directUpload';
export { findOwnFile, getFile } from './getFile';
export { listFiles } from './listFiles';
export { openFile, type OpenedFile } from './openFile';
export { receiveFile, type ReceivedFile } from './receiveFile';
export { uploadFile, type Upload, type UploadFileDeps } from './uploadFile';
