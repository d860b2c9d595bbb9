/** Which workflow draws a request, and the picture that it starts from. */
export interface WorkflowChoice {
  workflowId: string;
  /** Which of the uploaded pictures is the start, if any. */
  startFrom: 'pose' | 'reference' | null;
  /** What is done differently from what was asked. */
  notes: string[];
}

const IMAGE_TO_IMAGE = 'image-to-image-sd15';
const TEXT_TO_IMAGE = 'text-to-image-sd15';

const POSE_NOTE =
  'The pool has no ControlNet workflow: the pose image is the start of the picture (image to image).';
const REFERENCE_NOTE =
  'The pool has no IP-Adapter workflow: the reference image is the start of the picture (image to image).';
const UNUSED_REFERENCE_NOTE =
  'The pool has no IP-Adapter workflow: the reference image is not used, since the picture starts from the pose image.';

/** Picks the workflow for a request with or without a pose and a reference image. */
export function chooseWorkflow(given: { pose: boolean; reference: boolean }): WorkflowChoice {
  if (given.pose) {
    const notes = given.reference ? [POSE_NOTE, UNUSED_REFERENCE_NOTE] : [POSE_NOTE];
    return { workflowId: IMAGE_TO_IMAGE, startFrom: 'pose', notes };
  }
  if (given.reference) {
    return { workflowId: IMAGE_TO_IMAGE, startFrom: 'reference', notes: [REFERENCE_NOTE] };
  }
  return { workflowId: TEXT_TO_IMAGE, startFrom: null, notes: [] };
}
