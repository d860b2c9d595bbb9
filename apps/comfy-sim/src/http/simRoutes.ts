import express, { type Response } from 'express';
import type { ExecutionLog } from '../execution/executionLog';
import { InvalidFault, type FaultRequest } from '../faults/faultRequest';
import type { Faults } from '../faults/faults';
import { bodyReader, pathValue, readJson, sendEmpty, sendError, sendJson } from './exchange';

const maxBodyBytes = 1024 * 1024;

interface TestKit {
  readonly faults: Faults;
  readonly executions: ExecutionLog;
}

/** `/sim/…`: the test kit's own routes, which no real server has and no fault ever bites. */
export function simRoutes({ faults, executions }: TestKit): express.Router {
  const router = express.Router();
  router.get('/executions', (_request, response) => {
    sendJson(response, executions.list());
  });
  router.get('/faults', (_request, response) => {
    sendJson(response, faults.list());
  });
  router.post('/faults', bodyReader(maxBodyBytes), (request, response) => {
    refuseInvalid(response, () => {
      sendJson(response, { id: faults.add(readJson(request) as unknown as FaultRequest) });
    });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    sendEmpty(response);
  });
  router.delete('/faults/:id', (request, response) => {
    sendEmpty(response, faults.remove(pathValue(request, 'id')) ? 200 : 404);
  });
  return router;
}

function refuseInvalid(response: Response, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidFault) sendError(response, error.message);
    else if (error instanceof SyntaxError) sendError(response, 'fault: the body is no JSON');
    else throw error;
  }
}
