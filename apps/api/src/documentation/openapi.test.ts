import { createOpenApiDocument, operations } from '@avatarforge/contracts';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const document = JSON.stringify(createOpenApiDocument('1.2.3'));

test('the OpenAPI document is valid in the eyes of others', async () => {
  const config = await createConfig({
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'path-parameters-defined': 'error',
      'operation-operationId-unique': 'error',
    },
  });
  expect(await lintFromString({ source: document, config })).toEqual([]);
});

test('it has every operation', () => {
  for (const name of Object.keys(operations)) expect(document).toContain(`"operationId":"${name}"`);
});
