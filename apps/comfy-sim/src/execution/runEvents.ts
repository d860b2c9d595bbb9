import type { JsonObject } from '../json';
import type { NodeOutput, StatusMessage } from '../queue/history';
import { clientOf, type QueueItem } from '../queue/queueItem';
import type { SocketHub } from '../socket/hub';
import type { VersionProfile } from '../profiles/versionProfile';
import { sendPreview, textFrame } from './binaryFrames';

export interface ProgressStep {
  readonly nodeId: string;
  readonly value: number;
  readonly max: number;
  readonly preview: Buffer | undefined;
}

/** Tells the world about one prompt: each kind of message to those ComfyUI sends it to. */
export class RunEvents {
  /** What goes into the history. */
  readonly messages: StatusMessage[] = [];
  readonly clientId: string | undefined;
  private readonly promptId: string;

  constructor(
    item: QueueItem,
    private readonly hub: SocketHub,
    private readonly rules: VersionProfile['execution'],
  ) {
    this.clientId = clientOf(item.extraData);
    this.promptId = item.promptId;
  }

  /** A message that is kept in the history. Only an interruption reaches all when there is no client. */
  status(event: string, data: JsonObject): void {
    const message = { ...data, prompt_id: this.promptId, timestamp: Date.now() };
    this.messages.push([event, message]);
    if (event === 'execution_interrupted') this.broadcast(event, message);
    else this.toOwner(event, message);
  }

  executing(nodeId: string): void {
    this.toOwner('executing', { node: nodeId, display_node: nodeId, prompt_id: this.promptId });
  }

  executed(nodeId: string, output: NodeOutput | null): void {
    const node = { node: nodeId, display_node: nodeId };
    this.toOwner('executed', { ...node, output, prompt_id: this.promptId });
  }

  /** A node was left out because of a blocked input; no history tells of it. */
  blocked(about: JsonObject, message: string): void {
    this.broadcast('execution_error', {
      ...about,
      prompt_id: this.promptId,
      exception_message: `Execution Blocked: ${message}`,
      exception_type: 'ExecutionBlocked',
      traceback: [],
      current_inputs: [],
      current_outputs: [],
    });
  }

  /** The last word on a prompt, when its history can be read. */
  finished(): void {
    this.toOwner('executing', { node: null, prompt_id: this.promptId });
  }

  progressState(snapshot: object): void {
    if (this.rules.hasProgressState) this.broadcast('progress_state', snapshot);
  }

  /** A line of text goes to everyone, whoever's prompt it is about. */
  text(nodeId: string, text: string): void {
    this.hub.sendBinary(textFrame(nodeId, text));
  }

  // With preview metadata the picture precedes the text, without it follows.
  progress({ nodeId, value, max, preview }: ProgressStep): void {
    const { promptId, clientId } = this;
    const withMetadata =
      clientId !== undefined && this.hub.hasFlag(clientId, 'supports_preview_metadata');
    const send = () => {
      if (preview) sendPreview(this.hub, preview, { nodeId, promptId, clientId }, withMetadata);
    };
    if (withMetadata) send();
    const node = this.rules.namesNodeWithoutClient || clientId !== undefined ? nodeId : null;
    this.broadcast('progress', { value, max, prompt_id: promptId, node });
    if (!withMetadata) send();
  }

  /** To the client of the prompt; to nobody when it named none. */
  private toOwner(event: string, data: object): void {
    if (this.clientId !== undefined) this.hub.send(event, data, this.clientId);
  }

  /** To the client of the prompt; to everyone when it named none. */
  private broadcast(event: string, data: object): void {
    this.hub.send(event, data, this.clientId);
  }
}
