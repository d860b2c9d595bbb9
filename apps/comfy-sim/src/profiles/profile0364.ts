import objectInfo from './objectInfo0364.json';
import { profile0343 as former } from './profile0343';
import type { VersionProfile } from './versionProfile';

/** ComfyUI 0.3.64, by what changed since 0.3.43. */
export const profile0364: VersionProfile = {
  ...former,
  version: '0.3.64',
  features: { supports_preview_metadata: true, max_upload_size: former.maxBodyBytes },
  modelFolders: [...former.modelFolders, 'model_patches', 'audio_encoders'],
  installation: {
    required_frontend_version: '1.27.10',
    installed_templates_version: null,
    required_templates_version: '0.1.94',
  },
  objectInfo: { ...former.objectInfo, classes: objectInfo },
  submission: {
    ...former.submission,
    promptId: 'any text',
    hasPartialTargets: true,
    secrets: 'go with the end of the run',
  },
  execution: { ...former.execution, hasProgressState: true, namesNodeWithoutClient: true },
  routes: { ...former.routes, interruptsOnePrompt: true, hasHistoryOffset: true },
};
