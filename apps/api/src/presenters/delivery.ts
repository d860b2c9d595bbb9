import type { Delivery, DeliveryStory } from '@avatarforge/contracts';
import type { DeliveryAttemptRecord, DeliveryRecord } from '@avatarforge/db';
import { deliveryUrl } from './urls';

/** A delivery as v1 lists it. */
export function toDelivery(delivery: DeliveryRecord): Delivery {
  const { id, url, event, status, tries } = delivery;
  return {
    ...{ id, url, event, status, tries },
    endpoint_id: delivery.isDefaultEndpoint ? 'default' : delivery.endpointId,
    generation_id: delivery.generationId,
    batch_id: delivery.batchId,
    next_at: delivery.nextAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
    finished_at: delivery.finishedAt?.toISOString() ?? null,
    urls: { self: deliveryUrl(id) },
  };
}

/** A delivery with all that was said of it. */
export function toDeliveryStory({
  delivery,
  attempts,
}: {
  delivery: DeliveryRecord;
  attempts: DeliveryAttemptRecord[];
}): DeliveryStory {
  return {
    ...toDelivery(delivery),
    body: delivery.body,
    attempts: attempts.map(({ number, error, request, response, timings, ...attempt }) => ({
      ...{ number, error, request, response, timings },
      started_at: attempt.startedAt.toISOString(),
      duration_ms: attempt.durationMs,
      status_code: attempt.statusCode,
    })),
  };
}
