import { capabilitiesOf } from './capabilities';
import { replaying } from './fixtures/using';
import { VERSIONS } from './fixtures/replayServer';

test.each([
  ['0.3.43', 'solo', []],
  ['0.3.44', 'solo', []],
  ['v0.3.45', 'solo', ['keepsPromptId', 'hasFeatures']],
  ['0.3.56', 'solo', ['keepsPromptId', 'hasFeatures']],
  ['0.3.57', 'full', ['keepsPromptId', 'hasFeatures', 'canInterruptById']],
  ['0.4.0', 'full', ['keepsPromptId', 'hasFeatures', 'canInterruptById']],
  ['0.6.0', 'full', ['keepsPromptId', 'hasFeatures', 'hasJobs', 'canInterruptById']],
  ['0.25.9-rc1', 'full', ['keepsPromptId', 'hasFeatures', 'hasJobs', 'canInterruptById']],
])('%s is a %s member and can %j', (version, membership, can) => {
  const { membership: is, ...abilities } = capabilitiesOf(version);
  expect(is).toBe(membership);
  expect(Object.entries(abilities).flatMap(([name, isSo]) => (isSo ? [name] : []))).toEqual(can);
});

test.each(['0.26.0', '0.33.0', '0.38.1', '1.0', '12.3.4', 'nightly', '', null])(
  '%j can everything',
  (version) => {
    expect(Object.values(capabilitiesOf(version))).toEqual([true, true, true, true, true, 'full']);
  },
);

test.each(VERSIONS)('%s tells its version, and its flags if it has any', async (version) => {
  const { client } = await replaying(`${version}/http_misc`);
  expect(await client.systemStats()).toMatchObject({ version });
  const { hasFeatures } = capabilitiesOf(version);
  expect(await client.features()).toEqual(
    hasFeatures ? expect.objectContaining({ supports_preview_metadata: true }) : {},
  );
});
