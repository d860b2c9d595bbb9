export { openFile, type OpenedFile } from './openFile';
export { uploadFile, type Upload, type UploadFileDeps } from './uploadFile';
