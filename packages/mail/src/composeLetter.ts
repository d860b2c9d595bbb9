import { BatchEvent, GenerationEvent } from '@avatarforge/contracts';
import { z } from 'zod';
import { toHtml, toText, type Page } from './page';

/** A letter without its address. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What a letter knows beside what happened. */
export interface LetterContext {
  /** Where to say that no more letters are wanted. */
  unsubscribeUrl: string;
  /** Content ids of the small pictures that go with it. */
  thumbnails: string[];
}

/** An endpoint that is told nothing more. */
const EndpointDisabled = z.object({ url: z.string().nullable(), reason: z.string() });

/**
 * What is written of an event. `body`: as webhooks have it.
 * @throws Error for an event that nothing is written of
 */
export function composeLetter(event: string, body: unknown, context: LetterContext): Letter {
  const page = { ...pageOf(event, body), ...context };
  return { subject: page.title, text: toText(page), html: toHtml(page) };
}

type Story = Pick<Page, 'title' | 'lines' | 'link'>;

function pageOf(event: string, body: unknown): Story {
  switch (event) {
    case 'generation.completed':
      return ofCompleted(GenerationEvent.parse(body));
    case 'generation.failed':
      return ofFailed(GenerationEvent.parse(body));
    case 'batch.completed':
      return ofBatch(BatchEvent.parse(body));
    case 'webhook_endpoint.disabled':
      return ofEndpoint(EndpointDisabled.parse(body));
    default:
      throw new Error(`no letter is written of ${event}`);
  }
}

function ofCompleted({ data }: GenerationEvent): Story {
  const { length } = data.outputs;
  return {
    title: length === 1 ? 'Your picture is ready' : `Your ${length} pictures are ready`,
    lines: [`Generation ${data.id} is completed.`, ...data.outputs.map(({ url }) => url)],
    link: { text: 'Look at it', url: data.urls.self },
  };
}

function ofFailed({ data }: GenerationEvent): Story {
  const why = data.error ? `${data.error.message} (${data.error.code})` : 'No reason is known.';
  return {
    title: 'Your pictures could not be drawn',
    lines: [`Generation ${data.id} has failed: ${why}`, 'You can ask for it again.'],
    link: { text: 'Look at it', url: data.urls.self },
  };
}

function ofBatch({ data }: BatchEvent): Story {
  const { total, completed, failed, cancelled } = data;
  return {
    title: `Your batch is over: ${completed} of ${total} completed`,
    lines: [
      `Batch ${data.id}: ${completed} completed, ${failed} failed, ${cancelled} cancelled.`,
      ...data.generations.filter(({ status }) => status !== 'completed').map(tellEnd),
    ],
    link: { text: 'Look at it', url: data.urls.self },
  };
}

function tellEnd({ id, status }: BatchEvent['data']['generations'][number]): string {
  return `${id} ${status === 'failed' ? 'has failed' : `is ${status}`}.`;
}

function ofEndpoint({ url, reason }: z.infer<typeof EndpointDisabled>): Story {
  return {
    title: 'A webhook endpoint was disabled',
    lines: [
      `${url ?? 'Your endpoint'} is told nothing more: ${reason}`,
      'What happens meanwhile is kept for 30 days. Enable the endpoint again, then replay what it missed.',
    ],
    link: null,
  };
}
