import { givenCases, nameOf, type StepCase } from './steps/cases';
import { wantsAllSteps } from './steps/config';
import { play } from './steps/play';

jest.setTimeout(180_000);

const areAllWanted = wantsAllSteps();
const cases = givenCases({ areAllWanted }).map((stepCase): [string, StepCase] => [
  nameOf(stepCase),
  stepCase,
]);
const which = areAllWanted ? 'both sides' : 'the worse side; TEST_STEPS=all for both';

describe(`a worker stopped at any step leaves one generation with one end (${which})`, () => {
  test.concurrent.each(cases)('%s', (_, stepCase) => play(stepCase));
});
