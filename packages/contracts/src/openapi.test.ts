import { createOpenApiDocument } from './openapi';
import { operations } from './operations';

interface Schema {
  description?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
}

const document = createOpenApiDocument('1.2.3') as {
  info: { version: string };
  paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, unknown> }>
  >;
  components: { schemas: Record<string, Schema> };
};

/** The paths of all properties below `schema` that say nothing of themselves. */
function undescribed(schema: Schema, at: string): string[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${at}.${name}`;
    const isSilent = !property.description && !property.$ref;
    return [...(isSilent ? [path] : []), ...undescribed(property, path)];
  });
  const inner = [schema.items, ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return [...properties, ...inner.flatMap((part) => (part ? undescribed(part, at) : []))];
}

test('every operation is there, under its name', () => {
  const ids = Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => operation.operationId);
  expect(ids.sort()).toEqual(Object.keys(operations).sort());
});

test('every field of every schema is described', () => {
  const schemas = Object.entries(document.components.schemas);
  expect(schemas.length).toBeGreaterThan(10);
  expect(schemas.flatMap(([name, schema]) => undescribed(schema, name))).toEqual([]);
});

test('every operation tells its problems by status', () => {
  expect(Object.keys(document.paths['/v1/generations']?.['post']?.responses ?? {})).toEqual(
    expect.arrayContaining(['202', '400', '401', '403', '413', '415', '422', '500']),
  );
});
