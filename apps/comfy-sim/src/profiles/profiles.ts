import type { ComfyVersion } from '../options';
import { profile018 } from './profile018';
import { profile033 } from './profile033';
import { profile0343 } from './profile0343';
import { profile0364 } from './profile0364';
import type { VersionProfile } from './versionProfile';

/** The versions a simulator can be, oldest first. */
export const profiles: Readonly<Record<ComfyVersion, VersionProfile>> = {
  '0.3.43': profile0343,
  '0.3.64': profile0364,
  '0.18.0': profile018,
  '0.33.0': profile033,
};
