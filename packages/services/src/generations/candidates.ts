/** Which of the uploaded pictures a request has. */
export interface GivenPictures {
  pose: boolean;
  reference: boolean;
}

/** One way to draw a wish. */
export interface Candidate {
  workflowId: string;
  /** Input of the workflow → the uploaded picture it gets. */
  pictures: Record<string, keyof GivenPictures>;
  /** What is done differently from what was asked. */
  notes: string[];
}

const TEXT = 'text-to-image-sd15';
const IMAGE = 'image-to-image-sd15';
const POSE = 'pose-sd15';
const REFERENCE = 'reference-sd15';
const BOTH = 'pose-reference-sd15';

const NO_CONTROLNET = 'The pool has no ControlNet for poses';
const NO_IP_ADAPTER = 'The pool has no IP-Adapter';
const START_FROM_POSE = `${NO_CONTROLNET}: the pose image is the start of the picture (image to image).`;
const START_FROM_REFERENCE = `${NO_IP_ADAPTER}: the reference image is the start of the picture (image to image).`;
const WITHOUT_POSE = `${NO_CONTROLNET}: the pose image is not used.`;
const WITHOUT_REFERENCE = `${NO_IP_ADAPTER}: the reference image is not used.`;

const pose = { pose: 'pose' } as const;
const reference = { reference: 'reference' } as const;

/** Ways to draw a wish, the best first: exactly as asked, else image to image, else from words alone. */
export function candidatesFor(given: GivenPictures): [Candidate, ...Candidate[]] {
  if (given.pose && given.reference) {
    return [
      { workflowId: BOTH, pictures: { ...pose, ...reference }, notes: [] },
      { workflowId: POSE, pictures: pose, notes: [WITHOUT_REFERENCE] },
      { workflowId: REFERENCE, pictures: reference, notes: [WITHOUT_POSE] },
      {
        workflowId: IMAGE,
        pictures: { image: 'pose' },
        notes: [START_FROM_POSE, WITHOUT_REFERENCE],
      },
      { workflowId: TEXT, pictures: {}, notes: [WITHOUT_POSE, WITHOUT_REFERENCE] },
    ];
  }
  if (given.pose) {
    return [
      { workflowId: POSE, pictures: pose, notes: [] },
      { workflowId: IMAGE, pictures: { image: 'pose' }, notes: [START_FROM_POSE] },
      { workflowId: TEXT, pictures: {}, notes: [WITHOUT_POSE] },
    ];
  }
  if (given.reference) {
    return [
      { workflowId: REFERENCE, pictures: reference, notes: [] },
      { workflowId: IMAGE, pictures: { image: 'reference' }, notes: [START_FROM_REFERENCE] },
      { workflowId: TEXT, pictures: {}, notes: [WITHOUT_REFERENCE] },
    ];
  }
  return [{ workflowId: TEXT, pictures: {}, notes: [] }];
}
