import controlNetAuxNodes from '../data/controlNetAuxNodes.json';
import coreDynamicNodes from '../data/coreDynamicNodes.json';
import coreMediaNodes from '../data/coreMediaNodes.json';
import coreNodes from '../data/coreNodes.json';
import ipAdapterNodes from '../data/ipAdapterNodes.json';
import labNodes from '../data/labNodes.json';
import videoHelperNodes from '../data/videoHelperNodes.json';
import type { NodePack } from '../options';
import type { NodeCatalog } from './nodeDefinition';

/** The node classes of each pack, as recorded: with the lists of the recording's machine. */
export const nodePacks = {
  core: { ...coreNodes, ...coreDynamicNodes, ...coreMediaNodes },
  lab: labNodes,
  'ip-adapter': ipAdapterNodes,
  'controlnet-aux': controlNetAuxNodes,
  'video-helper': videoHelperNodes,
} as unknown as Readonly<Record<NodePack, NodeCatalog>>;
