import { nodePacks } from '../catalog/nodePacks';
import { nodeKinds } from './nodeKinds';

test('every node class that is served can run, and no other is written', () => {
  const served = Object.values(nodePacks).flatMap((nodes) => Object.keys(nodes));
  expect(Object.keys(nodeKinds).sort()).toEqual(served.sort());
});
